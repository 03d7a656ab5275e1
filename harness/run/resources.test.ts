import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import type { ProvisionPlan } from '../provision/choice.ts';
import { type CrdbsOptions, instant } from '../reference/crdbs-options.ts';
import { type Reference, startReference } from '../reference/reference.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { beginResources, cleanUpRun, provisionDatabase, type RunResources } from './resources.ts';

let folder: string;
beforeEach(() => {
  folder = freshFolder();
});

const cluster = (takesMs: CrdbsOptions['takesMs'] = instant): Promise<Reference> =>
  startReference({ clock: realClock(), crdbs: { takesMs } });

/** @param limitMs how long a database may take to be deleted */
function resourcesOf({ url, user, password }: Reference, limitMs = 300_000) {
  const told: string[] = [];
  const resources: RunResources = {
    target: { url: new URL(url), login: { user, password }, insecure: false },
    tag: 'tag',
    folder,
    timeoutMs: 300_000,
    limitMs,
    warn: (line) => void told.push(line),
    interrupt: new AbortController().signal,
  };
  beginResources(resources, []);
  return { resources, told };
}

const guidIn = (plan: ProvisionPlan): string =>
  plan.name === 'crdbs' && 'guid' in plan.testDatabase ? plan.testDatabase.guid : '';

test('a database of the run’s own that can’t be deleted is a failure of the harness, with the command that removes it', async () => {
  await using target = await cluster();
  const { resources, told } = resourcesOf(target, 150);
  const plan = await provisionDatabase(resources, undefined);
  const guid = guidIn(plan);
  const shown = () => target.side?.databases.show(guid);
  // After each removal it is listed again.
  const replanting = setInterval(() => {
    if (!shown()) target.side?.databases.plant({ name: 'conformance-tag-db' }, guid);
  }, 5);
  const changed = await cleanUpRun(resources, plan);
  clearInterval(replanting);
  expect(changed).toEqual([
    `left on the target: database conformance-tag-db (${guid}): still there. Remove it: crdb-conformance cleanup --resource-log ${join(folder, 'resources.ndjson')}`,
  ]);
  expect(told).toEqual([]);
});

test('what others did meanwhile is reported, and is no failure', async () => {
  await using target = await cluster();
  const foreign = `${target.side?.databases.plant({ name: 'theirs' })}`;
  const { resources, told } = resourcesOf(target);
  const plan = await provisionDatabase(resources, undefined);
  for (const guid of [foreign, guidIn(plan)]) target.side?.databases.lose(guid);
  target.side?.databases.plant({ name: 'new' });
  expect(await cleanUpRun(resources, plan)).toEqual([]);
  expect(told).toEqual([
    expect.stringMatching(
      /^The database conformance-tag-db \(.*\) of this run was deleted by someone else: /,
    ),
    expect.stringMatching(/^The database theirs \(.*\) was deleted during the run, but not by this run\.$/),
  ]);
});

test('a named database of another size than before is the harness’s failure', async () => {
  await using target = await cluster();
  const guid = `${target.side?.databases.plant({ name: 'theirs', default_db_config: { memory_size: 7 } })}`;
  const { resources } = resourcesOf(target);
  const plan = await provisionDatabase(resources, guid);
  expect(await cleanUpRun(resources, plan)).toEqual([]);
  const change = { default_db_config: { memory_size: 8 } };
  target.side?.databases.update(guid, change, { id: undefined, resultTtlS: undefined, fails: false });
  expect(await cleanUpRun(resources, plan)).toEqual([
    `the database ${guid} has a memory_size of 8; it was 7 before the run`,
  ]);
});

test('with --no-auth there is no login for a database', async () => {
  await using target = await cluster();
  const { resources } = resourcesOf(target);
  const { login: _, ...anonymous } = resources.target;
  await expect(provisionDatabase({ ...resources, target: anonymous }, undefined)).rejects.toThrow(
    'GET /v1/crdbs answered 401',
  );
});

test('a login that is refused all at once is tried once before a run, and once at the cleanup', async () => {
  await using target = await cluster();
  const { resources, told } = resourcesOf(target);
  const plan = await provisionDatabase(resources, undefined);
  const locked = {
    ...resources,
    target: { ...resources.target, login: { user: target.user, password: 'changed' } },
  };
  await expect(provisionDatabase(locked, undefined)).rejects.toThrow(/refused the login .* \(401\)/);
  for (const line of await cleanUpRun(locked, plan))
    expect(line).toMatch(/^left on the target: .*not sent, because the login was refused \(401\) before/);
  expect(told).toEqual([]); // that a database could not be listed is no proof that somebody deleted it
});
