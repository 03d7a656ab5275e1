/** Tasks whose ids are much alike: each is known by its own alone, also after a cancel of another one. */
import {
  type CheckContext,
  cancel,
  judgeLeftAlone,
  judgeSettles,
  judgeStatus,
  prerequisiteFinding,
  read,
  requires,
  showsStatus,
  type Task,
} from '../harness/run/suite.ts';
import { onMocks } from './needs.ts';
import { withoutCause } from './refused.ts';
import { cancelled, gracefullyRunning } from './tasks.ts';

/** With it, an id is as long as ids may be. */
const longest = 'x'.repeat(64);

/** How ids may end: with each character that the control protocol allows, and as long as they may be. */
export const idEndings: readonly string[] = ['.', '.json', '~', '_', '-A', longest];

/** Running tasks whose ids are of every form. */
export const tasksOfEveryForm = ({ provision, newId }: CheckContext): Promise<readonly Task[]> =>
  Promise.all(
    [
      ...idEndings.map((ends) => newId({ ends })),
      ...(['uuid', 'digits'] as const).map((form) => newId({ form })),
    ].map((id) => provision('running', { id })),
  );

/** Two ids that are much alike. */
const alike = {
  'with the id and more': ({ newId }: CheckContext) => {
    const id = newId();
    return [`${id}-1`, id];
  },
  'alike but for the last character': ({ newId }: CheckContext) => {
    const id = newId({ ends: longest }).slice(0, -1);
    return [`${id}1`, `${id}2`];
  },
  'alike but for capitals at the end': ({ newId }: CheckContext) => {
    const id = newId({ ends: '-Ab' });
    return [id, newId({ ends: '-aC' })];
  },
  'alike but for the middle': ({ newId }: CheckContext) => [
    newId({ ends: longest }),
    newId({ ends: longest }),
  ],
} as const satisfies Record<string, (context: CheckContext) => readonly [string, string]>;
export type Alike = keyof typeof alike;

/** Rows about two tasks with such ids. */
export const namedAlike = <const Named extends Alike>(...all: readonly Named[]) =>
  all.map((named) => ({ phase: 'running', named, ...onMocks }) as const);

/** Two running tasks whose ids are alike, the older one first. */
export async function tasksAlike(context: CheckContext, named: Alike): Promise<readonly [Task, Task]> {
  const [one, other] = alike[named](context);
  return [await context.provision('running', { id: one }), await context.provision('running', { id: other })];
}

/** Cancels a task whose id is much like that of another one, and judges that the other is left alone. */
export async function alikeLeftAlone(context: CheckContext, named: Alike) {
  const { send, effect, watch } = context;
  const [other, task] = await tasksAlike(context, named);
  const before = await send(read(other));
  const answer = await send(cancel(task));
  await effect(answer, task);
  const watched = await watch(other);
  // A server that does not find such an id is judged by other clauses.
  const refused = prerequisiteFinding(judgeStatus(answer, [200]), 'cancel.running.accepted');
  return requires([refused && withoutCause(refused)], () => [judgeLeftAlone([before, ...watched], other)]);
}

/** Cancels a task, makes another one with its id, and judges that this one goes on. */
export async function laterLeftAlone(context: CheckContext) {
  const { task, accepted, ended } = await cancelled(context, gracefullyRunning);
  const later = await context.again(task, 'running');
  const reads = await context.settle(later, showsStatus('started'));
  const watched = await context.watch(later);
  return requires([accepted, ended], () => [
    judgeSettles(reads, later, ['started']),
    judgeLeftAlone([...reads.slice(-1), ...watched], later),
  ]);
}
