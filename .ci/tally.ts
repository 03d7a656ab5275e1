/** Reads vitest's JSON and prints what failed, what was skipped that may not be, and the closing line of `.ci/run`. */
import { existsSync, readFileSync } from 'node:fs';

interface Results {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const [file = '', status = ''] = process.argv.slice(2);
const { testResults }: Results = JSON.parse(readFileSync(file, 'utf8'));
const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
const passed = tests.filter((test) => test.status === 'passed').length;

// A test may be skipped whose title says why, where that is so: without the docs pages beside the checkout, and without a
// Docker daemon, as .ci/run has found out. Elsewhere none may.
const reasons = [
  { holds: !existsSync('../shared'), title: /\[skipped: no (?!containers)/ },
  { holds: process.env.CONTAINERS === 'none', title: /\[skipped: no containers/ },
];
const mayBeSkipped = (title: string): boolean =>
  reasons.some(({ holds, title: says }) => holds && says.test(title));
const failures = [
  ...tests.filter((test) => test.status === 'failed').map(({ fullName }) => `failed: ${fullName}`),
  ...tests
    .filter(({ fullName, status }) => !['passed', 'failed'].includes(status) && !mayBeSkipped(fullName))
    .map(({ fullName }) => `skipped, and could have run: ${fullName}`),
  ...testResults
    .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
    .map(({ name, message }) => `could not be loaded: ${name}: ${message}`),
];
if (status !== '0' && failures.length === 0) failures.push(`npm test ended with ${status}, see above`);
if (tests.length === 0) failures.push('no test was run');
for (const line of failures) console.log(line);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
