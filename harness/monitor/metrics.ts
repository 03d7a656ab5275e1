/** What a monitor has seen, in the text format of Prometheus. Pure. */
import type { ClauseCounts } from '../model/report.ts';
import { clauseCounts } from './proofs.ts';
import type { TrafficVerdict } from './traffic-judge.ts';

export interface MonitorCounts {
  readonly liveTasks: number;
  readonly passed: number;
  readonly skipped: number;
}

type Value = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A metric; `_total` ends the name of a counter, others are gauges. */
type Metric = readonly [name: string, help: string, values: readonly Value[]];

/** Source: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function metricsText(verdict: TrafficVerdict, { liveTasks, passed, skipped }: MonitorCounts): string {
  const alone = (value: number): readonly Value[] => [[{}, value]];
  const counts = [...clauseCounts(verdict)];
  const byClause = (what: keyof ClauseCounts) =>
    counts.flatMap(([clause, { [what]: count }]) => (count > 0 ? [[{ clause }, count] as const] : []));
  const metrics: readonly Metric[] = [
    ['requests_total', 'Requests of the task API that were passed on.', alone(passed)],
    ['exchanges_total', 'Exchanges that were looked at.', alone(verdict.exchanges)],
    ['skipped_total', 'Exchanges that were left out because judging fell behind.', alone(skipped)],
    ['violations_total', 'Proven violations, by clause.', byClause('broken')],
    ['upheld_total', 'Responses that could have broken a clause and did not.', byClause('upheld')],
    [
      'undecided_tasks_total',
      'Tasks with too many requests at once for a decision.',
      alone(verdict.undecided),
    ],
    ['tasks_total', 'Tasks that were seen.', alone(verdict.tasks)],
    ['live_tasks', 'Tasks that are remembered.', alone(liveTasks)],
  ];
  return metrics.map(textOf).join('');
}

function textOf([name, help, values]: Metric): string {
  const full = `crdb_conformance_${name}`;
  const type = name.endsWith('_total') ? 'counter' : 'gauge';
  const lines = values.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${text.replaceAll(/[\\"\n]/g, '')}"`);
    return `${full}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
  });
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...lines, ''].join('\n');
}
