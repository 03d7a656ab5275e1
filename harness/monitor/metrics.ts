/** What a monitor has seen, in the text format of Prometheus. Pure. */
import type { ClauseCounts } from '../model/report.ts';
import { clauseCounts } from './proofs.ts';
import type { TrafficVerdict } from './traffic-judge.ts';

export interface MonitorCounts {
  readonly liveTasks: number;
  readonly passed: number;
  readonly skipped: number;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly values: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
}

/** Source: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function metricsText(verdict: TrafficVerdict, { liveTasks, passed, skipped }: MonitorCounts): string {
  const alone = (value: number) => [[{}, value]] as const;
  const counts = [...clauseCounts(verdict)];
  const byClause = (what: keyof ClauseCounts) =>
    counts.flatMap(([clause, { [what]: count }]) => (count > 0 ? [[{ clause }, count] as const] : []));
  const metrics: readonly Metric[] = [
    {
      name: 'requests_total',
      help: 'Requests of the task API that were passed on.',
      type: 'counter',
      values: alone(passed),
    },
    {
      name: 'exchanges_total',
      help: 'Exchanges that were looked at.',
      type: 'counter',
      values: alone(verdict.exchanges),
    },
    {
      name: 'skipped_total',
      help: 'Exchanges that were left out because judging fell behind.',
      type: 'counter',
      values: alone(skipped),
    },
    {
      name: 'violations_total',
      help: 'Proven violations, by clause.',
      type: 'counter',
      values: byClause('broken'),
    },
    {
      name: 'upheld_total',
      help: 'Responses that could have broken a clause and did not.',
      type: 'counter',
      values: byClause('upheld'),
    },
    {
      name: 'undecided_tasks_total',
      help: 'Tasks with too many requests at once for a decision.',
      type: 'counter',
      values: alone(verdict.undecided),
    },
    { name: 'tasks_total', help: 'Tasks that were seen.', type: 'counter', values: alone(verdict.tasks) },
    { name: 'live_tasks', help: 'Tasks that are remembered.', type: 'gauge', values: alone(liveTasks) },
  ];
  return metrics.map(textOf).join('');
}

function textOf({ name, help, type, values }: Metric): string {
  const full = `crdb_conformance_${name}`;
  const lines = values.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${text.replaceAll(/[\\"\n]/g, '')}"`);
    return `${full}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
  });
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...lines, ''].join('\n');
}
