/** What a run by `/v1/crdbs` will take and leave: the same run in simulated time, with operations as long as the target's. */
import { type RunOptions, settingsOf } from '../config/options.ts';
import type { Exchange } from '../model/exchange.ts';
import type { RunEvent } from '../model/report.ts';
import type { Contract } from '../run/contract.ts';
import { gather } from '../run/report.ts';
import { simulations, usualOperationMs } from './likeness.ts';
import { simulate } from './simulation.ts';

export interface Foreseen {
  readonly durationS: number;
  /** Operations on databases, each of which makes a task. */
  readonly operations: number;
  /** Ended tasks that stay readable for the default retention: no request removes one. */
  readonly readable: number;
}

interface PlannedScope {
  readonly contract: Contract;
  readonly selection: readonly string[];
}

/** @param operationMs from the request of an operation to its end */
export async function foresee(
  options: RunOptions,
  operationMs: number,
  { contract, selection }: PlannedScope,
): Promise<Foreseen> {
  const { start, ...how } = simulations.crdbs(options, { operationMs });
  const { maxDurationS: _, ...settings } = settingsOf(options);
  return foreseenIn(await simulate(start, { ...how, contract, selection, settings }));
}

const slowOperationS = 6;

/**
 * The same for the usual operations and for slow ones: nothing is timed where nothing may be changed.
 * @param events of the simulated run with the usual operations
 */
export const foreseenBySpeed = async (
  events: readonly RunEvent[],
  options: RunOptions,
  scope: PlannedScope,
): Promise<readonly (Foreseen & { readonly operationS: number })[]> => [
  { operationS: usualOperationMs / 1000, ...foreseenIn(events) },
  { operationS: slowOperationS, ...(await foresee(options, slowOperationS * 1000, scope)) },
];

/** What a run has taken and left, by its events. */
export function foreseenIn(events: readonly RunEvent[]): Foreseen {
  const { exchanges } = gather(events);
  const made = exchanges.filter(
    ({ operation, request }) => operation === 'crdbs' && request.method !== 'GET',
  );
  const ttlOf = ({ request }: Exchange) => request.headers['X-Result-TTL'];
  const expiring = new Set(
    exchanges.filter((one) => one.operation === 'read' && ttlOf(one) !== undefined).map(idIn),
  );
  const readable = made.filter(
    (one) => ttlOf(one) === undefined && !expiring.has(one.request.headers['X-Task-ID'] ?? ''),
  );
  return {
    durationS: Math.ceil(
      exchanges.reduce((lastMs, { receivedAt }) => Math.max(lastMs, receivedAt), 0) / 1000,
    ),
    operations: made.length,
    readable: readable.length,
  };
}

const idIn = ({ request }: Exchange): string => (request.path.split('/')[3] ?? '').replace(/\?.*$/, '');

/** `about 100 s: 170 operations; 50 ended tasks stay readable for 500 s` */
export const foreseenText = ({ durationS, operations, readable }: Foreseen): string =>
  `about ${durationText(durationS)}: ${operations} operations on databases; ${readable} ended tasks stay readable for 500 s`;

const durationText = (s: number): string =>
  s < 300 ? `${Math.ceil(s / 10) * 10} s` : `${Math.ceil(s / 60)} min`;
