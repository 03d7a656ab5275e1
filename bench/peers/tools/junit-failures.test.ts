import { expect, test } from 'vitest';
import { junitFailures } from './junit-failures.ts';

const xml = `<testsuite>
  <testcase name="right" time="1" />
  <testcase classname="c" name="wrong"><failure type="failure">ST103 Undocumented
[410] Gone</failure></testcase>
  <testcase name="broken"><error>Network</error></testcase>
  <testcase name="left out"><skipped/></testcase>
</testsuite>`;

test('failures and errors count; what passed or was skipped does not', () => {
  expect(junitFailures(xml)).toEqual(['wrong', 'broken']);
});

test('kinds tell one failure of a test case from another', () => {
  expect(junitFailures(xml, /ST\d{3}|\[\d{3}\]/g)).toEqual(['wrong: ST103', 'wrong: [410]', 'broken']);
});
