/**
 * What a client uses of the API: which requests with which parameters, and which answers it got; and where it did what
 * the docs warn of. Observations, never verdicts.
 */
import type { TaskOperation } from '../judge/oracle/operation.ts';
import type { Exchange } from '../model/exchange.ts';

/** A client that looks at a task again sooner than this polls it faster than once a second. */
const pollMs = 950;
const mostKinds = 500;
const mostPolled = 10_000;

interface Polled {
  readonly sentAt: number;
  readonly status: string | undefined;
  /** How often it was read again after it had failed. */
  readonly afterFailed: number;
}

export class ClientUse {
  readonly #kinds = new Map<string, number>();
  readonly #polled = new Map<string, Polled>();
  #quickReads = 0;
  #forced = 0;
  #readAfterFailed = 0;

  note(exchange: Exchange, operation: TaskOperation | undefined): void {
    const kind = kindOf(exchange, operation);
    if (kind === undefined) return;
    if (this.#kinds.has(kind) || this.#kinds.size < mostKinds)
      this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    if (operation?.action === 'cancel' && operation.force === 'true') this.#forced++;
    if (operation?.action === 'read') this.#noteRead(operation);
  }

  #noteRead({ task, sentAt, answer }: TaskOperation): void {
    const status = answer?.shown?.status;
    const before = this.#polled.get(task);
    const isOpen = before?.status === 'queued' || before?.status === 'started';
    if (before && isOpen && sentAt - before.sentAt < pollMs) this.#quickReads++;
    const afterFailed = before?.status === 'failed' && status === 'failed' ? before.afterFailed + 1 : 0;
    if (afterFailed === 2) this.#readAfterFailed++;
    this.#polled.delete(task);
    this.#polled.set(task, { sentAt, status, afterFailed });
    if (this.#polled.size <= mostPolled) return;
    const [oldest = ''] = this.#polled.keys();
    this.#polled.delete(oldest);
  }

  /** `GET /v1/crdb_tasks/{id} with verbose=true → 200 started`, and how often, the most frequent first. */
  get exercised(): readonly (readonly [kind: string, count: number])[] {
    return [...this.#kinds].toSorted((a, b) => b[1] - a[1]);
  }

  /** What the docs warn of, a line each. */
  get observations(): readonly string[] {
    return [
      [this.#forced, 'cancels with force=true, which can break the database in the commit phase'],
      [this.#quickReads, 'reads less than a second after the one before, of a task that had not ended'],
      [
        this.#readAfterFailed,
        'tasks read again and again after they had failed, as by a client that waits for finished alone',
      ],
    ].flatMap(([count, words]) => (count === 0 ? [] : [`${words}: ${count}`]));
  }
}

const shapes: Readonly<Record<string, string>> = {
  list: 'GET /v1/crdb_tasks',
  read: 'GET /v1/crdb_tasks/{id}',
  cancel: 'POST /v1/crdb_tasks/{id}/actions/cancel',
};

function kindOf(
  { operation, request, response }: Exchange,
  done: TaskOperation | undefined,
): string | undefined {
  const shape =
    operation === 'crdbs' && done?.action === 'create'
      ? `${request.method} /v1/crdbs${/\/v1\/crdbs\/[^/?]+/.test(request.path) ? '/{guid}' : ''}`
      : shapes[operation];
  if (shape === undefined) return undefined;
  const { verbose, force, ttl, ttlS } = done ?? {};
  const parameters = [
    verbose === undefined ? '' : `verbose=${verbose}`,
    force === undefined ? '' : `force=${force}`,
    ttl === undefined && ttlS === undefined ? '' : 'X-Result-TTL',
  ].filter((word) => word !== '');
  const shown = done?.answer?.shown ? ` ${done.answer.shown.status}` : '';
  const answer = response ? `${response.status}${shown}` : 'no answer';
  return `${shape}${parameters.length === 0 ? '' : ` with ${parameters.join(', ')}`} → ${answer}`;
}
