/** The name and the port that stand first on the way: those of the target, or of the proxy before it. */
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import type { Target } from '../http/target.ts';
import { type Look, note, ok, problem } from './step.ts';

/** Who is connected to first. */
export interface Door {
  readonly host: string;
  readonly port: number;
  /** The option or variable to be mended where it is the wrong one. */
  readonly namedBy: string;
}

export function doorTo({ url, proxy }: Target): Door {
  const { hostname, port, protocol } = proxy ? new URL(proxy.origin) : url;
  return {
    host: bare(hostname),
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    namedBy: proxy ? '--proxy, HTTPS_PROXY or HTTP_PROXY' : '--target',
  };
}

/** `[::1]` in a URL is the address `::1`. */
export const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

/** @returns what is to be said, and the addresses, none where there is no way on */
export async function lookUp({
  host,
  namedBy,
}: Door): Promise<{ readonly look: Look; readonly addresses: readonly string[] }> {
  if (isIP(host) !== 0) return { look: ok(`${host} is an address: no name to look up`), addresses: [host] };
  try {
    const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
    return { look: ok(`${host} is ${addresses.join(', ')}`), addresses };
  } catch (error) {
    const code = codeOf(error);
    const look =
      code === 'ENOTFOUND'
        ? problem(`there is no ${host} (${code})`, `Mend the host in ${namedBy}, or the name service.`)
        : problem(
            `the name service has no answer for ${host} (${code})`,
            `Mend the name service of this machine, or the host in ${namedBy}.`,
          );
    return { look, addresses: [] };
  }
}

/** Tries each of the addresses. */
export async function knock(addresses: readonly string[], door: Door, limitMs: number): Promise<Look> {
  const { port, namedBy } = door;
  const tried = await Promise.all(
    addresses.map(async (address) => ({ address, refusal: await refusalOf(address, port, limitMs) })),
  );
  const taking = tried.filter(({ refusal }) => refusal === undefined).map(({ address }) => address);
  const refusing = tried.filter(({ refusal }) => refusal !== undefined);
  const told = refusing.map(({ address, refusal }) => `${address}: ${refusal}`).join(', ');
  if (taking.length === 0)
    return problem(
      `port ${port} takes no connection (${told})`,
      `Start what should listen there, or mend the port in ${namedBy}; a firewall between may refuse too.`,
    );
  if (refusing.length === 0) return ok(`port ${port} takes connections at ${taking.join(', ')}`);
  return note(
    `port ${port} takes connections at ${taking.join(', ')}, and not everywhere (${told})`,
    'Requests may be slow or lost where the other address is tried first: name one address in --target, or mend the name.',
  );
}

/** Why a port takes no connection, or undefined where it does. */
function refusalOf(host: string, port: number, limitMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (refusal: string | undefined): void => {
      socket.destroy();
      resolve(refusal);
    };
    socket.setTimeout(limitMs, () => end(`no answer within ${limitMs / 1000} s`));
    socket.on('connect', () => end(undefined));
    socket.on('error', (error) => end(codeOf(error)));
  });
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);
