/**
 * Draws exploration scripts from a seed. Of those that are drawn, the ones are taken that try what was not tried: each
 * kind of request in each state of a task, and each kind of request after each other one.
 */
import type { Arbitrary } from 'fast-check';
import { type Credentials, credentialKinds, refusingClause } from '../model/requests.ts';
import { type Phase, phases } from '../model/task.ts';
import type { Script, ScriptStep } from './explore-script.ts';

/** What a provisioner can do. */
export interface ScriptPowers {
  readonly phases: ReadonlySet<Phase>;
  readonly moves: boolean;
  readonly ages: boolean;
  readonly removes: boolean;
  readonly cancelFailure: boolean;
  readonly wrongPassword: boolean;
  readonly credentials: boolean;
  readonly force: boolean;
  readonly graceS: number;
}

/** An age before it is known for which TTL: how far before or behind the expiry. */
type Age = 'a little' | 'half' | 'kept' | 'gone' | 'long gone';

/** A step, or several that follow each other. */
type Drawn =
  | ScriptStep
  | { readonly do: 'age'; readonly task: number; readonly to: Age }
  | { readonly do: 'in turn'; readonly steps: readonly Drawn[] };

/** What is sent to a real cluster too. */
const harmless: readonly Credentials[] = ['none', 'malformed', 'unknown user'];

const defaultTtlS = 500;
/** More than 32 bits of milliseconds hold. */
const longS = 2 ** 32 / 1000;

