// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is what the file's variables look like
/** Where the options of a run come from, as a user gives them. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { type Ended, expectSaid, freshFolder, program, scratch } from '../testing/cli/program.ts';

vi.setConfig({ testTimeout: 120_000 });
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const config = 'target: "https://${HOST}:9443"\nuser: file\nprofile: full\ngrace: 3\n';
const env = { HOST: 'cluster.example', CRDB_USER: 'environment', CRDB_PASSWORD: 's3cret' };

function withConfig(...args: readonly string[]): Promise<Ended> & { readonly cwd: string } {
  const cwd = freshFolder();
  writeFileSync(join(cwd, 'crdb-conformance.config.yaml'), config);
  return Object.assign(program(['run', ...args], { cwd, env }), { cwd });
}

test('the file in the working folder is found, and each value says where it comes from', async () => {
  const asked = withConfig('--print-config', '--profile', 'nightly');
  const { out, code } = await asked;
  expect(code).toBe(0);
  const name = 'crdb-conformance\\.config\\.yaml';
  expect(out).toMatch(
    new RegExp(`^target: https://cluster\\.example:9443 +# ${name}, environment HOST$`, 'm'),
  );
  expect(out).toMatch(/^user: environment +# environment CRDB_USER$/m);
  expect(out).toMatch(/^profile: nightly +# flag --profile$/m);
  expect(out).toMatch(new RegExp(`^grace: 3 +# ${name}$`, 'm'));
  expect(out).toMatch(/^settle: 10 +# default$/m);
  expect(out).toMatch(/^auth: true +# default$/m);
  expect(out).not.toContain('s3cret');
  expect(existsSync(join(asked.cwd, 'reports'))).toBe(false);
});

test('--no-auth and --no-config are said by flags, and no file is read', async () => {
  const { out } = await withConfig('--print-config', '--no-config', '--no-auth');
  expect(out).toMatch(/^auth: false +# flag --no-auth$/m);
  expect(out).toMatch(/^profile: quick +# default$/m);
});

test('a file in the working folder that can’t be used ends the run, whatever it would have tested', async () => {
  const cwd = freshFolder();
  writeFileSync(join(cwd, 'crdb-conformance.config.yaml'), 'user: ${NOBODY}\n');
  expectSaid(await program(['run'], { cwd }), 2, ['crdb-conformance.config.yaml: user needs', 'NOBODY']);
});
