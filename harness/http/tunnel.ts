/**
 * Connections to the target through a proxy: always by a tunnel (CONNECT), also where the target speaks plain HTTP. What
 * comes out of a tunnel is the target's own word; in the other way that proxies know, their 403 would look like its.
 */
import type { AgentOptions, ClientRequest } from 'node:http';
import type { ConnectionOptions } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';

/** A proxy; plain data. */
export interface WayThrough {
  /** Scheme, host and port, without credentials. */
  readonly origin: string;
  /** What the proxy is sent as `Proxy-Authorization`; a secret. */
  readonly authorization?: string;
}

export class Tunnels extends HttpsProxyAgent<string> {
  readonly #tls: ConnectionOptions;

  /** @param tls how the target is trusted; the proxy is trusted as Node trusts */
  constructor({ origin, authorization }: WayThrough, options: AgentOptions, tls: ConnectionOptions) {
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
