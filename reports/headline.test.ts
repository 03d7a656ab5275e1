import { expect, test } from 'vitest';
import type { RunVerdict } from '../harness/model/verdict.ts';
import { headline } from './headline.ts';
import { conformant } from './samples/reports.ts';

const report = (
  verdict: RunVerdict,
  must: [proven: number, broken: number, reachable: number, total: number],
  warn = 0,
) => {
  const [proven, broken, reachable, total] = must;
  return {
    ...conformant,
    verdict,
    summary: { ...conformant.summary, warn, must: { proven, broken, reachable, total } },
  };
};

test.each([
  { run: report('conformant', [48, 0, 48, 48]), line: 'conformant: all 48 must clauses proven' },
  { run: report('conformant', [1, 0, 1, 1]), line: 'conformant: the one must clause is proven' },
  {
    run: report('incomplete', [31, 0, 33, 48]),
    line: 'incomplete: 31 of 48 must clauses proven (33 within reach), none broken',
  },
  {
    run: report('incomplete', [47, 0, 48, 48]),
    line: 'incomplete: 47 of 48 must clauses proven, none broken',
  },
  { run: report('incomplete', [0, 0, 0, 0]), line: 'incomplete: no must clause was selected' },
  {
    run: report('non-conformant', [40, 2, 46, 48]),
    line: 'non-conformant: 2 of 48 must clauses broken, 40 proven (46 within reach)',
  },
  {
    run: report('non-conformant', [48, 0, 48, 48], 1),
    line: 'non-conformant: 48 of 48 must clauses proven, none broken, 1 should clause broken (--strict)',
  },
  {
    run: report('non-conformant', [0, 0, 0, 0], 2),
    line: 'non-conformant: no must clause was selected, 2 should clauses broken (--strict)',
  },
  // Nothing is broken, and a cut run must not look whole.
  {
    run: report('incomplete', [48, 0, 48, 48]),
    line: 'incomplete: 48 of 48 must clauses proven, none broken',
  },
])('$line', ({ run, line }) => expect(headline(run)).toBe(line));
