/** The expectations that don't hold any more, as test cases. */

import type { Report } from '../../harness/model/report.ts';
import { printable } from '../escape.ts';
import { toBeDeleted } from '../expected.ts';
import type { ListedCase } from './case.ts';

export const outdatedCases = ({ expectations }: Report): readonly ListedCase[] =>
  (expectations?.outdated ?? []).map((entry) => ({
    outcome: 'failure',
    element: {
      '@classname': entry.clause,
      '@name': printable(`expected: ${entry.fingerprint}`),
      '@time': '0.000',
      failure: {
        '@type': 'expectation',
        '@message': toBeDeleted(expectations?.file ?? '', entry),
        '#': printable(entry.reason),
      },
    },
  }));
