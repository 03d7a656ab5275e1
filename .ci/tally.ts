/**
 * Reads the JSON results of vitest runs and prints each failure, each test that was skipped without need, and the closing
 * line of `.ci/run`. Arguments: `EXIT_STATUS:FILE` for each run.
 */
import { existsSync, readFileSync } from 'node:fs';

interface Results {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

// A title says why its test is skipped. Only without docs pages or without a Docker daemon may a test be skipped.
const reasons = [
  { holds: !existsSync('../shared'), title: /\[skipped: no (?!containers)/ },
  { holds: process.env.CONTAINERS === 'none', title: /\[skipped: no containers/ },
];
const mayBeSkipped = (name: string): boolean => reasons.some(({ holds, title }) => holds && title.test(name));

function tally(
  status: string,
  file: string,
): { readonly passed: number; readonly failures: readonly string[] } {
  if (!existsSync(file)) return { passed: 0, failures: [`no test ran: exit status ${status}, see above`] };
  const { testResults }: Results = JSON.parse(readFileSync(file, 'utf8'));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failures = [
    ...tests.filter((test) => test.status === 'failed').map(({ fullName }) => `failed: ${fullName}`),
    ...tests
      .filter((test) => !['passed', 'failed'].includes(test.status) && !mayBeSkipped(test.fullName))
      .map(({ fullName }) => `skipped, and could have run: ${fullName}`),
    ...testResults
      .filter((result) => result.status === 'failed' && result.assertionResults.length === 0)
      .map(({ name, message }) => `could not be loaded: ${name}: ${message}`),
  ];
  if (status !== '0' && failures.length === 0) failures.push(`the tests ended with ${status}, see above`);
  if (tests.length === 0) failures.push('no test was run');
  return { passed: tests.filter((test) => test.status === 'passed').length, failures };
}

const tallies = process.argv.slice(2).map((run) => {
  const at = run.indexOf(':');
  return tally(run.slice(0, at), run.slice(at + 1));
});
const failures = tallies.flatMap((one) => one.failures);
for (const line of failures) console.log(line);
console.log(`${tallies.reduce((sum, { passed }) => sum + passed, 0)} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
