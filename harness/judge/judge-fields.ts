/** Judges the fields that reads of one task show: that they agree, what `verbose` adds, and timestamps. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../spec/record.ts';
import type { Exchange } from '../model/exchange.ts';
import type { Task } from '../model/task.ts';
import { type Finding, finding } from '../model/verdict.ts';
import { judging } from './judge-task.ts';
import { distinct, type ShownTask, shownTask } from './shown.ts';

/** The fields of objects/crdb_task. */
const documented = [
  'id',
  'crdb_guid',
  'status',
  'errors',
  'operation',
  'progress',
  'started',
  'ended',
  'worker_name',
] as const;

/** The fields that two reads must agree in. What the docs don't name may differ between reads of an ended task. */
const comparable = (shown: ShownTask | undefined): ShownTask['fields'] =>
  shown === undefined || ['queued', 'started'].includes(shown.status)
    ? (shown?.fields ?? {})
    : Object.fromEntries(
        documented.filter((name) => name in shown.fields).map((name) => [name, shown.fields[name]]),
      );

/** Whether all reads of a task agree in every field; where it has ended, in every documented field. */
export const judgeEqual = (reads: readonly Exchange[], task: Task): Finding =>
  judging(reads, task, (tasks) => {
    const differing = tasks.flatMap((shown) => differences(comparable(tasks[0]), comparable(shown)));
    return {
      ok: differing.length === 0,
      seen: differing.length === 0 ? 'the same fields' : `a difference in ${distinct(differing)}`,
      expected: 'the same fields',
    };
  });

const differences = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (field) => !isDeepStrictEqual(a[field], b[field]),
  );

/** Whether the `verbose` response has every field of the plain one, with the same value. */
export function judgeKeepsFields(plain: Exchange, verbose: Exchange, task: Task): Finding {
  return judging([plain, verbose], task, ([without, detailed]) => {
    const missing = contradictions(comparable(without), comparable(detailed), '');
    return {
      ok: missing.length === 0,
      seen:
        missing.length === 0
          ? 'all fields of the plain answer'
          : `${missing.slice(0, 5).join(', ')} lost or contradicted`,
      expected: 'all fields of the plain answer',
    };
  });
}

/** Fields of the plain response that the detailed one lacks or contradicts; details may be added anywhere. */
function contradictions(plain: unknown, detailed: unknown, name: string): string[] {
  if (Array.isArray(plain) && Array.isArray(detailed) && plain.length === detailed.length) {
    return plain.flatMap((element, index) => contradictions(element, detailed[index], `${name}[${index}]`));
  }
  if (isRecord(plain) && isRecord(detailed)) {
    return Object.keys(plain).flatMap((field) =>
      contradictions(plain[field], detailed[field], name === '' ? field : `${name}.${field}`),
    );
  }
  return isDeepStrictEqual(plain, detailed) ? [] : [name];
}

/** Whether `verbose` adds a field somewhere over all these pairs of a plain and a detailed read. */
export function judgeAdds(pairs: readonly { plain: Exchange; verbose: Exchange; task: Task }[]): Finding {
  if (pairs.length === 0) return finding('inconclusive', 'no read was recorded', []);
  const all = pairs.flatMap(({ plain, verbose }) => [plain, verbose]);
  const added = pairs.map(({ plain, verbose, task }) =>
    judging([plain, verbose], task, ([without, detailed]) => ({
      // A field that differs between any two reads of an ended task shows nothing about `verbose`.
      ok:
        Object.keys(detailed?.fields ?? {}).some((name) => !(name in (without?.fields ?? {}))) ||
        contradictions(comparable(detailed), comparable(without), '').length > 0,
      seen: 'details',
      expected: 'details',
    })),
  );
  const inconclusive = added.find(({ verdict }) => verdict === 'inconclusive');
  if (added.some(({ verdict }) => verdict === 'pass')) return finding('pass', 'verbose=true shows more', all);
  return (
    inconclusive ??
    finding('fail', `verbose=true shows no more than the plain read in any of ${pairs.length} phases`, all, {
      expected: 'more fields with verbose=true',
      seen: 'the same fields',
    })
  );
}

const timestamp = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** Whether `started` and `ended`, where they are shown, are RFC 3339 timestamps. */
export const judgeTimestamps = (exchange: Exchange, task: Task): Finding =>
  judging([exchange], task, ([shown]) => {
    const wrong = ['started', 'ended']
      .map((field) => [field, shown?.fields[field]] as const)
      .filter(
        ([, value]) =>
          typeof value === 'string' && !(timestamp.test(value) && !Number.isNaN(Date.parse(value))),
      );
    return {
      ok: wrong.length === 0,
      seen:
        wrong.length === 0
          ? 'timestamps'
          : wrong.map(([field, value]) => `${field} ${String(value)}`).join(', '),
      expected: 'RFC 3339 timestamps in started and ended',
    };
  });

/** Records which fields are shown that the docs tie to no status, for a clause that judges nothing. */
export function observeFields(exchange: Exchange, task: Task): Finding {
  const shown = shownTask(exchange, task.held);
  if ('inconclusive' in shown) return shown.inconclusive;
  const fields = ['started', 'ended', 'errors', 'worker_name'].filter((field) => field in shown.what.fields);
  const seen = fields.length === 0 ? 'none of them' : fields.join(', ');
  return finding('observed', `at status ${shown.what.status}: ${seen}`, exchange, { seen });
}
