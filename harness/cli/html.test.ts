/** The timelines of whole runs: what they say that a read proves is what its check was judged by. */
import { expect, test } from 'vitest';
import { pageOf } from '../../reports/html/page.ts';
import { retentionOf } from '../../reports/html/timeline.ts';
import { storyOf } from '../../reports/text/story.ts';
import { simulated } from '../testing/cli/simulated.ts';

const expiry = [
  'expiry.default.kept',
  'expiry.default.gone',
  'expiry.at-creation.kept',
  'expiry.at-creation.gone',
  'expiry.on-read.kept',
  'expiry.on-read.gone',
  'expiry.that-task-alone',
  'expiry.plain-read-keeps',
  'expiry.from-completion',
  'expiry.failed.kept',
  'expiry.cancelled.kept',
];
const owed = { kept: '200', gone: '404', nothing: 'nothing' };

test.each([undefined, 'default-490', 'never-expires', 'read-ttl-ignored', 'cancelled-half'])(
  'mutant %s: each read of a retention falls where its verdict says',
  async (mutant) => {
    const report = await simulated({ clauses: expiry, ...(mutant === undefined ? {} : { mutant }) });
    const page = pageOf(report, {});
    const drawn = report.clauses
      .flatMap(({ id, checks }) => checks.map((check) => ({ id, check })))
      // The oracle states what it expected in words.
      .filter(
        ({ check: { suite, verdict } }) => suite !== 'oracle' && (verdict === 'pass' || verdict === 'fail'),
      )
      .flatMap(({ id, check }) => {
        const story = storyOf(page, check);
        const reads = (story && retentionOf(story, 2)?.reads) ?? [];
        return reads.map(({ due }) => ({ id, name: check.name, due: owed[due], expected: check.expected }));
      });
    expect(drawn.length).toBeGreaterThan(mutant === undefined ? 20 : 0);
    expect(drawn.map(({ expected, ...one }) => one)).toEqual(
      drawn.map(({ expected, due: _, ...one }) => ({ ...one, due: expected })),
    );
  },
);
