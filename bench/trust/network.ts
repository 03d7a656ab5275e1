/** Network faults as data, a seeded mix of them, and a TCP proxy that applies them to what it forwards. */
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { random, shuffled } from '../../harness/model/settings.ts';

/** A fault that only a part of the connections meets; `share` is from 0 to 1. */
interface Sharing {
  readonly share: number;
}

export interface NetworkFaults {
  /** Each chunk arrives `ms` later, and up to `jitterMs` more, in both directions. The order is kept. */
  readonly latency?: { readonly ms: number; readonly jitterMs: number };
  /** Each connection carries at most this many bytes per second in each direction. */
  readonly bytesPerS?: number;
  /** The response ends after a number of bytes, drawn per connection, as if the server had closed. */
  readonly cut?: Sharing & { readonly afterBytes: readonly [number, number] };
  /** The client's side is reset within this time; what is on its way to the server still arrives. */
  readonly reset?: Sharing & { readonly withinMs: number };
  /** During these spans nothing listens; all open connections are reset at their start. */
  readonly refused?: readonly { readonly fromMs: number; readonly untilMs: number }[];
  /** The end of a connection arrives this much later than its last byte. */
  readonly slowClose?: Sharing & { readonly ms: number };
}

type FaultKind = keyof NetworkFaults;

/** How bad each kind gets: from a nuisance to what no check survives without a second try. */
const drawKind: Readonly<Record<FaultKind, (draw: (from: number, to: number) => number) => NetworkFaults>> = {
  latency: (draw) => ({ latency: { ms: draw(1, 50), jitterMs: draw(50, 1000) } }),
  bytesPerS: (draw) => ({ bytesPerS: draw(20_000, 200_000) }),
  cut: (draw) => ({ cut: { share: draw(0.05, 0.35), afterBytes: [1, 600] } }),
  reset: (draw) => ({ reset: { share: draw(0.05, 0.35), withinMs: draw(1, 30) } }),
  refused: (draw) => {
    const fromMs = draw(100, 3000);
    return { refused: [{ fromMs, untilMs: fromMs + draw(200, 4000) }] };
  },
  slowClose: (draw) => ({ slowClose: { share: draw(0.1, 1), ms: draw(100, 1000) } }),
};

export const faultKinds: readonly FaultKind[] = [
  'latency',
  'bytesPerS',
  'cut',
  'reset',
  'refused',
  'slowClose',
];

/** One to three kinds at once. The seed determines them; consecutive seeds take turns in the first kind. */
export function drawFaults(seed: number): NetworkFaults {
  const next = random(seed);
  const draw = (from: number, to: number): number => from + next() * (to - from);
  const first = faultKinds[seed % faultKinds.length];
  const others = shuffled(
    faultKinds.filter((kind) => kind !== first),
    seed,
  ).slice(0, Math.floor(draw(0, 3)));
  return Object.assign({}, ...[first, ...others].flatMap((kind) => (kind ? [drawKind[kind](draw)] : [])));
}

/** In a few words: `latency 20+400 ms, cut 12 %`. */
export function describeFaults(faults: NetworkFaults): string {
  const { latency, bytesPerS, cut, reset, refused = [], slowClose } = faults;
  const percent = ({ share }: Sharing): string => `${Math.round(share * 100)} %`;
  return [
    ...(latency ? [`latency ${Math.round(latency.ms)}+${Math.round(latency.jitterMs)} ms`] : []),
    ...(bytesPerS ? [`${Math.round(bytesPerS / 1000)} kB/s`] : []),
    ...(cut ? [`cut ${percent(cut)}`] : []),
    ...(reset ? [`reset ${percent(reset)}`] : []),
    ...refused.map(({ fromMs, untilMs }) => `refused for ${Math.round(untilMs - fromMs)} ms`),
    ...(slowClose ? [`slow close ${percent(slowClose)}`] : []),
  ].join(', ');
}

/** A run with these faults takes seconds. With latency or a narrow bandwidth it takes a minute or more. */
export const isQuick = ({ latency, bytesPerS }: NetworkFaults): boolean =>
  latency === undefined && bytesPerS === undefined;