/** @returns a function that gives `count` scripts at each call, others each time */
export async function scriptSource(
  powers: ScriptPowers,
  seed: number,
): Promise<{ next(count: number): readonly Script[]; readonly seen: Tried }> {
  const { default: fc } = await import('fast-check'); // 0.1 s, and only an exploration needs it
  const { moves, ages, removes, credentials: refuses } = powers;
  const oneOf = <T>(...rows: readonly (readonly [weight: number, arbitrary: Arbitrary<T>])[]) =>
    fc.oneof(...rows.map(([weight, arbitrary]) => ({ weight, arbitrary })));
  const some = <T>(...rows: readonly (readonly [weight: number, value: T])[]) =>
    oneOf(...rows.map(([weight, value]) => [weight, fc.constant(value)] as const));
  const optional = <T>(weight: number, ...rows: readonly (readonly [weight: number, value: T])[]) =>
    some<T | undefined>([weight, undefined], ...rows);
  /** A step of this kind. */
  const step = <Kind extends string, Parts extends object>(
    kind: Kind,
    parts: { [Name in keyof Parts]: Arbitrary<Parts[Name]> },
  ) => fc.record(parts).map((drawn) => ({ do: kind, ...drawn }));
  /** Steps about one task. */
  const inTurn = (steps: (task: number, credentials: Credentials) => readonly Drawn[]) =>
    fc.tuple(task, bad).map((drawn) => ({ do: 'in turn' as const, steps: steps(...drawn) }));

  const task = some([6, 0], [2, 1], [1, 2]);
  const kinds = credentialKinds
    .filter((kind) => refusingClause('other', kind) !== undefined)
    .filter((kind) => powers.wrongPassword || harmless.includes(kind));
  const bad = fc.oneof(fc.constant<Credentials>('none'), fc.constantFrom(...kinds));
  const force = optional(4, [2, 'false'], [powers.force ? 3 : 0, 'true']);
  const verbose = optional(5, [1, 'false'], [3, 'true'], [1, 'maybe']);
  const ttl = optional(12, [2, '60'], [4, '1000'], [1, '-1'], [1, 'soon'], [1, '1.5']);
  const usual = { queued: 2, running: 3, committing: 3, finished: 3, failed: 2 };
  const made = fc.record({
    phase: some<Phase>(...phases.map((one) => [powers.phases.has(one) ? usual[one] : 0, one] as const)),
    ttl: optional(5, [2, '60'], [2, '1000'], [2, '2']),
    cancelFails: optional(9, [powers.cancelFailure ? 1 : 0, true as const]),
  });
  const read = step('read', { task, verbose, ttl });
  const cancel = step('cancel', { task, force });
  const list = fc.constant({ do: 'list' as const });
  const moving = some<Phase>([1, 'running'], [2, 'committing'], [3, 'finished'], [1, 'failed']);
  const move = step('move', { task, phase: moving });
  const aging = some<Age>([4, 'a little'], [2, 'half'], [6, 'kept'], [5, 'gone'], [1, 'long gone']);
  const several = { minLength: 2, maxLength: 3 };
  const refused = refuses ? 1 : 0;
  const shown = moves && ages ? 1 : 0;
  const steps = oneOf<Drawn>(
    [22, read],
    [10, cancel],
    [6, list],
    [2, step('get-cancel', { task })],
    [6, step('wait', { seconds: fc.constantFrom(0.3, 1.3, 2.5) })],
    [moves ? 8 : 0, move],
    [ages ? 24 : 0, step('age', { task, to: aging })],
    [refused * 4, step('read', { task, verbose, ttl: optional(1, [1, '2']), credentials: bad })],
    [refused * 4, step('cancel', { task, force, credentials: bad })],
    [refused * 2, step('list', { credentials: bad })],
    [4, step('together', { steps: fc.array(fc.oneof(read, cancel, list), several) })],
    [
      moves ? 2 : 0,
      fc
        .tuple(fc.array(fc.oneof(read, list), several), move)
        .map(([reads, moved]) => ({ do: 'together' as const, steps: [...reads, moved] })),
    ],
    [removes ? 1 : 0, step('remove', { task })],
    [
      removes ? 1 : 0,
      fc.tuple(task, made).map(([one, anew]) => ({
        do: 'in turn' as const,
        steps: [
          { do: 'remove', task: one },
          { do: 'create', task: one, ...anew },
        ],
      })),
    ],
    // What must have no effect, and what would show that it had one.
    [shown, inTurn((one) => [{ do: 'get-cancel', task: one }, finish(one)])],
    [shown, inTurn((one) => [{ do: 'read', task: one, verbose: 'maybe', ttl: '2' }, older(one, 'a little')])],
    [
      shown,
      fc
        .tuple(task, fc.constantFrom('-1', 'soon', '1.5'), fc.constantFrom<Age>('kept', 'gone'))
        .map(([one, malformed, to]) => ({
          do: 'in turn' as const,
          steps: [{ do: 'read', task: one, ttl: malformed }, older(one, to)],
        })),
    ],
    [shown, inTurn((one) => [older(one, 'half'), { do: 'read', task: one }, older(one, 'gone')])],
    [
      shown,
      inTurn((one) => [{ do: 'read', task: one, ttl: '2' }, { do: 'wait', seconds: 2.5 }, finish(one)]),
    ],
    [shown * refused, inTurn((one, credentials) => [{ do: 'cancel', task: one, credentials }, finish(one)])],
    [
      shown * refused,
      inTurn((one, credentials) => [
        { do: 'read', task: one, ttl: '2', credentials },
        older(one, 'a little'),
      ]),
    ],
  );
  const scripts = fc
    .record({
      tasks: fc.array(made, { minLength: 1, maxLength: 3, size: 'max' }),
      drawn: fc.array(steps, { minLength: 3, maxLength: 10, size: 'max' }),
    })
    .map(({ tasks, drawn }) =>
      concrete(
        tasks.map((one, index) => ({ do: 'create', task: index, ...one })),
        drawn,
        powers,
      ),
    );
  const seen = new Tried();
  let batch = 0;
  return {
    seen,
    next(count) {
      const drawn = fc.sample(scripts, { seed: seed + batch++, numRuns: count * drawnForEach });
      return seen.choose(drawn, count);
    },
  };
}

const finish = (task: number): Drawn => ({ do: 'move', task, phase: 'finished' });
const older = (task: number, to: Age): Drawn => ({ do: 'age', task, to });

/** Of so many scripts, one is taken. */
const drawnForEach = 3;

