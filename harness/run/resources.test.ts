import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import { type CrdbsOptions, instant } from '../reference/crdbs-options.ts';
import { type Reference, startReference } from '../reference/reference.ts';
import { beginOwning, giveBack, groundFor, type Owning } from './resources.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crdb-owning-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const cluster = (takesMs: CrdbsOptions['takesMs'] = instant): Promise<Reference> =>
  startReference({ clock: realClock(), crdbs: { takesMs } });

function owningOf({ url, user, password }: Reference) {
  const told: string[] = [];
  const owning: Owning = {
    target: { url: new URL(url), login: { user, password }, insecure: false },
    tag: 'tag',
    folder,
    timeoutMs: 5000,
    limitMs: 1500,
    io: { error: (words) => void told.push(words), interrupt: new AbortController().signal },
  };
  beginOwning(owning, []);
  return { owning, told };
}

test('a database of the run’s own that doesn’t go away is the harness’s failure, and how to give it back is told', async () => {
  await using target = await cluster();
  const { owning, told } = owningOf(target);
  const ground = await groundFor(owning, undefined);
  const guid = 'guid' in ground ? ground.guid : '';
  const shown = () => target.side?.databases.show(guid);
  // Whoever looks after each removal finds it there again.
  const replanting = setInterval(() => {
    if (!shown()) target.side?.databases.plant({ name: 'conformance-tag-db' }, guid);
  }, 5);
  const changed = await giveBack(owning, ground);
  clearInterval(replanting);
  expect(changed).toEqual([
    `left on the target: database conformance-tag-db (${guid}): still there. Give it back: crdb-conformance cleanup --resource-log ${join(folder, 'resources.ndjson')}`,
  ]);
  expect(told).toEqual([]);
});

test('what others did meanwhile is told, and is nobody’s failure', async () => {
  await using target = await cluster();
  const foreign = `${target.side?.databases.plant({ name: 'theirs' })}`;
  const { owning, told } = owningOf(target);
  const ground = await groundFor(owning, undefined);
  for (const guid of [foreign, 'guid' in ground ? ground.guid : '']) target.side?.databases.lose(guid);
  target.side?.databases.plant({ name: 'new' });
  expect(await giveBack(owning, ground)).toEqual([]);
  expect(told).toEqual([
    expect.stringMatching(
      /^The database conformance-tag-db \(.*\) of this run was deleted by somebody else: /,
    ),
    expect.stringMatching(/^The database theirs \(.*\) went away while the run was on, and not by it\.\n$/),
  ]);
});

test('a named database of another size than before is the harness’s failure', async () => {
  await using target = await cluster();
  const guid = `${target.side?.databases.plant({ name: 'theirs', default_db_config: { memory_size: 7 } })}`;
  const { owning } = owningOf(target);
  const ground = await groundFor(owning, guid);
  expect(await giveBack(owning, ground)).toEqual([]);
  const change = { default_db_config: { memory_size: 8 } };
  target.side?.databases.update(guid, change, { id: undefined, resultTtlS: undefined, fails: false });
  expect(await giveBack(owning, ground)).toEqual([`the database ${guid} has a memory_size of 8, and had 7`]);
});

test('with --no-auth there is nobody whose login a database could have', async () => {
  await using target = await cluster();
  const { owning } = owningOf(target);
  const { login: _, ...anonymous } = owning.target;
  await expect(groundFor({ ...owning, target: anonymous }, undefined)).rejects.toThrow(
    'GET /v1/crdbs answered 401',
  );
});

test('a login that is refused all at once is tried once before a run, and once when it gives back', async () => {
  await using target = await cluster();
  const { owning, told } = owningOf(target);
  const ground = await groundFor(owning, undefined);
  const locked = {
    ...owning,
    target: { ...owning.target, login: { user: target.user, password: 'changed' } },
  };
  await expect(groundFor(locked, undefined)).rejects.toThrow(/refused the login .* \(401\)/);
  for (const line of await giveBack(locked, ground))
    expect(line).toMatch(/^left on the target: .*not sent, for the login was refused \(401\) before/);
  expect(told).toEqual([]); // that a database could not be listed is no proof that somebody deleted it
});
