/**
 * Checks a target's task control protocol before anything is believed that rests on it: takes tasks of its own through it.
 * What the three operations of the API show is used only where the protocol itself confirms it, so that neither is blamed
 * for the other. Nothing is waited for unless ageing seems to have no effect.
 */
import { randomBytes } from 'node:crypto';
import { isRecord, textOf } from '../../spec/record.ts';
import type { Guard } from '../http/client.ts';
import { shownRows, shownStatus, statusOf } from '../judge/shown.ts';
import { type Exchange, json } from '../model/exchange.ts';
import { list, type Request, read } from '../model/requests.ts';
import { type Phase, phases } from '../model/task.ts';
import { askForControl, type ControlCapabilities, control } from './control.ts';
import type { ResourceLog } from './resource-log.ts';

export interface ProtocolContext {
  readonly send: (request: Request) => Promise<Exchange>;
  readonly wait: (ms: number) => Promise<void>;
  readonly newId: () => string;
  /** An id that no task has. */
  readonly unknownId: () => string;
  /** Allows the removal of a task whose id the target chose. */
  readonly adopt: (id: string) => unknown;
}

/** Admits also the removal of tasks that the check made and the target named: the resource log holds the run's own ids alone. */
export const removing = (adopted: ReadonlySet<string>, guard: Guard): Guard => ({
  admit(request) {
    if ([...adopted].some((id) => isSame(request, removalOf(id)))) return;
    guard.admit(request);
  },
  observe: guard.observe,
});

const removalOf = (id: string): Request => control('DELETE', `/tasks/${encodeURIComponent(id)}`);
const isSame = (a: Request, b: Request): boolean => a.method === b.method && a.path === b.path;

/** Ids of the check begin with the mark of the run, whose resource log lists them. */
export function protocolContext(
  { send, wait }: Pick<ProtocolContext, 'send' | 'wait'>,
  resourceLog: ResourceLog,
  adopted: Set<string>,
): ProtocolContext {
  const newId = (): string => `${resourceLog.mark}protocol-${randomBytes(4).toString('hex')}`;
  return {
    send,
    wait,
    newId,
    unknownId() {
      const id = newId();
      resourceLog.enter({ type: 'unknown id', id });
      return id;
    },
    adopt: (id) => adopted.add(id),
  };
}

export const protocolRemedy =
  'Correct the task control protocol of the target first: docs/mocks.md has each request with its answer. The API was not tested.';

/** Where a target deviates from the protocol, a line each. */
export interface ProtocolFindings {
  /** The results of a run could not be trusted. */
  readonly faults: readonly string[];
  /** Without consequences for a run. */
  readonly harmless: readonly string[];
}

/** A task whose retention is that long is aged past it. */
const retentionS = 4;
const agedS = 3600;
/** How late a server may remove an expired task, in milliseconds. */
const lateMs = 2000;
const pollMs = 250;
const secondMs = 1000;

/** @returns no findings about a request whose response was lost */
export async function checkProtocol(
  context: ProtocolContext,
  offered: ControlCapabilities,
): Promise<ProtocolFindings> {
  const trial = new ProtocolTrial(context);
  trial.announced(await context.send(askForControl()));
  const before = shownRows(await context.send(list()));
  try {
    await trial.all(offered, 'what' in before ? before.what.map(({ id }) => id) : undefined);
  } finally {
    await trial.removeAll();
  }
  return { faults: [...trial.faults], harmless: [...trial.harmless] };
}

class ProtocolTrial {
  readonly faults = new Set<string>();
  readonly harmless = new Set<string>();
  readonly #context: ProtocolContext;
  /** When each creation was sent. */
  readonly #made = new Map<string, number>();

  constructor(context: ProtocolContext) {
    this.#context = context;
  }

  /** What `GET /_control/v1` says. */
  announced(answer: Exchange): void {
    const said: unknown = json(answer)?.value;
    if (answer.lost !== undefined || !isRecord(said)) return;
    const wrong = (name: string, is: string): string =>
      `GET /_control/v1 says ${JSON.stringify(name)}: ${JSON.stringify(said[name])?.slice(0, 100)}; ${is}`;
    for (const name of ['age', 'cancel_failure'])
      if (said[name] !== undefined && typeof said[name] !== 'boolean')
        this.harmless.add(wrong(name, 'true or false is required, so it is not used'));
    const offered: readonly unknown[] = Array.isArray(said.phases) ? said.phases : [];
    if (!phases.some((phase) => offered.includes(phase)))
      this.faults.add(wrong('phases', `a list of ${phases.join(', ')} is required`));
    else if (!offered.every((phase) => phases.some((known) => known === phase)))
      this.harmless.add(wrong('phases', 'unknown phases are ignored'));
  }

