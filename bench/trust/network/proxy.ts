/** A TCP proxy that is a bad network. It knows nothing of what it carries, and what it does is drawn by a seed. */
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { random } from '../../../harness/run/shuffle.ts';
import type { Weather } from './weather.ts';

export interface BadNetwork extends AsyncDisposable {
  readonly port: number;
  /** How often it did what. */
  readonly done: Readonly<Record<'connections' | 'cuts' | 'resets' | 'refusals', number>>;
}

export interface BadNetworkOptions {
  /** Where what it carries goes to, on this machine. */
  readonly to: number;
  readonly weather: Weather;
  readonly seed: number;
}

const host = '127.0.0.1';

/** Starts it on a free port. Its spans of refusal count from now. */
export async function badNetwork({ to, weather, seed }: BadNetworkOptions): Promise<BadNetwork> {
  const draw = random(seed);
  const done = { connections: 0, cuts: 0, resets: 0, refusals: 0 };
  const open = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();

  const later = (ms: number, does: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      does();
    }, ms);
    timers.add(timer);
  };
  const hit = (chance: { readonly share: number } | undefined): boolean =>
    chance !== undefined && draw() < chance.share;
  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.on('error', () => {}); // whatever becomes of one end, the other is told by what follows
    socket.once('close', () => open.delete(socket));
  };

  function carry(near: Socket): void {
    done.connections++;
    const far = createConnection({ host, port: to, allowHalfOpen: true });
    for (const socket of [near, far]) keep(socket);
    const way = { weather, draw, later };
    const closesAfterMs = hit(weather.slowClose) ? (weather.slowClose?.ms ?? 0) : 0;
    const { cut, reset } = weather;
    const cutAfter =
      cut && hit(cut)
        ? Math.floor(cut.afterBytes[0] + draw() * (cut.afterBytes[1] - cut.afterBytes[0]))
        : Number.POSITIVE_INFINITY;
    flow(near, far, { ...way, closesAfterMs: 0, bytes: Number.POSITIVE_INFINITY, onCut: () => {} });
    flow(far, near, {
      ...way,
      closesAfterMs,
      bytes: cutAfter,
      onCut: () => {
        done.cuts++;
        far.destroy();
      },
    });
    if (reset && hit(reset)) {
      later(draw() * reset.withinMs, () => {
        if (near.destroyed) return;
        done.resets++;
        throwOut(near);
      });
    }
  }

  const server = createServer({ allowHalfOpen: true }, carry);
  const port = await listen(server, 0);
  for (const { fromMs, untilMs } of weather.refused ?? []) {
    later(fromMs, () => {
      done.refusals++;
      server.close();
      for (const socket of open) throwOut(socket);
    });
    later(untilMs, () => void listen(server, port));
  }
  return {
    port,
    done,
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of open) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A socket that is ending can't be reset any more: its handle would stay open for ever, and spin at the end of a thread. */
const throwOut = (socket: Socket): void =>
  void (socket.writableEnded || socket.connecting ? socket.destroy() : socket.resetAndDestroy());

/** @returns the port */
async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy does not listen');
  return address.port;
}

interface Way {
  readonly weather: Weather;
  readonly draw: () => number;
  readonly later: (ms: number, does: () => void) => void;
  readonly closesAfterMs: number;
  /** After so many it ends. */
  readonly bytes: number;
  readonly onCut: () => void;
}

/** One direction of a connection: piece after piece, each when it is due. What is on its way gets there. */
function flow(from: Socket, to: Socket, { weather, draw, later, closesAfterMs, bytes, onCut }: Way): void {
  const { latency = { ms: 0, jitterMs: 0 }, bytesPerS = Number.POSITIVE_INFINITY } = weather;
  let freeMs = performance.now();
  let left = bytes;
  let over = false;

  /** @param length in bytes: so much longer it takes */
  const whenDue = (length: number, does: () => void): void => {
    const nowMs = performance.now();
    const arrivesMs = nowMs + latency.ms + draw() * latency.jitterMs;
    freeMs = Math.max(freeMs, arrivesMs) + (length / bytesPerS) * 1000;
    later(Math.max(0, freeMs - nowMs), () => {
      if (!to.destroyed) does();
    });
  };

  from.on('data', (piece: Buffer) => {
    if (over) return;
    const carried = piece.subarray(0, Math.min(piece.length, left));
    left -= carried.length;
    whenDue(carried.length, () => to.write(carried));
    if (left > 0) return;
    over = true;
    whenDue(0, () => to.end());
    onCut();
  });
  const end = (): void => {
    if (over) return;
    over = true;
    whenDue(0, () => later(closesAfterMs, () => to.end()));
  };
  from.once('end', end);
  from.once('close', end);
}
