/** A target that dies while it is tested: the run gives it up after 15 s of silence. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { validateReport } from '../../reports/validate.ts';
import { calledIn } from '../testing/cli/called.ts';
import { testedCluster } from '../testing/cli/clusters.ts';
import { expectSaid, reportIn } from '../testing/cli/program.ts';
import { freshFolder } from '../testing/temporary-folder.ts';

test('a target that dies halfway: exit code 3, and every report', async () => {
  const login = { user: 'somebody', password: 's3cret-word' };
  await using target = await testedCluster(login);
  const cwd = freshFolder();
  const env = { CRDB_USER: login.user, CRDB_PASSWORD: login.password };
  const ended = calledIn(cwd, ['run', '--target', target.url, '--timeout-s', '1'], { env });
  await Promise.race([target.busy, ended]);
  await target.close();
  expectSaid(await ended, 3, ['The run was cut short: the target stopped answering', 'ECONNREFUSED']);
  const out = join(cwd, 'reports/out');
  expect(readdirSync(out)).toEqual(expect.arrayContaining(['junit.xml', 'report.html', 'report.json']));
  const report = reportIn(cwd);
  expect(validateReport(report)).toEqual([]);
  expect(report.run.cutShort).toContain('the target stopped answering');
  expect(report.summary.fail).toBe(0);
  expect(readFileSync(join(out, 'journal.ndjson'), 'utf8')).toContain('"fault":"target"');
});
