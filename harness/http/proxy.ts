/**
 * The proxy of a target, by --proxy or the environment, and connections through it. They always use a tunnel (CONNECT),
 * for plain HTTP too: without one, a 403 of the proxy would look like the target's own.
 */

import type { AgentOptions, ClientRequest } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { UserError } from '../model/errors.ts';

/**
 * @param asked the value of `--proxy`; it applies to every target
 * @returns undefined without a proxy; this machine is reached without one, unless `--proxy` is given
 * @throws {UserError} exit 2: the value is not the URL of a proxy
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
      '--proxy contains credentials, which would show in the process list and in logs.',
      'Give a proxy with credentials in the environment: HTTPS_PROXY, or HTTP_PROXY for an http:// target.',
      2,
    );
  }
  const variable = `${target.protocol.slice(0, -1)}_proxy`;
  const named = inEitherCase(env, variable) ?? inEitherCase(env, 'all_proxy');
  if (named === undefined || isThisMachine(target) || isExempt(target, inEitherCase(env, 'no_proxy') ?? ''))
    return undefined;
  const url = proxyUrl(named, `The proxy of the environment for ${target.protocol}//`);
  return { origin: url.origin, ...loginOf(url) };
}

/** Lower case first, as everywhere: a web server may set `HTTP_PROXY` from a request header. */
const inEitherCase = (env: NodeJS.ProcessEnv, name: string): string | undefined =>
  env[name] || env[name.toUpperCase()] || undefined;

function proxyUrl(text: string, what: string): URL {
  const whole = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new UserError(
    `${what} is not an http:// or https:// URL.`, // not repeated: it may hold a password
    'Give one such as http://proxy.example:3128, or add the target to NO_PROXY.',
    2,
  );
}

function loginOf({ username, password }: URL): Pick<ProxyServer, 'authorization'> {
  if (username === '' && password === '') return {};
  const login = `${decoded(username)}:${decoded(password)}`;
  return { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

/** A percent sign that begins no escape stands for itself: people forget to encode their passwords. */
const decoded = (text: string): string =>
  decodeURIComponent(
    text
      .replace(/%(?![\da-f]{2})/gi, '%25')
      .replace(/(?:%[\da-f]{2})+/gi, (run) => (isUtf8(run) ? run : run.replaceAll('%', '%25'))),
  );

function isUtf8(escapes: string): boolean {
  try {
    return decodeURIComponent(escapes) !== '';
  } catch {
    return false;
  }
}

const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, '');

/** A proxy would reach itself by such a name. */
const isThisMachine = ({ hostname }: URL): boolean =>
  /(^|\.)localhost$/.test(hostname) ||
  hostname === '[::1]' ||
  (isIPv4(hostname) && hostname.startsWith('127.'));

/** Entries: `*`, a host and its subdomains, with or without a port, an address, or a block (`10.0.0.0/8`). */
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

/** A proxy; plain data. */
export interface ProxyServer {
  /** Scheme, host and port, without credentials. */
  readonly origin: string;
  /** The value of `Proxy-Authorization`; a secret. */
  readonly authorization?: string;
}

export class Tunnels extends HttpsProxyAgent<string> {
  readonly #tls: ConnectionOptions;

  /** @param tls for the target; the proxy's certificate is checked by Node's defaults */
  constructor({ origin, authorization }: ProxyServer, options: AgentOptions, tls: ConnectionOptions) {
    // Not in the proxy's URL, which the library may log.
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

/** The reason of a loss where the proxy refused the tunnel. */
const refusedTunnel = (status: number): string => `the proxy answered ${status} to CONNECT`;

/** Ends a request without a tunnel; otherwise the library would return the proxy's response as the target's. */
export function insistOnTunnel(request: ClientRequest): void {
  request.once('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
    if (statusCode !== 200) request.destroy(new Error(refusedTunnel(statusCode)));
  });
}
