import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
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

const cluster = (crdbs: Partial<CrdbsOptions> = {}): Promise<Reference> =>
  startReference({ clock: realClock(), crdbs: { takesMs: instant, ...crdbs } });

function resourcesOf({ url, user, password }: Reference) {
  const told: string[] = [];
  const resources: RunResources = {
    target: { url: new URL(url), login: { user, password }, insecure: false },
    tag: '0123abcd',
    folder,
    timeoutMs: 300_000,
    limitMs: 300_000,
    warn: (line) => void told.push(line),
    interrupt: new AbortController().signal,
  };
  beginResources(resources, []);
  return { resources, told };
}

const guidIn = (plan: ProvisionPlan): string =>
  plan.name === 'crdbs' && 'guids' in plan.testDatabase ? `${plan.testDatabase.guids[0]}` : '';

test('a database of the run’s own that can’t be deleted is a failure of the harness, with the command that removes it', async () => {
  const takesMs = { queued: 1, running: 1, committing: 1 };
  await using target = await cluster({ takesMs, slower: { create: 1, update: 1, remove: 1e6 } });
  const { resources, told } = resourcesOf(target);
  const guid = guidIn(await provisionDatabase(resources, { databases: 1 }));
  const changed = await cleanUpRun({ ...resources, limitMs: 150 });
  expect(changed).toEqual([
    `left on the target: database conformance-0123abcd-db (${guid}): still there. Remove it: crdb-conformance cleanup --resource-log ${join(folder, 'resources.ndjson')} --target ${target.url}/ --user ${target.user}`,
  ]);
  expect(told).toEqual([]);
});

test('what others did meanwhile is reported, and is no failure', async () => {
  await using target = await cluster();
  const foreign = `${target.side?.databases.plant({ name: 'theirs' })}`;
  const { resources, told } = resourcesOf(target);
  const plan = await provisionDatabase(resources, {});
  for (const guid of [foreign, guidIn(plan)]) target.side?.databases.lose(guid);
  target.side?.databases.plant({ name: 'new' });
  expect(await cleanUpRun(resources)).toEqual([]);
  expect(told).toEqual([
    expect.stringMatching(
      /^The database conformance-0123abcd-db \(.*\) of this run was deleted by someone else: /,
    ),
    expect.stringMatching(/^The database theirs \(.*\) was deleted during the run, but not by this run\.$/),
  ]);
});

test('a printed command stays one command of a shell, whatever the folder and the user are called', async () => {
  await using target = await cluster();
  folder = join(freshFolder(), "it's $(here)");
  mkdirSync(folder);
  const { resources, told } = resourcesOf(target);
  await provisionDatabase(resources, {});
  beginResources({ ...resources, target: { ...resources.target, login: { user: 'a b', password: '' } } }, []);
  const [line = ''] = told;
  const words = execFileSync('sh', ['-c', `printf '%s\\n' ${line.slice(line.indexOf('crdb-conformance'))}`]);
  expect(words.toString().split('\n')).toEqual([
    ...['crdb-conformance', 'cleanup', '--resource-log', join(folder, 'resources-0123abcd.ndjson')],
    ...['--target', `${target.url}/`, '--user', 'a b', ''],
  ]);
});

test('with --no-auth there is no login for a database', async () => {
  await using target = await cluster();
  const { resources } = resourcesOf(target);
  const { login: _, ...anonymous } = resources.target;
  await expect(provisionDatabase({ ...resources, target: anonymous }, {})).rejects.toThrow(
    'GET /v1/crdbs answered 401',
  );
});

test('a login that is refused all at once is tried once before a run, and once at the cleanup', async () => {
  await using target = await cluster();
  const { resources, told } = resourcesOf(target);
  await provisionDatabase(resources, {});
  const locked = {
    ...resources,
    target: { ...resources.target, login: { user: target.user, password: 'changed' } },
  };
  await expect(provisionDatabase(locked, {})).rejects.toThrow(/refused the login .* \(401\)/);
  for (const line of await cleanUpRun(locked))
    expect(line).toMatch(/^left on the target: .*not sent, because the login was refused \(401\) before/);
  expect(told).toEqual([]); // that a database could not be listed is no proof that somebody deleted it
});
