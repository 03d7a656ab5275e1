/** Between two effects, reads of a task agree in the documented fields, and `verbose` loses nothing. Pure. */
import type { Allow } from './guard.ts';
import { type Fields, type Hypothesis, isEnded } from './hypothesis.ts';
import type { ShownFields, TaskOperation } from './operation.ts';

/** Documented fields whose values don't change while the task does not. */
const steady = ['crdb_guid', 'operation', 'started', 'ended', 'worker_name'];
const documented = [...steady, 'errors', 'progress'];

/** The hypothesis with what the read shows; none where the read contradicts an earlier one. */
export function fieldsAgree(
  task: Hypothesis,
  shown: ShownFields,
  operation: TaskOperation,
  allow: Allow,
): readonly Hypothesis[] {
  return guidAgrees(task, shown, 'read', allow).flatMap((known) =>
    // A task that moves by itself, or with an effect on its way, may show other fields at any time.
    (known.held || isEnded(known.where)) && !known.lag
      ? compared(known, shown.fields, operation, allow)
      : [known],
  );
}

/** Every answer that shows a guid shows the same. */
export function guidAgrees(
  task: Hypothesis,
  { fields }: ShownFields,
  shownBy: 'read' | 'list',
  allow: Allow,
): readonly Hypothesis[] {
  const { crdb_guid: value } = fields;
  if (typeof value !== 'string' || task.guid?.value === value) return [task];
  if (!task.guid) return [{ ...task, guid: { value, shownBy } }];
  const clause =
    shownBy === 'list' || task.guid.shownBy === 'list'
      ? 'list.agrees-with-read'
      : task.guid.shownBy === 'provisioner'
        ? 'read.named-guid'
        : 'read.changes-nothing';
  return allow(false, clause, `crdb_guid ${task.guid.value}`, `crdb_guid ${value}`) ? [task] : [];
}

function compared(
  task: Hypothesis,
  fields: Fields,
  { verbose }: TaskOperation,
  allow: Allow,
): readonly Hypothesis[] {
  if (verbose === 'true') {
    if (task.plain && !keeps(task.plain, fields, allow)) return [];
    return [task.detailed ? task : { ...task, detailed: fields }];
  }
  if (verbose !== undefined && verbose !== 'false') return [task]; // malformed: as it likes
  if (task.detailed && !keeps(fields, task.detailed, allow)) return [];
  if (!task.plain) return [{ ...task, plain: fields }];
  const { plain } = task;
  const differing = documented.filter(
    (name) => name in fields !== name in plain || contradicts(name, fields, plain),
  );
  const clause =
    verbose === 'false'
      ? 'verbose.false-is-plain'
      : isEnded(task.where)
        ? 'status.ended-stays'
        : 'read.changes-nothing';
  const seen = `a difference in ${differing.join(', ')}`;
  return allow(differing.length === 0, clause, 'the fields of the read before', seen) ? [task] : [];
}

/** Whether the verbose answer has what the plain one has. */
function keeps(plain: Fields, detailed: Fields, allow: Allow): boolean {
  const lost = documented.filter(
    (name) => name in plain && (!(name in detailed) || contradicts(name, plain, detailed)),
  );
  const seen = `${lost.join(', ')} lost or contradicted`;
  return allow(lost.length === 0, 'verbose.keeps-fields', 'all fields of the plain answer', seen);
}

const contradicts = (name: string, one: Fields, other: Fields): boolean =>
  steady.includes(name) && name in one && name in other && one[name] !== other[name];