export interface FaultyNetwork extends AsyncDisposable {
  readonly port: number;
  /** How often each fault was applied. */
  readonly applied: Readonly<Record<'connections' | 'cuts' | 'resets' | 'refusals', number>>;
}

const host = '127.0.0.1';

/** Forwards from a free port to the port `to` of this machine. The spans of `refused` count from now. */
export async function startFaultyNetwork(
  to: number,
  faults: NetworkFaults,
  seed: number,
): Promise<FaultyNetwork> {
  const draw = random(seed);
  const applied = { connections: 0, cuts: 0, resets: 0, refusals: 0 };
  const open = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const later: Later = (ms, work) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };
  const hits = (fault: Sharing | undefined): boolean => fault !== undefined && draw() < fault.share;

  function forward(near: Socket): void {
    applied.connections++;
    const far = createConnection({ host, port: to, allowHalfOpen: true });
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {}); // an error is followed by `close`, which is handled
      socket.once('close', () => open.delete(socket));
    }
    const { cut, reset, slowClose } = faults;
    const closesAfterMs = slowClose && hits(slowClose) ? slowClose.ms : 0;
    const [least, most] = cut?.afterBytes ?? [0, 0];
    const bytes = hits(cut) ? Math.floor(least + draw() * (most - least)) : Number.POSITIVE_INFINITY;
    const both = { faults, draw, later };
    copy(near, far, { ...both, closesAfterMs: 0, bytes: Number.POSITIVE_INFINITY, onCut: () => {} });
    const onCut = (): void => {
      applied.cuts++;
      far.destroy();
    };
    copy(far, near, { ...both, closesAfterMs, bytes, onCut });
    if (reset && hits(reset))
      later(draw() * reset.withinMs, () => {
        if (near.destroyed) return;
        applied.resets++;
        resetSocket(near);
      });
  }

  const server = createServer({ allowHalfOpen: true }, forward);
  const port = await listen(server, 0);
  for (const { fromMs, untilMs } of faults.refused ?? []) {
    later(fromMs, () => {
      applied.refusals++;
      server.close();
      for (const socket of open) resetSocket(socket);
    });
    later(untilMs, () => void listen(server, port));
  }
  return {
    port,
    applied,
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of open) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Later = (ms: number, work: () => void) => void;

/** A socket that is ending can't be reset: its handle would stay open for ever. It is destroyed instead. */
const resetSocket = (socket: Socket): void =>
  void (socket.writableEnded || socket.connecting ? socket.destroy() : socket.resetAndDestroy());

/** @returns the port */
async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy does not listen');
  return address.port;
}

interface Direction {
  readonly faults: NetworkFaults;
  readonly draw: () => number;
  readonly later: Later;
  readonly closesAfterMs: number;
  /** The direction ends after this many bytes. */
  readonly bytes: number;
  readonly onCut: () => void;
}

/** One direction of a connection: each chunk is written when it is due. */
function copy(from: Socket, to: Socket, { faults, draw, later, closesAfterMs, bytes, onCut }: Direction) {
  const { latency = { ms: 0, jitterMs: 0 }, bytesPerS = Number.POSITIVE_INFINITY } = faults;
  let freeMs = performance.now();
  let left = bytes;
  let ended = false;

  const whenDue = (length: number, work: () => void): void => {
    const nowMs = performance.now();
    const arrivesMs = nowMs + latency.ms + draw() * latency.jitterMs;
    freeMs = Math.max(freeMs, arrivesMs) + (length / bytesPerS) * 1000;
    later(Math.max(0, freeMs - nowMs), () => {
      if (!to.destroyed) work();
    });
  };

  from.on('data', (chunk: Buffer) => {
    if (ended) return;
    const carried = chunk.subarray(0, Math.min(chunk.length, left));
    left -= carried.length;
    whenDue(carried.length, () => to.write(carried));
    if (left > 0) return;
    ended = true;
    whenDue(0, () => to.end());
    onCut();
  });
  const end = (): void => {
    if (ended) return;
    ended = true;
    whenDue(0, () => later(closesAfterMs, () => to.end()));
  };
  from.once('end', end);
  from.once('close', end);
}
