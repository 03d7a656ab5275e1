/** The clauses that were not judged the same in every run, as test cases. */
import type { Report } from '../../harness/model/report.ts';
import { unstableOf } from '../unstable.ts';
import type { JunitOptions, ListedCase, Outcome } from './case.ts';

/** One that failed in any run is a failure, whichever run the report shows; one that never did is a doubt. */
export function unstableCases(report: Report, { requireComplete }: JunitOptions): readonly ListedCase[] {
  const name = `the same in each of ${report.repeats?.times ?? 1} runs`;
  return unstableOf(report).map(({ id, failed, story, clause }) => {
    const doubt: Outcome = requireComplete ? 'error' : 'skipped';
    const outcome: Outcome = failed ? 'failure' : doubt;
    const typed = outcome === 'skipped' ? {} : { '@type': 'unstable', '#': clause?.statement ?? id };
    return {
      outcome,
      element: {
        '@classname': id,
        '@name': name,
        '@time': '0.000',
        [outcome]: { '@message': `unstable: ${story}`, ...typed },
      },
    };
  });
}
