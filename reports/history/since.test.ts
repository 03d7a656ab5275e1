import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Verdict } from '../../harness/model/verdict.ts';
import { night } from '../samples/nights.ts';
import { openHistory } from './file.ts';
import { ownFolder } from './fixtures/folder.ts';
import { keep } from './keep.ts';
import { pastRun } from './past-run.ts';
import { sinceWhen } from './since.ts';
import { sinceText } from './since-text.ts';

const folder = ownFolder();

/** What is said of clause `a` in the last of some nights; the others are in the history, and the last may be, too. */
function told(verdicts: readonly (Verdict | undefined)[], keepsLast = false): string | undefined {
  using history = openHistory(join(folder, `${Math.random()}.db`));
  const nights = verdicts.map((verdict, row) =>
    night(row + 1, verdict === undefined ? {} : { clauses: { a: verdict } }),
  );
  const last = nights.at(-1) ?? night(1);
  for (const report of keepsLast ? nights : nights.slice(0, -1)) keep(history, report);
  keep(history, night(0, { clauses: { a: 'pass' }, target: { name: 'other' } }));
  const since = history.read((db) => sinceWhen(db, pastRun(last))).get('a');
  return since && sinceText(since, pastRun(last).startedMs);
}

test.each<{ nights: readonly (Verdict | undefined)[]; says: string | undefined }>([
  { nights: ['pass', 'fail'], says: 'new: it passed in run night-01, a night ago' },
  { nights: ['pass', 'fail', 'fail', 'fail'], says: 'since run night-02, 2 nights ago' },
  { nights: ['fail', 'pass', 'fail', 'fail'], says: 'since run night-03, a night ago' },
  { nights: ['pass', 'fail', 'pass', 'fail', 'fail'], says: 'since run night-04, a night ago' },
  { nights: ['fail', 'fail'], says: 'since run night-01, a night ago' },
  { nights: ['pass', 'fail', 'inconclusive', 'fail'], says: 'since run night-02, 2 nights ago' },
  { nights: ['pass', 'fail', undefined, 'fail'], says: 'since run night-02, 2 nights ago' },
  { nights: ['pass', 'skip', 'fail'], says: 'new: it passed in run night-01, 2 nights ago' },
  { nights: ['pass', 'warn', 'fail'], says: 'since run night-02, a night ago' },
  { nights: ['skip', 'fail'], says: undefined },
  { nights: ['fail'], says: undefined },
  { nights: ['fail', 'pass'], says: undefined },
])('$nights: $says', ({ nights, says }) => {
  expect([told(nights), told(nights, true)]).toEqual([says, says]);
});
