/** A run that is held to an edition, as a user asks for it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import type { Report } from '../model/report.ts';
import { instant } from '../reference/crdbs-options.ts';
import { startReference } from '../reference/reference.ts';
import { called, calledIn } from '../testing/cli/called.ts';
import { expectSaid, reportIn } from '../testing/cli/program.ts';
import { editionFolder, laterFacts } from '../testing/docs-samples.ts';
import { freshFolder } from '../testing/temporary-folder.ts';

let later = '';
beforeAll(async () => {
  later = await editionFolder(freshFolder());
});

const verdictIn = (report: Report, clause: string) => report.clauses.find(({ id }) => id === clause)?.verdict;

describe('one server, held to two editions', () => {
  test('explain says what each check needs of a run', async () => {
    const { out } = await called(['explain', 'expiry.default.kept']);
    expect(out).toMatch(/ageS=251; needs a provisioner that ages tasks/);
    expect(out).toMatch(/by=waiting.*; needs .*--profile full/);
  });

  test('keeps the shipped one, which is the default', async () => {
    const cwd = freshFolder();
    expectSaid(await calledIn(cwd, ['run', '--clause', 'read.schema']), 0, []);
    expect(reportIn(cwd).run.docsVersion).toBe('7.8');
    expect(verdictIn(reportIn(cwd), 'read.schema')).toBe('pass');
  });

  test('breaks the other, and each of its clauses names that edition’s page', async () => {
    const cwd = freshFolder();
    const ended = await calledIn(cwd, [
      'run',
      '--contract',
      later,
      '--clause',
      'read.schema',
      'list.empty',
      'cancel.status.409',
    ]);
    expectSaid(ended, 1, []);
    const report = reportIn(cwd);
    expect(report.run.docsVersion).toBe('9.1');
    expect(verdictIn(report, 'read.schema')).toBe('fail');
    expect(report.clauses.some(({ id }) => id === 'cancel.commit-phase.refused')).toBe(false);
    expect(report.clauses.every(({ source }) => source.url.includes('/rs/9.1/'))).toBe(true);
    expect(report.run.hashes.openapi).not.toBe(reportOf78.run.hashes.openapi);

    // Judged again it is held to the same; to another one where that is said.
    const file = join(cwd, 'reports/out/report.json');
    expectSaid(await calledIn(cwd, ['judge', file]), 2, ['There is no edition 9.1 here', 'spec generate']);
    const again = await calledIn(cwd, ['judge', file, '--contract', later]);
    expect(again).toMatchObject({ code: 1, out: expect.stringContaining('judged again by the same suites') });
  });

  let reportOf78: Report;
  beforeAll(async () => {
    const cwd = freshFolder();
    await calledIn(cwd, ['run', '--clause', 'list.empty', '--contract', '7.8']);
    reportOf78 = reportIn(cwd);
  });
});

test('a fleet is held to it as a single target is', async () => {
  const password = 'a-password';
  await using cluster = await startReference({
    clock: realClock(),
    epochMs: Date.now(),
    user: 'somebody',
    password,
  });
  const cwd = freshFolder();
  writeFileSync(
    join(cwd, 'crdb-conformance.config.yaml'),
    `contract: ${later}\nuser: somebody\nclause: [read.schema]\ntargets:\n  - { name: one, target: "${cluster.url}" }\n`,
  );
  expectSaid(await calledIn(cwd, ['run'], { env: { CRDB_PASSWORD: password } }), 1, []);
  const fleet = JSON.parse(readFileSync(join(cwd, 'reports/out/fleet.json'), 'utf8'));
  expect(fleet).toMatchObject({ docsVersion: '9.1', verdict: 'non-conformant' });
});

describe('a cluster of another release than the edition', () => {
  const onCluster = async (...args: readonly string[]) => {
    const password = 'a-password';
    await using cluster = await startReference({
      clock: realClock(),
      epochMs: Date.now(),
      user: 'somebody',
      password,
      crdbs: { takesMs: instant, version: '7.22.2-20' },
    });
    const target = ['--target', cluster.url, '--user', 'somebody'];
    return await called([...args, ...target], { env: { CRDB_PASSWORD: password } });
  };
  const reading = ['run', '--read-only', '--clause', 'read.status.404'];

  test('a run names its release and the edition that fits', async () => {
    const { err } = await onCluster(...reading);
    expect(err).toContain(
      'The cluster runs Redis Software 7.22.2-20; --contract 7.22 fits it better than edition 7.8.\n',
    );
  });

  test('a run by that edition only names the release', async () => {
    const { err } = await onCluster(...reading, '--contract', '7.22');
    expect(err).toContain('The cluster runs Redis Software 7.22.2-20.\n');
  });

  test('so does doctor', async () => {
    expect((await onCluster('doctor')).out).toContain('Use --contract 7.22, which fits this release better.');
  });
});

test('the register of an edition, and a clause of it', async () => {
  const { out } = await called(['clauses', '--contract', later]);
  expect(out).toContain('cancel.status.423');
  expect(out).toContain('clauses in edition 9.1');
  expect(out).toContain(
    'Not required: cancel.commit-phase.refused: the docs of this edition have no cancel.status.406',
  );
  const explained = await called(['explain', 'cancel.status.423', '--contract', later]);
  expect(explained.out).toContain('(since 9.1)');
});

describe('bad input', () => {
  test('an edition that there is not', async () => {
    expectSaid(await called(['run', '--contract', '7.23']), 2, [
      'There is no edition 7.23 here; known are 7.4, 7.8, 7.22, 8.0',
    ]);
  });

  test('a clause that the edition doesn’t ask for', async () => {
    expectSaid(await called(['run', '--contract', later, '--clause', 'cancel.commit-phase.refused']), 2, [
      'cancel.commit-phase.refused',
    ]);
  });

  test('a folder whose facts are of another shape', async () => {
    const folder = await editionFolder(freshFolder());
    const { operations, ...rest } = laterFacts();
    writeFileSync(join(folder, 'facts.json'), JSON.stringify({ ...rest, operations: operations.length }));
    expectSaid(await called(['run', '--contract', folder]), 2, ['holds no edition that can be read']);
    expectSaid(await called(['clauses', '--contract', folder]), 2, ['holds no edition that can be read']);
  });
});

test('pages of another edition are made a folder of, and never take the place of the shipped one', async () => {
  const refused = await called(['spec', 'generate', '--docs', 'x.md', '--edition', '9.1']);
  expectSaid(refused, 2, ['--out DIR']);
  expectSaid(await called(['spec', 'generate', '--docs', 'x.md', '--edition', 'next']), 2, [
    '--edition next',
  ]);
});
