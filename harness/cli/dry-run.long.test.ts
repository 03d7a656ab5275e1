/** A whole run sends only the kinds of requests that `run --dry-run` names. */
import { expect, test } from 'vitest';
import type { RunOptions } from '../config/options.ts';
import { realClock } from '../http/clock.ts';
import { startReference } from '../reference/reference.ts';
import { ran } from '../testing/cli/called.ts';
import { expectSaid, reportIn } from '../testing/cli/program.ts';
import { dryRun, kindsOf } from './dry-run.ts';

const takesMs = { queued: 10, running: 80, committing: 40 };

test.each<{ options: RunOptions; makes: RegExp }>([
  { options: { provision: 'control' }, makes: /It would make \d{3,} tasks, each removed/ },
  {
    options: { provision: 'crdbs', clause: ['cancel'] },
    makes: /2 databases of 100 MiB \(conformance-TAG-db…\), deleted at the end/,
  },
])('$options', async ({ options, makes }) => {
  const { provision = '', clause = [] } = options;
  await using target = await startReference({
    clock: realClock(),
    ...(provision === 'crdbs' ? { crdbs: { takesMs } } : {}),
  });
  const args = ['--target', target.url, '--user', target.user, '--provision', provision];
  const selected = clause.length > 0 ? ['--clause', ...clause] : [];
  const ended = await ran([...args, ...selected], { env: { CRDB_PASSWORD: target.password } });
  expectSaid(ended, 0, []);
  let text = '';
  await dryRun(options, { write: (words) => (text += words) });
  const kinds = [...text.matchAll(/^ *\d+ × {2}(.*)$/gm)].map(([, kind]) => kind);
  const sent = new Set(kindsOf(reportIn(ended.folder).exchanges).map(({ request }) => request));
  expect([...sent].filter((kind) => !kinds.includes(kind))).toEqual([]);
  expect(text).toMatch(makes);
});
