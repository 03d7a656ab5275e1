/** Between two effects, reads of a task agree in the documented fields, and `verbose` loses nothing. Pure. */
import type { Allow } from './guard.ts';
import { type Hypothesis, isEnded, type TaskFields } from './hypothesis.ts';
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
    (known.held || isEnded(known.where)) && !known.lag && !known.touched
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
  fields: TaskFields,
  { verbose = 'omitted' }: TaskOperation,
  allow: Allow,
): readonly Hypothesis[] {
  if (verbose !== 'omitted' && verbose !== 'true' && verbose !== 'false') return [task]; // malformed: as it likes
  const { omitted, true: detailed, false: refused } = task.reads ?? {};
  const agrees =
    verbose === 'true'
      ? [omitted, refused].every((plain) => !plain || keeps(plain, fields, allow))
      : (!detailed || keeps(fields, detailed, allow)) &&
        (!omitted || equals(omitted, fields, verbose === 'false' ? falseIsPlain : sameAgain(task), allow)) &&
        (!refused || equals(refused, fields, verbose === 'omitted' ? falseIsPlain : sameAgain(task), allow));
  if (!agrees) return [];
  return [task.reads?.[verbose] ? task : { ...task, reads: { ...task.reads, [verbose]: fields } }];
}

const falseIsPlain = 'verbose.false-is-plain';

const sameAgain = ({ where }: Hypothesis): string =>
  isEnded(where) ? 'status.ended-stays' : 'read.changes-nothing';

function equals(before: TaskFields, fields: TaskFields, clause: string, allow: Allow): boolean {
  const differing = documented.filter(
    (name) => name in fields !== name in before || contradicts(name, fields, before),
  );
  const seen = `a difference in ${differing.join(', ')}`;
  return allow(differing.length === 0, clause, 'the fields of the read before', seen);
}

/** Whether the verbose answer has what the plain one has. */
function keeps(plain: TaskFields, detailed: TaskFields, allow: Allow): boolean {
  const lost = documented.filter(
    (name) => name in plain && (!(name in detailed) || contradicts(name, plain, detailed)),
  );
  const seen = `${lost.join(', ')} lost or contradicted`;
  return allow(lost.length === 0, 'verbose.keeps-fields', 'all fields of the plain answer', seen);
}

const contradicts = (name: string, one: TaskFields, other: TaskFields): boolean =>
  steady.includes(name) && name in one && name in other && one[name] !== other[name];
