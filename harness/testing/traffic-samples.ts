/** Exchanges of simulated runs as traffic: what a proxy or a recording would have seen of them. */
import { field, parsedJson } from '../../spec/record.ts';
import { oracleTimes } from '../judge/oracle/guard.ts';
import type { Exchange } from '../model/exchange.ts';
import { defaultSettings } from '../model/settings.ts';
import { exchangeIds, exchangeOf, type Message } from '../monitor/exchange.ts';
import { TrafficJudge, type TrafficOptions, type TrafficVerdict } from '../monitor/traffic-judge.ts';
import type { Contract } from '../run/contract.ts';
import type { SimulatedServer } from '../simulate/simulation.ts';

export interface SeenAs extends Pick<TrafficOptions, 'soleClient' | 'control'> {
  /** How wide the recording's resolution makes each bracket. */
  readonly resolutionMs?: number;
  /** What of the run passed through: all by default. */
  readonly passes?: (exchange: Exchange) => boolean;
  /** Judged in steps of so many exchanges; all at once by default. */
  readonly every?: number;
}

export const asMessage = (
  { request, response, lost, sentAt, receivedAt }: Exchange,
  resolutionMs = 0,
): Message => ({
  method: request.method,
  path: request.path,
  requestHeaders: [
    ...Object.entries(request.headers),
    ...(request.credentials === 'none' ? [] : [['Authorization', 'Basic eDp5'] as const]),
  ],
  ...(request.body === undefined ? {} : { requestBody: request.body }),
  ...(response === undefined ? {} : { status: response.status }),
  responseHeaders: Object.entries(response?.headers ?? {}),
  responseBody: response?.body ?? '',
  ...(response?.truncated || response?.shortened ? { isCut: true } : {}),
  ...(lost === undefined ? {} : { lost }),
  sentAt: sentAt - resolutionMs,
  receivedAt: receivedAt + resolutionMs,
});

/** A server that makes no task with an id that another one had: in traffic, one id names one task. */
export function withIdsUsedOnce(server: SimulatedServer): SimulatedServer {
  const { carry } = server;
  if (!carry) throw new RangeError('the server is reached over HTTP');
  const used = new Set<string>();
  return {
    ...server,
    carry: (call) => {
      const id = call.path.endsWith('/_control/v1/tasks')
        ? field(parsedJson(call.body ?? ''), 'id')
        : undefined;
      if (typeof id !== 'string' || !used.has(id)) {
        if (typeof id === 'string') used.add(id);
        return carry(call);
      }
      return { answer: Promise.resolve({ status: 409, headers: {}, body: '' }), abandon: () => {} };
    },
  };
}

/** What judging the exchanges as traffic comes to. */
export function judgedAsTraffic(
  exchanges: readonly Exchange[],
  { soleClient, control, resolutionMs = 0, passes = () => true, every = Number.POSITIVE_INFINITY }: SeenAs,
  { validators }: Pick<Contract, 'validators'>,
): TrafficVerdict {
  const judge = new TrafficJudge({ settings: oracleTimes(defaultSettings), soleClient, control }, validators);
  const idOf = exchangeIds();
  const done = exchanges.filter(passes).toSorted((a, b) => a.receivedAt - b.receivedAt);
  for (const [index, exchange] of done.entries()) {
    judge.add(exchangeOf(asMessage(exchange, resolutionMs), idOf, (text) => text));
    if (index % every !== 0) continue;
    const rest = done.slice(index + 1).map(({ sentAt }) => sentAt - resolutionMs);
    judge.advance(Math.min(...rest, exchange.receivedAt));
  }
  judge.finish();
  return judge.verdict;
}

/** The clauses that a verdict finds broken. */
export const brokenIn = ({ violations, structural }: TrafficVerdict): readonly string[] =>
  [
    ...violations.keys(),
    ...[...structural].flatMap(([clause, { faults }]) => (faults > 0 ? [clause] : [])),
  ].toSorted();

export const isPublic = ({ operation }: Exchange): boolean => operation !== 'control';
