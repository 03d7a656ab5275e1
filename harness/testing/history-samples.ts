/** Histories for own tests: a task's life written as steps, each an exchange with an instant of its own. */
import type { Exchange } from '../model/exchange.ts';
import { type Credentials, cancel, cancelByGet, list, type Request, read } from '../model/requests.ts';
import type { Phase } from '../model/task.ts';

/** What was sent, what came back, and when. */
export interface SampleStep {
  readonly request: Request;
  /** Undefined: the answer is lost. */
  readonly status?: number;
  readonly body?: unknown;
  /** The pause before it, in milliseconds; negative: it is sent before the step before it was answered. */
  readonly pauseMs?: number;
  readonly tookMs?: number;
}

const id = 'task-1';
const control = (method: Request['method'], path: string, body?: unknown): Request => ({
  operation: 'control',
  method,
  path: `/_control/v1/tasks${path}`,
  ...(body === undefined ? {} : { body }),
});

type Timing = Pick<SampleStep, 'pauseMs' | 'tookMs'>;
type Shows = Readonly<Record<string, unknown>>;

export const created = (
  phase: Phase,
  more: { readonly result_ttl?: number; readonly cancel_fails?: boolean } = {},
  task = id,
): SampleStep => ({
  request: control('POST', '', { id: task, phase, ...more }),
  status: 201,
  body: { id: task },
});
export const movedTo = (phase: Phase): SampleStep => ({
  request: control('POST', `/${id}/phase`, { phase }),
  status: 204,
});
export const agedBy = (seconds: number): SampleStep => ({
  request: control('POST', `/${id}/age`, { seconds }),
  status: 204,
});
export const removed = (task = id): SampleStep => ({ request: control('DELETE', `/${task}`), status: 204 });

interface ReadOptions extends Timing {
  readonly verbose?: string;
  readonly ttl?: string;
  readonly credentials?: Credentials;
  readonly task?: string;
  readonly fields?: Shows;
}

/** @param shows the status that it shows, or the status of the response where it shows none */
export const wasRead = (shows: string | number, options: ReadOptions = {}): SampleStep => {
  const { pauseMs, tookMs, task = id, fields = {}, ...sent } = options;
  return {
    request: read({ id: task }, sent),
    ...(typeof shows === 'number'
      ? { status: shows }
      : { status: 200, body: { id: task, status: shows, ...fields } }),
    ...(pauseMs === undefined ? {} : { pauseMs }),
    ...(tookMs === undefined ? {} : { tookMs }),
  };
};

/** @param rows the statuses of its rows of the task */
export const listed = (...rows: readonly string[]): SampleStep => ({
  request: list(),
  status: 200,
  body: rows.map((status) => ({ id, status })),
});

export const wasCancelled = (
  status: number,
  options: Parameters<typeof cancel>[1] & Timing & { readonly task?: string } = {},
): SampleStep => {
  const { pauseMs, tookMs, task = id, ...sent } = options;
  return {
    request: cancel({ id: task }, sent),
    status,
    ...(pauseMs === undefined ? {} : { pauseMs }),
    ...(tookMs === undefined ? {} : { tookMs }),
  };
};

export const cancelByGetAnswered = (status: number): SampleStep => ({ request: cancelByGet({ id }), status });

/** The same step, its answer lost. */
export const lost = ({ request, pauseMs = 0 }: SampleStep): SampleStep => ({ request, pauseMs });
/** The same step, so many seconds after the one before it. */
export const later = (seconds: number, step: SampleStep): SampleStep => ({
  ...step,
  pauseMs: seconds * 1000,
});

/** The exchanges of a life, each sent 10 ms after the one before it was answered, and answered 10 ms later. */
export function historyOf(...steps: readonly SampleStep[]): readonly Exchange[] {
  let nowMs = 0;
  const counts = new Map<string, number>();
  return steps.map(({ request, status, body, pauseMs = 10, tookMs = 10 }) => {
    const sentAt = nowMs + pauseMs;
    nowMs = sentAt + tookMs;
    const serial = (counts.get(request.operation) ?? 0) + 1;
    counts.set(request.operation, serial);
    const { operation, method, path, headers = {}, credentials = 'own', body: sent } = request;
    return {
      id: `${operation}-${serial}`,
      operation,
      sentAt,
      receivedAt: nowMs,
      attempt: 1,
      request: {
        method,
        path,
        headers,
        credentials,
        ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
      },
      ...(status === undefined
        ? { lost: 'connection reset' }
        : {
            response: {
              status,
              headers: { 'content-type': 'application/json' },
              body: body === undefined ? '' : JSON.stringify(body),
            },
          }),
    };
  });
}
