/** What a redirect in answer to a malformed id comes to. */
import { expect, test } from 'vitest';
import { gather, judgeRun } from '../harness/run/assemble.ts';
import { readSuites } from '../harness/run/clause.ts';
import { suiteFiles } from '../harness/run/suites.ts';
import { simulate, withoutNetwork } from '../harness/simulate/simulation.ts';
import { loadRegister } from '../spec/register.ts';

const clauses = ['robustness.malformed-id.read', 'robustness.malformed-id.cancel'];
const normalises = /%2F/i;

/** Verdicts of the two clauses, where a proxy before the reference cluster redirects the paths of this kind. */
async function verdicts(redirected: RegExp, headers: Readonly<Record<string, string>>): Promise<string[]> {
  const events = await simulate(
    (clock) => {
      const server = withoutNetwork({ clock });
      return {
        ...server,
        carry: (call) =>
          redirected.test(call.path)
            ? { answer: Promise.resolve({ status: 301, headers, body: '' }), abandon: () => {} }
            : (server.carry?.(call) ?? {
                answer: Promise.reject(new Error('no carrier')),
                abandon: () => {},
              }),
      };
    },
    { selection: clauses },
  );
  const book = await readSuites(suiteFiles);
  const { clauseVerdicts } = judgeRun(gather(events).checks, [...book.keys()], loadRegister(), {
    strict: false,
  });
  return ['read.statuses', 'cancel.statuses', ...clauses].map((id) => `${id}: ${clauseVerdicts.get(id)}`);
}

test.each([
  {
    what: 'an encoded slash, to the same origin',
    at: normalises,
    to: { location: '/v1/crdb_tasks' },
    all: 'pass',
  },
  {
    what: 'an encoded slash, to another origin',
    at: normalises,
    to: { location: 'http://elsewhere.invalid/' },
    all: 'inconclusive',
  },
  { what: 'an encoded slash, to nowhere', at: normalises, to: {}, all: 'fail' },
  { what: 'quotes, to the same origin', at: /%22/, to: { location: '/v1/crdb_tasks' }, all: 'fail' },
])('a redirect of $what: $all', async ({ at, to, all }) => {
  const found = await verdicts(at, to);
  expect(found.slice(2)).toEqual(clauses.map((id) => `${id}: ${all}`));
  expect(found.slice(0, 2).join()).not.toContain('fail');
});
