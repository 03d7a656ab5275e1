/**
 * Which clauses an answer could have broken, and did not: another answer in its place would have been refused, and by
 * that clause alone. Where much is unknown of a task, most answers prove nothing. Pure.
 */
import type { Judging } from '../judge/oracle/guard.ts';
import { type Hypothesis, isEnded } from '../judge/oracle/hypothesis.ts';
import type { TaskAnswer, TaskOperation } from '../judge/oracle/operation.ts';
import { step } from '../judge/oracle/rules.ts';
import { type ShownTask, type Status, statuses } from '../judge/shown.ts';

/** @param before what was possible before the operation, which was the only one in flight */
export function upheldBy(
  before: readonly Hypothesis[],
  operation: TaskOperation,
  judging: Judging,
): readonly string[] {
  const upheld = alternatives(operation).flatMap((answer) => {
    const other = { ...operation, answer };
    if (before.some((task) => step(task, other, judging).length > 0)) return [];
    const clauses = new Set<string>();
    const onRefusal = ({ clause }: { readonly clause: string }) => clauses.add(clause);
    // Of what each hypothesis says, not of what else may have happened silently.
    for (const task of before) step({ ...task, held: true }, other, { ...judging, onRefusal });
    return clauses.size === 1 ? [...clauses] : [];
  });
  return [...new Set(upheld)];
}

/**
 * The same text where the same answer to the same request proves the same again of the same hypotheses, and leaves the
 * same behind; undefined where time counts too.
 */
export function sameProof(before: readonly Hypothesis[], operation: TaskOperation): string | undefined {
  const isTimed = ({ where, retention, lag }: Hypothesis): boolean =>
    lag !== undefined || (isEnded(where) && retention.setBy !== 'unknown');
  if (before.some(isTimed)) return undefined;
  const { action, verbose, ttl, force, task, answer } = operation;
  const row = answer?.rows?.get(task)?.[0];
  const shown = answer?.shown ?? row;
  return [action, verbose, ttl, force, answer?.status, shown?.status].join('|');
}

function alternatives({ action, authorized, answer, task }: TaskOperation): readonly TaskAnswer[] {
  if (!authorized || !answer) return [];
  if (action === 'cancel')
    return [200, 404, 406, 409].filter((status) => status !== answer.status).map((status) => ({ status }));
  if (action === 'read' && (answer.status === 200 || answer.status === 404)) {
    const shown = answer.shown ?? { id: task, status: 'started', fields: { id: task } };
    const others = [
      ...statuses.filter((status) => status !== answer.shown?.status).map(showing(task)),
      ...changed(shown),
    ];
    return [...(answer.status === 200 ? [{ status: 404 }] : []), ...others.map(found)];
  }
  if (action === 'list') {
    const [row] = answer.rows?.get(task) ?? [];
    const others = statuses.filter((status) => status !== row?.status).map(showing(task));
    return [
      ...(row ? [{ status: 200, rows: new Map() }] : []),
      ...others.map((other) => listed(task, other)),
    ];
  }
  return [];
}

const showing =
  (id: string) =>
  (status: Status): ShownTask => ({ id, status, fields: {} });

/** The same status without the fields that it showed, and with another database. */
const changed = ({ id, status, fields }: ShownTask): readonly ShownTask[] => [
  ...(Object.keys(fields).length > 2 ? [{ id, status, fields: { id } }] : []),
  ...('crdb_guid' in fields ? [{ id, status, fields: { ...fields, crdb_guid: 'another' } }] : []),
];

const found = (shown: ShownTask): TaskAnswer => ({ status: 200, shown });

const listed = (task: string, row: ShownTask): TaskAnswer => ({
  status: 200,
  rows: new Map([[task, [row]]]),
});