  /** @param existing ids of the tasks that existed before; undefined where the target does not list them */
  async all({ phases: reached, age }: ControlCapabilities, existing: readonly string[] | undefined) {
    const [first = 'running', ...others] = phases
      .filter((phase) => reached.has(phase))
      .toSorted((a, b) => Number(b === 'running') - Number(a === 'running'));
    if (!reached.has(first)) return;
    const held = await this.#make(first, existing);
    if (held === undefined) return;
    const [made] = await Promise.all([
      Promise.all(others.map(async (phase) => ({ phase, id: await this.#make(phase, existing) }))),
      this.#refuse(409, 'an id that exists', control('POST', '/tasks', { phase: first, id: held })),
      this.#refuseUnknown(age),
    ]);
    const aged = age ? made.find(({ phase }) => phase === 'finished') : undefined;
    const shown = made.flatMap(({ phase, id }) =>
      id === undefined || id === aged?.id ? [] : [{ phase, id }],
    );
    const last = others.findLast((phase) => phases.indexOf(phase) > phases.indexOf(first));
    await Promise.all([
      ...shown.map(({ phase, id }) => this.#showsPhase(id, phase)),
      ...(last === undefined ? [] : [this.#move(held, last)]),
      ...(aged?.id === undefined ? [] : [this.#age(aged.id)]),
    ]);
  }

  async removeAll(): Promise<void> {
    const removals = [...this.#made.keys()].map(async (id) => {
      const answer = await this.#context.send(removalOf(id));
      this.#expect(answer, 'DELETE /tasks/{id}', 204, this.harmless);
    });
    await Promise.all(removals);
  }

  /** @returns the id of a new task; undefined where there is none, or where another one was made */
  async #make(phase: Phase, existing: readonly string[] | undefined): Promise<string | undefined> {
    const id = this.#context.newId();
    const answer = await this.#context.send(
      control('POST', '/tasks', {
        phase,
        id,
        ...(phase === 'finished' ? { result_ttl: retentionS } : {}),
      }),
    );
    this.#made.set(id, answer.sentAt);
    const what = `POST /tasks {"phase":"${phase}"}`;
    if (answer.lost !== undefined || !this.#expect(answer, what, 201, this.faults)) return undefined;
    const named = textOf(json(answer)?.value, 'id');
    if (named === id) return id;
    if (named === undefined) {
      this.harmless.add(`the answer to ${what} does not hold {"id":"…"}; the id of the request is used`);
      return id;
    }
    this.faults.add(
      `your control protocol ignores the id of POST /tasks: asked for ${id}, it made ${named.slice(0, 100)}`,
    );
    // It may be somebody else's. A started task would have been in the list before.
    if (existing && !existing.includes(named) && statusOf[phase] === 'started') {
      const seen = await this.#context.send(read({ id: named }));
      if (shownStatus(seen) !== 'started') return undefined;
      this.#context.adopt(named);
      this.#made.set(named, answer.sentAt);
    }
    return undefined;
  }

  async #refuseUnknown(age: boolean): Promise<void> {
    const wrong = this.#context.newId();
    const unknown = this.#context.unknownId();
    const of = (name: string, body: unknown) => control('POST', `/tasks/${unknown}/${name}`, body);
    this.#made.set(wrong, 0); // its removal must succeed too, though it does not exist
    await Promise.all([
      this.#refuse(400, 'an unknown phase', control('POST', '/tasks', { phase: 'no-such-phase', id: wrong })),
      this.#refuse(404, 'an unknown id', of('phase', { phase: 'failed' })),
      ...(age ? [this.#refuse(404, 'an unknown id', of('age', { seconds: 1 }))] : []),
    ]);
  }

  async #refuse(status: number, why: string, request: Request): Promise<void> {
    const { response, lost } = await this.#context.send(request);
    if (response && lost === undefined && response.status !== status)
      this.harmless.add(
        `your control protocol answers ${response.status} to ${nameOf(request)} with ${why}; ${status} is required`,
      );
  }

  /** A phase that a read does not show is the protocol's fault only where the protocol itself says so. */
  async #showsPhase(id: string, phase: Phase): Promise<void> {
    if (!(await this.#seemsElsewhere(id, phase))) return;
    const again = await this.#moveAgain(id, phase);
    if (again === 404) return this.#isMissing(phase);
    if (again < 300 && !(await this.#seemsElsewhere(id, phase)))
      this.faults.add(
        `POST /tasks {"phase":"${phase}"} makes a task in another phase: a move to ${phase} is accepted and only then shows`,
      );
  }

  /** Whether a read shows a documented status, but not that of the phase, or no task. */
  async #seemsElsewhere(id: string, phase: Phase): Promise<boolean> {
    const seen = await this.#context.send(read({ id }));
    if (seen.lost !== undefined) return false;
    const status = shownStatus(seen);
    return status === undefined ? seen.response?.status === 404 : status !== statusOf[phase];
  }

  /** The status of a second move to the same phase, which 409 refuses; 0 where it was lost. */
  async #moveAgain(id: string, phase: Phase): Promise<number> {
    const { response, lost } = await this.#context.send(control('POST', `/tasks/${id}/phase`, { phase }));
    return lost === undefined ? (response?.status ?? 0) : 0;
  }

  /** A read of another task may have removed that one: only a task that was never read shows that none was made. */
  async #isMissing(phase: Phase): Promise<void> {
    const id = await this.#make(phase, undefined);
    if (id !== undefined && (await this.#moveAgain(id, phase)) === 404)
      this.faults.add(
        `your control protocol answers 201 to POST /tasks {"phase":"${phase}"}, and 404 to the next request for that task`,
      );
  }

  /** Moves a task that was never read. */
  async #move(id: string, phase: Phase): Promise<void> {
    const request = control('POST', `/tasks/${id}/phase`, { phase });
    const moved = await this.#context.send(request);
    const what = `${nameOf(request)} {"phase":"${phase}"}`;
    if (moved.lost !== undefined || !this.#expect(moved, what, 204, this.faults)) return;
    const again = await this.#moveAgain(id, phase);
    if (again > 0 && again !== 409)
      this.harmless.add(`your control protocol answers ${again} to a repeated ${what}; 409 is required`);
    if (again < 300 && (await this.#seemsElsewhere(id, phase)))
      this.faults.add(`${what} has no effect: it is accepted twice, and a read does not show the phase`);
  }

  /** Ages an ended task that was never read. */
  async #age(id: string): Promise<void> {
    const request = control('POST', `/tasks/${id}/age`, { seconds: agedS });
    const answer = await this.#context.send(request);
    const expiresAt = (this.#made.get(id) ?? 0) + retentionS * 1000;
    if (answer.lost !== undefined || answer.receivedAt > expiresAt - secondMs) return; // it may be gone by itself
    if (!this.#expect(answer, nameOf(request), 204, this.faults)) return;
    // Where it stays readable, expiry is broken, or ageing: after its retention has really passed, the same task tells which.
    for (let stayed = false; ; await this.#context.wait(pollMs)) {
      const seen = await this.#context.send(read({ id }));
      const isGone = seen.response?.status !== 200;
      if (isGone && stayed && seen.lost === undefined && (await this.#expiresUnread()))
        this.faults.add(
          `${nameOf(request)} has no effect: a task with a result_ttl of ${retentionS} s that was aged by ${agedS} s was gone only after the ${retentionS} s had really passed`,
        );
      if (isGone || seen.sentAt > expiresAt + 2 * lateMs) return;
      stayed ||= seen.sentAt > answer.receivedAt + lateMs;
    }
  }

  /** Whether the retention of a task passes that nothing reads; else it may count from a read, and ageing may be right. */
  async #expiresUnread(): Promise<boolean> {
    const id = await this.#make('finished', undefined);
    if (id === undefined) return true;
    await this.#context.send(control('POST', `/tasks/${id}/age`, { seconds: agedS }));
    await this.#context.wait(retentionS * 1000 + lateMs);
    return (await this.#context.send(read({ id }))).response?.status !== 200;
  }

  /** @returns whether the request succeeded */
  #expect(answer: Exchange, what: string, status: number, faults: Set<string>): boolean {
    const got = answer.response?.status;
    if (got === undefined || answer.lost !== undefined || got === status) return got === status;
    const succeeded = got >= 200 && got < 300;
    const line = `your control protocol answers ${got} to ${what}; ${status} is required`;
    // A creation that is not 201 may be none: a server may answer 200 to everything.
    (succeeded && status !== 201 ? this.harmless : faults).add(line);
    return succeeded;
  }
}

/** `POST /tasks/{id}/age` */
const nameOf = ({ method, path }: Request): string =>
  `${method} ${path.replace('/_control/v1', '').replace(/^\/tasks\/[^/]+/, '/tasks/{id}')}`;
