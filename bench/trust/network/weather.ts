/** What a network may do to what goes over it, as data; and a mix of it that a seed draws. Pure. */
import { random, shuffled } from '../../../harness/run/shuffle.ts';

/** A part of all connections meets with it; `share` is from 0 to 1. */
interface Some {
  readonly share: number;
}

export interface Weather {
  /** Each piece comes later by `ms`, and by up to `jitterMs` more, on its way there and back. Order is kept. */
  readonly latency?: { readonly ms: number; readonly jitterMs: number };
  /** No connection carries more than so many bytes a second in one direction. */
  readonly bytesPerS?: number;
  /** The answer ends after so many bytes, drawn for each connection, as if the server had closed. */
  readonly cut?: Some & { readonly afterBytes: readonly [number, number] };
  /** The client's side is reset at some instant, drawn up to so late; what is on its way to the server gets there. */
  readonly reset?: Some & { readonly withinMs: number };
  /** Nobody listens in these spans, and all connections are reset at their beginning. */
  readonly refused?: readonly { readonly fromMs: number; readonly untilMs: number }[];
  /** The end of a connection comes so much later than its last byte. */
  readonly slowClose?: Some & { readonly ms: number };
}

type Kind = keyof Weather;
type Draw = (from: number, to: number) => number;

/** How bad each kind gets: from a nuisance to what no checks would survive without being tried again. */
const kinds: Readonly<Record<Kind, (draw: Draw) => Weather>> = {
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

/** The kinds by name, mildest companions first. */
export const kindNames: readonly Kind[] = ['latency', 'bytesPerS', 'cut', 'reset', 'refused', 'slowClose'];

/** One to three kinds at once, as the seed has it; the kinds take turns in being one of them. */
export function drawnWeather(seed: number): Weather {
  const next = random(seed);
  const draw: Draw = (from, to) => from + next() * (to - from);
  const sure = kindNames[seed % kindNames.length];
  const others = shuffled(
    kindNames.filter((kind) => kind !== sure),
    seed,
  ).slice(0, Math.floor(draw(0, 3)));
  return Object.assign({}, ...[sure, ...others].flatMap((kind) => (kind ? [kinds[kind](draw)] : [])));
}

/** In a few words: `latency 20+400 ms, cut 12 %`. */
export function inWords({ latency, bytesPerS, cut, reset, refused = [], slowClose }: Weather): string {
  const percent = ({ share }: Some): string => `${Math.round(share * 100)} %`;
  return [
    ...(latency ? [`latency ${Math.round(latency.ms)}+${Math.round(latency.jitterMs)} ms`] : []),
    ...(bytesPerS ? [`${Math.round(bytesPerS / 1000)} kB/s`] : []),
    ...(cut ? [`cut ${percent(cut)}`] : []),
    ...(reset ? [`reset ${percent(reset)}`] : []),
    ...refused.map(({ fromMs, untilMs }) => `refused for ${Math.round(untilMs - fromMs)} ms`),
    ...(slowClose ? [`slow close ${percent(slowClose)}`] : []),
  ].join(', ');
}

/** Whether a run in it takes seconds: answers that are late make one take a minute or more. */
export const isQuick = ({ latency, bytesPerS }: Weather): boolean =>
  latency === undefined && bytesPerS === undefined;
