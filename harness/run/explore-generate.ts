/**
 * Draws exploration scripts from a seed. Of those that are drawn, the ones are taken that try what was not tried: each
 * kind of request in each state of a task, and each kind of request after each other one.
 */
import type { Arbitrary } from 'fast-check';
import { type Credentials, credentialKinds, namesAccount, refusingClause } from '../model/requests.ts';
import type { Phase } from '../model/task.ts';
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

type Drawn =
  | ScriptStep
  | { readonly do: 'age'; readonly task: number; readonly to: Age }
  /** Removed, and perhaps created once more. */
  | { readonly do: 'replace'; readonly task: number; readonly by: Made | undefined }
  /** A request that must not act, and what would show that it has. */
  | { readonly do: 'without effect'; readonly request: RequestOfTask };

type RequestOfTask = Extract<ScriptStep, { do: 'read' | 'cancel' | 'get-cancel' }>;

type Made = Omit<Extract<ScriptStep, { do: 'create' }>, 'do' | 'task'>;

const defaultTtlS = 500;
/** More than 32 bits of milliseconds hold. */
const longS = 2 ** 32 / 1000;

/** @returns a function that gives `count` scripts at each call, others each time */
export async function scriptSource(
  powers: ScriptPowers,
  seed: number,
): Promise<{ next(count: number): readonly Script[]; readonly seen: Tried }> {
  const { default: fc } = await import('fast-check'); // 0.1 s, and only an exploration needs it
  const some = <T>(...rows: readonly (readonly [weight: number, value: T])[]) =>
    fc.oneof(...rows.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));
  const task = some([6, 0], [2, 1], [1, 2]);
  const optional = <T>(weight: number, ...rows: readonly (readonly [weight: number, value: T])[]) =>
    some<T | undefined>([weight, undefined], ...rows);
  const refused = credentialKinds
    .filter((kind) => refusingClause('other', kind) !== undefined)
    .filter((kind) => powers.wrongPassword || !namesAccount(kind));
  const bad = fc.oneof(fc.constant<Credentials>('none'), fc.constantFrom(...refused));
  const force = optional(4, [2, 'false'], [powers.force ? 3 : 0, 'true']);
  const verbose = optional(5, [1, 'false'], [3, 'true'], [1, 'maybe']);
  const ttl = optional(12, [2, '60'], [4, '1000'], [1, '-1'], [1, 'soon'], [1, '1.5']);
  const read = fc.record({ do: fc.constant('read' as const), task, verbose, ttl });
  const cancel = fc.record({ do: fc.constant('cancel' as const), task, force });
  const list = fc.constant({ do: 'list' as const });
  const move = fc.record({
    do: fc.constant('move' as const),
    task,
    phase: some<Phase>([1, 'running'], [2, 'committing'], [3, 'finished'], [1, 'failed']),
  });
  const phase = some<Phase>(
    ...(
      [
        [2, 'queued'],
        [3, 'running'],
        [3, 'committing'],
        [3, 'finished'],
        [2, 'failed'],
      ] as const
    ).map(([weight, one]) => [powers.phases.has(one) ? weight : 0, one] as const),
  );
  const made = fc.record({
    phase,
    ttl: optional(5, [2, '60'], [2, '1000'], [2, '2']),
    cancelFails: optional(9, [powers.cancelFailure ? 1 : 0, true as const]),
  });
  const weighed = (weight: number, arbitrary: Arbitrary<RequestOfTask>) => ({ weight, arbitrary });
  const withoutEffect = fc.oneof(
    weighed(1, fc.record({ do: fc.constant('get-cancel' as const), task })),
    weighed(
      1,
      fc.record({
        do: fc.constant('read' as const),
        task,
        verbose: fc.constant('maybe'),
        ttl: fc.constant('2'),
      }),
    ),
    weighed(
      powers.credentials ? 1 : 0,
      fc.record({ do: fc.constant('cancel' as const), task, credentials: bad }),
    ),
    weighed(
      powers.credentials ? 1 : 0,
      fc.record({ do: fc.constant('read' as const), task, ttl: fc.constant('2'), credentials: bad }),
    ),
  );
  const steps = [
    { weight: 11, arbitrary: read },
    { weight: 5, arbitrary: cancel },
    { weight: 3, arbitrary: list },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('get-cancel' as const), task }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: some([2, 0.3], [2, 1.3], [2, 2.5]) }),
    },
    {
      weight: powers.moves ? 4 : 0,
      arbitrary: move,
    },
    {
      weight: powers.ages ? 12 : 0,
      arbitrary: fc.record({
        do: fc.constant('age' as const),
        task,
        to: some<Age>([4, 'a little'], [2, 'half'], [6, 'kept'], [5, 'gone'], [1, 'long gone']),
      }),
    },
    {
      weight: powers.removes ? 1 : 0,
      arbitrary: fc.record({
        do: fc.constant('replace' as const),
        task,
        by: fc.option(made, { nil: undefined, freq: 2 }),
      }),
    },
    {
      weight: powers.moves && powers.ages ? 3 : 0,
      arbitrary: fc.record({ do: fc.constant('without effect' as const), request: withoutEffect }),
    },
    {
      weight: powers.credentials ? 2 : 0,
      arbitrary: fc.record({
        do: fc.constant('read' as const),
        task,
        verbose,
        ttl: optional(1, [1, '2']),
        credentials: bad,
      }),
    },
    {
      weight: powers.credentials ? 2 : 0,
      arbitrary: fc.record({ do: fc.constant('cancel' as const), task, force, credentials: bad }),
    },
    {
      weight: powers.credentials ? 1 : 0,
      arbitrary: fc.record({ do: fc.constant('list' as const), credentials: bad }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('together' as const),
        steps: fc.array(fc.oneof(read, cancel, list), { minLength: 2, maxLength: 3 }),
      }),
    },
    {
      weight: powers.moves ? 1 : 0,
      arbitrary: fc
        .tuple(fc.array(fc.oneof(read, list), { minLength: 1, maxLength: 3 }), move)
        .map(([steps, moving]) => ({ do: 'together' as const, steps: [...steps, moving] })),
    },
  ];
  const scripts = fc
    .record({
      tasks: fc.array(made, { minLength: 1, maxLength: 3, size: 'max' }),
      steps: fc.array(fc.oneof(...steps), { minLength: 3, maxLength: 10, size: 'max' }),
    })
    .map(({ tasks, steps: drawn }) =>
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

/** Of so many scripts, one is taken. */
const drawnForEach = 3;

/** Tasks by their numbers modulo how many there are, ages in seconds, and no value that is undefined. */
function concrete(creations: readonly Drawn[], drawn: readonly Drawn[], { graceS }: ScriptPowers): Script {
  const count = creations.length;
  const ttlS = new Map<number, number>();
  const agedS = new Map<number, number>();
  const plain = (step: Drawn): readonly ScriptStep[] => {
    const named = 'task' in step ? { ...step, task: step.task % count } : step;
    if (named.do === 'without effect') {
      const { request } = named;
      const { task } = request;
      const shows: Drawn =
        request.do === 'read' ? { do: 'age', task, to: 'a little' } : { do: 'move', task, phase: 'finished' };
      return [request, shows].flatMap(plain);
    }
    if (named.do === 'together') return [{ ...named, steps: named.steps.flatMap(plain) }];
    if (named.do === 'replace') {
      ttlS.delete(named.task);
      agedS.delete(named.task);
      const { task, by } = named;
      return [{ do: 'remove', task }, ...(by ? plain({ do: 'create', task, ...by }) : [])];
    }
    if (named.do === 'create' || named.do === 'read')
      if (named.ttl !== undefined && /^\d+$/.test(named.ttl) && !('credentials' in named))
        ttlS.set(named.task, Number(named.ttl));
    if (!('to' in named)) return [withoutUndefined(named)];
    const kept = ttlS.get(named.task) ?? defaultTtlS;
    const before = agedS.get(named.task) ?? 0;
    const gone = kept + graceS + 1;
    const to = {
      'a little': before + 11,
      half: kept / 2,
      kept: kept - 6,
      gone,
      'long gone': gone + longS,
    }[named.to];
    const seconds = Math.max(1, Math.ceil(to - before));
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
