/** Tasks that are read with a TTL, alone or beside other reads of them. */
import {
  type CheckContext,
  either,
  endOf,
  judgeRetention,
  prerequisiteFinding,
  read,
  requires,
  type Task,
  when,
} from '../harness/run/suite.ts';
import { withoutCause } from './refused.ts';
import { repeated } from './tasks.ts';

interface ReadsWithTtl {
  readonly phase?: 'finished' | 'failed';
  readonly verbose?: 'omitted' | 'true' | 'false';
  /** The TTL as it is sent, where that is not simply its number. */
  readonly spelt?: string;
  /** How often it is read with that TTL. */
  readonly times?: number;
  /** So many reads without a TTL are sent right before, with the same `verbose`, and so many plain ones right behind. */
  readonly beside?: number;
}

/** An ended task, read with a TTL right after its end: the TTL may count from the end or from the last such read. */
export async function readWithTtl(
  { send, provision }: CheckContext,
  ttlS: number,
  { phase = 'finished', verbose = 'false', spelt = `${ttlS}`, times = 1, beside = 0 }: ReadsWithTtl = {},
) {
  const task = await provision(phase);
  const asked = verbose === 'omitted' ? {} : { verbose };
  const without = (parameters: object) =>
    Promise.all(Array.from({ length: beside }, () => send(read(task, parameters))));
  const setTtl = () =>
    send(read(task, { ttl: spelt, ...asked, ...(spelt === `${ttlS}` ? {} : { tolerates: [400] }) }));
  await repeated(times - 1, setTtl);
  const [, setting] = await Promise.all([without(asked), setTtl(), without({})]);
  return { task, setting };
}

/** The bracket that holds the end of the task and the read that carried the TTL, moved by the task's age. */
export const endOrRead = (task: Task, setting: Parameters<typeof when>[0]) => {
  const ageMs = -task.agedS * 1000;
  const carried = when(setting);
  return either(endOf(task), { earliestMs: carried.earliestMs + ageMs, latestMs: carried.latestMs + ageMs });
};

/** A task that is read with a TTL beside plain reads is kept, if another one is that is read as often, but in turn. */
export async function keptBeside(context: CheckContext, beside: number, ttlS: number, ageS: number) {
  const judged = async ({ task, setting }: Awaited<ReturnType<typeof readWithTtl>>) => {
    const aged = await context.elapse(task, ageS);
    const late = await context.send(read(aged));
    return judgeRetention(late, endOrRead(aged, setting), 'kept', context.retention(ttlS));
  };
  const inTurn = await readWithTtl(context, ttlS, { verbose: 'omitted' });
  await repeated(beside, () => context.send(read(inTurn.task)));
  const alone = prerequisiteFinding(await judged(inTurn), 'expiry.plain-read-keeps');
  const together = await judged(await readWithTtl(context, ttlS, { verbose: 'omitted', beside }));
  return requires([alone && withoutCause(alone)], () => [together]);
}