/** Tasks by their numbers modulo how many there are, ages in seconds, and no value that is undefined. */
function concrete(creations: readonly Drawn[], drawn: readonly Drawn[], { graceS }: ScriptPowers): Script {
  const count = creations.length;
  const ttlS = new Map<number, number>();
  const agedS = new Map<number, number>();
  const plain = (step: Drawn): readonly ScriptStep[] => {
    const named = 'task' in step ? { ...step, task: step.task % count } : step;
    if (named.do === 'in turn') return named.steps.flatMap(plain);
    if (named.do === 'together') return [{ ...named, steps: named.steps.flatMap(plain) }];
    if (named.do === 'remove') for (const known of [ttlS, agedS]) known.delete(named.task);
    if (named.do === 'create' || named.do === 'read')
      if (named.ttl !== undefined && /^\d+$/.test(named.ttl) && !('credentials' in named))
        ttlS.set(named.task, Number(named.ttl));
    if (!('to' in named)) return [withoutUndefined(named)];
    const kept = ttlS.get(named.task) ?? defaultTtlS;
    const before = agedS.get(named.task) ?? 0;
    const gone = kept + graceS + 1;
    const ages = { 'a little': before + 11, half: kept / 2, kept: kept - 6, gone, 'long gone': gone + longS };
    const seconds = Math.max(1, Math.ceil(ages[named.to] - before));
    agedS.set(named.task, before + seconds);
    return [{ do: 'age', task: named.task, seconds }];
  };
  return [...creations, ...drawn].flatMap(plain);
}

const withoutUndefined = (step: ScriptStep): ScriptStep =>
  Object.fromEntries(Object.entries(step).filter(([, value]) => value !== undefined)) as ScriptStep; // the same without it

/** What scripts have tried: requests in states, and pairs of requests to one task. */
export class Tried {
  readonly #known = new Set<string>();

  /** How many pairs of a state and a request, and of two requests, were tried. */
  get pairs(): number {
    return this.#known.size;
  }

  /** Of some scripts, those that try the most that was not tried. */
  choose(scripts: readonly Script[], count: number): readonly Script[] {
    const left = scripts.map((script) => ({ script, features: featuresOf(script) }));
    const chosen: Script[] = [];
    while (chosen.length < count && left.length > 0) {
      let best = 0;
      let most = -1;
      for (const [at, { features }] of left.entries()) {
        const unseen = features.filter((feature) => !this.#known.has(feature)).length;
        if (unseen > most) [best, most] = [at, unseen];
      }
      for (const { script, features } of left.splice(best, 1)) {
        chosen.push(script);
        for (const feature of features) this.#known.add(feature);
      }
    }
    return chosen;
  }
}

/** What a script tries of each task: its state as far as the steps tell, with each request and the one before it. */
function featuresOf(script: Script): readonly string[] {
  const states = new Map<number, string>();
  const last = new Map<number, string>();
  const features = new Set<string>();
  const visit = (step: ScriptStep): void => {
    if (step.do === 'together') for (const one of step.steps) visit(one);
    if (!('task' in step)) return;
    const { task, ...rest } = step;
    const kind = step.do === 'age' ? 'age' : JSON.stringify(rest);
    features.add(`${states.get(task)} ${kind}`);
    features.add(`${last.get(task)} then ${kind}`);
    last.set(task, kind);
    states.set(task, stateAfter(states.get(task) ?? '', step));
  };
  for (const step of script) visit(step);
  return [...features];
}

function stateAfter(state: string, step: ScriptStep): string {
  if (step.do === 'create') return `${step.phase}${step.ttl === undefined ? '' : ' ttl'}`;
  if (step.do === 'move') return `${step.phase} moved${state.includes(withoutAct) ? withoutAct : ''}`;
  if (step.do === 'remove') return 'removed';
  const does = effectOf(step);
  return state.includes(does) ? state : `${state}${does}`;
}

/** A request that must not act: what comes after it is tried too. */
const withoutAct = ' refused';

/** What a request may have done. */
function effectOf(step: ScriptStep): string {
  if (step.do === 'age') return ' aged';
  if (step.do === 'get-cancel') return withoutAct;
  if (step.do === 'cancel') return step.credentials ? withoutAct : ' cancelled';
  return step.do === 'read' && step.credentials && step.ttl !== undefined ? withoutAct : '';
}
