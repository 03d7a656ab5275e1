/** Which proxy stands on the way to a target: the one that is asked for, or the one that the environment names. */

import type { AgentOptions, ClientRequest } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { UserError } from '../model/errors.ts';

/**
 * @param asked the value of `--proxy`; it holds for every target
 * @returns undefined where the target is asked directly; this machine always is, unless `--proxy` says otherwise
 * @throws {UserError} exit 2: what is named is no proxy
 */
export function proxyOf(
  asked: string | undefined,
  target: URL,
  env: NodeJS.ProcessEnv,
): ProxyServer | undefined {
  if (asked !== undefined) {
    const url = proxyUrl(asked, '--proxy');
    if (url.username === '' && url.password === '') return { origin: url.origin };
    throw new UserError(
      '--proxy has credentials in it: they would show in the process list and in logs.',
      'Name a proxy with credentials in the environment: HTTPS_PROXY, or HTTP_PROXY for an http:// target.',
      2,
    );
  }
  const variable = `${target.protocol.slice(0, -1)}_proxy`;
  const named = inEitherCase(env, variable) ?? inEitherCase(env, 'all_proxy');
  if (named === undefined || isThisMachine(target) || isExempt(target, inEitherCase(env, 'no_proxy') ?? ''))
    return undefined;
  const url = proxyUrl(named, `What the environment names as the proxy for ${target.protocol}//`);
  return { origin: url.origin, ...loginOf(url) };
}

/** The small letters go first, as everywhere: a web server may be made to set `HTTP_PROXY` by a header. */
const inEitherCase = (env: NodeJS.ProcessEnv, name: string): string | undefined =>
  env[name] || env[name.toUpperCase()] || undefined;

function proxyUrl(text: string, what: string): URL {
  const whole = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new UserError(
    `${what} is no http:// or https:// address.`, // it is not said again, for it may hold a password
    'Give one such as http://proxy.example:3128; to go without it, name the target in NO_PROXY.',
    2,
  );
}

function loginOf({ username, password }: URL): Pick<ProxyServer, 'authorization'> {
  if (username === '' && password === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, '');

/** A proxy would reach itself there. */
const isThisMachine = ({ hostname }: URL): boolean =>
  /(^|\.)localhost$/.test(hostname) ||
  hostname === '[::1]' ||
  (isIPv4(hostname) && hostname.startsWith('127.'));

/** `*`, a host with all below it, with a port or without, an address, or a block of addresses (`10.0.0.0/8`). */
function isExempt({ protocol, hostname, port }: URL, list: string): boolean {
  const host = withoutBrackets(hostname);
  const ownPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      if (isIP(withoutBrackets(entry)) > 0) return withoutBrackets(entry) === host;
      const [, named = entry, onlyPort] = /^(.*):(\d+)$/.exec(entry) ?? [];
      if (onlyPort !== undefined && onlyPort !== ownPort) return false;
      const domain = withoutBrackets(named).replace(/^\*?\./, '');
      return host === domain || host.endsWith(`.${domain}`) || isInBlock(host, named);
    });
}

function isInBlock(host: string, block: string): boolean {
  const [, network = '', bits = ''] = /^(.*)\/(\d+)$/.exec(block) ?? [];
  const version = isIP(host);
  if (version === 0 || isIP(network) !== version || Number(bits) > (version === 4 ? 32 : 128)) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const blocks = new BlockList();
  blocks.addSubnet(network, Number(bits), family);
  return blocks.check(host, family);
}

// ===== harness/http/tunnel.ts: Connections to the target through a proxy: always by a tunnel (CONNECT), also where the target speaks plain HTTP. What comes out of a tunnel is the target's own word; in the other way that proxies know, their 403 would look like its.

/** A proxy; plain data. */
export interface ProxyServer {
  /** Scheme, host and port, without credentials. */
  readonly origin: string;
  /** What the proxy is sent as `Proxy-Authorization`; a secret. */
  readonly authorization?: string;
}

export class Tunnels extends HttpsProxyAgent<string> {
  readonly #tls: ConnectionOptions;

  /** @param tls how the target is trusted; the proxy is trusted as Node trusts */
  constructor({ origin, authorization }: ProxyServer, options: AgentOptions, tls: ConnectionOptions) {
    // Not in the URL of the proxy, which the library may write to a log.
    super(origin, {
      ...options,
      ...(authorization === undefined ? {} : { headers: { 'Proxy-Authorization': authorization } }),
    });
    this.#tls = tls;
  }

  override connect(...[request, options]: Parameters<HttpsProxyAgent<string>['connect']>) {
    return super.connect(request, Object.assign(options, this.#tls));
  }
}

/** Why there is no tunnel, as a loss says it: an answer of the proxy is never taken for one of the target. */
export const refusedTunnel = (status: number): string => `the proxy answered ${status} to CONNECT`;

/** Ends a request for which the proxy opens no tunnel; else the library would hand over its answer as the target's. */
export function insistOnTunnel(request: ClientRequest): void {
  request.once('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
    if (statusCode !== 200) request.destroy(new Error(refusedTunnel(statusCode)));
  });
}
