import { describe, expect, test } from 'vitest';
import { type Exchange, unsentId } from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import { contractBut, rules } from '../reference/contract.ts';
import { phaseOf } from '../reference/task.ts';
import { sampleCluster } from '../testing/cluster-samples.ts';
import { cleanUpResources } from './cleanup.ts';
import { crdbsProvisioner } from './crdbs.ts';

const lostOf = ({ operation, method, path }: Request) => ({
  operation,
  sentAt: 0,
  receivedAt: 0,
  attempt: 1,
  request: { method, path, headers: {}, credentials: 'own' as const },
});

describe('what is given back', () => {
  test('the database and every task that has not ended, and nothing else', async () => {
    const cluster = sampleCluster();
    cluster.reference.side?.databases.plant({ name: 'production' });
    cluster.reference.tasks.create({ id: 'foreign', phase: 'running' });
    const provisioner = crdbsProvisioner(cluster.asker, await cluster.prepare());
    for (const phase of ['queued', 'running', 'finished'] as const) await provisioner.provision(phase);
    expect(await cleanUpResources(cluster.cleaning)).toEqual([]);
    const open = [...cluster.reference.tasks.all()].filter(
      (task) => !['finished', 'failed'].includes(phaseOf(task)),
    );
    expect([cluster.databases(), open.map(({ id }) => id)]).toEqual([['production'], ['foreign']]);
    expect([cluster.resourceLog.openDatabases, cluster.resourceLog.openTasks]).toEqual([[], []]);
  });

  test('a database of the run that nobody knows the guid of: by its name, which is nobody else’s', async () => {
    const cluster = sampleCluster();
    const { side } = cluster.reference;
    cluster.resourceLog.enter({
      type: 'making database',
      name: 'conformance-tag-db',
      task: 'conformance-tag-db-made',
    });
    for (const name of ['conformance-tag-db', 'conformance-tag', 'conformance-other-db'])
      side?.databases.plant({ name });
    expect(await cleanUpResources(cluster.cleaning)).toEqual([]);
    expect(cluster.databases()).toEqual(['conformance-tag', 'conformance-other-db']);
  });

  test('one that was there before the run is not the run’s, whatever it is called', async () => {
    const cluster = sampleCluster();
    const guid = `${cluster.reference.side?.databases.plant({ name: 'conformance-tag-old' })}`;
    cluster.resourceLog.enter({ type: 'found', databases: [{ guid, name: 'conformance-tag-old' }] });
    cluster.resourceLog.enter({ type: 'making database', name: 'conformance-tag-db', task: 'x' });
    expect(await cleanUpResources(cluster.cleaning)).toEqual([]);
    expect(cluster.databases()).toEqual(['conformance-tag-old']);
  });

  test('a database that is still on its way when it is looked for', async () => {
    const cluster = sampleCluster({ takesMs: { queued: 500, running: 500, committing: 500 } });
    const { side } = cluster.reference;
    cluster.resourceLog.enter({ type: 'making database', name: 'conformance-tag-db', task: 'late' });
    cluster.resourceLog.enter({ type: 'making task', id: 'late', by: 'crdbs' });
    side?.databases.create(
      { name: 'conformance-tag-db' },
      { id: 'another id', resultTtlS: undefined, fails: false },
    );
    expect(await cleanUpResources(cluster.cleaning)).toEqual([]);
    await cluster.environment.wait(5000);
    expect(cluster.databases()).toEqual([]);
  });

  test('a database that is busy, and takes no removal until it isn’t', async () => {
    const takesMs = { queued: 0, running: 3000, committing: 0 };
    const cluster = sampleCluster({ whileBusy: 'refused', takesMs });
    const testDatabase = await cluster.prepare();
    const guid = 'guids' in testDatabase ? `${testDatabase.guids[0]}` : '';
    cluster.reference.side?.databases.update(
      guid,
      {},
      { id: 'foreign', resultTtlS: undefined, fails: false },
    );
    const fromMs = cluster.environment.now().latestMs;
    expect(await cleanUpResources(cluster.cleaning)).toEqual([]);
    expect(cluster.databases()).toEqual([]);
    // Asked again and again, and not once in ten seconds.
    expect(cluster.environment.now().latestMs - fromMs).toBeLessThan(9000);
  });

  test('a removal whose answer was lost is seen by its effect', async () => {
    const cluster = sampleCluster();
    await cluster.prepare();
    cluster.lose((request) => request.startsWith('DELETE'));
    expect(await cleanUpResources(cluster.cleaning)).toEqual([]);
    expect(cluster.databases()).toEqual([]);
  });
});

describe('what can’t be given back is told', () => {
  test('everything, where the target answers nothing but 503', async () => {
    const cluster = sampleCluster({ leaderless: [{ fromMs: 5000, forMs: 1e9 }] });
    await cluster.prepare();
    await cluster.environment.wait(6000);
    expect(await cleanUpResources(cluster.cleaning)).toEqual([
      'task conformance-tag-db-made: answered 503',
      'GET /v1/crdbs: answered 503',
    ]);
    expect(cluster.resourceLog.openDatabases.length).toBe(1);
  });

  test('at once, where nothing is sent any more: whoever goes on asking could lock the account', async () => {
    const cluster = sampleCluster();
    await cluster.prepare();
    let asked = 0;
    const send = async (request: Request): Promise<Exchange> => {
      asked++;
      return { ...lostOf(request), id: unsentId, lost: 'not sent' };
    };
    expect(await cleanUpResources({ ...cluster.cleaning, send })).toEqual([
      'task conformance-tag-db-made: not sent',
      'GET /v1/crdbs: not sent',
    ]);
    expect(asked).toBe(2);
  });

  test('a database that somebody renamed: it may be in use now', async () => {
    const cluster = sampleCluster();
    const testDatabase = await cluster.prepare();
    const guid = 'guids' in testDatabase ? `${testDatabase.guids[0]}` : '';
    const foreign = { id: 'foreign', resultTtlS: undefined, fails: false };
    cluster.reference.side?.databases.update(guid, { name: 'theirs' }, foreign);
    await cluster.environment.wait(2000);
    expect(await cleanUpResources(cluster.cleaning)).toEqual([
      `database conformance-tag-db (${guid}): not deleted, because it is now called theirs`,
    ]);
    expect(cluster.databases()).toEqual(['theirs']);
  });

  test('a task that says for ever that it runs', async () => {
    const stuck = contractBut({
      task: { status: { ...rules.task.status, finished: 'started', failed: 'started' } },
    });
    const cluster = sampleCluster({}, stuck);
    const guid = `${cluster.reference.side?.databases.plant({ name: 'theirs' })}`;
    const provisioner = crdbsProvisioner(cluster.asker, await cluster.prepare(guid));
    await provisioner.provision('running');
    expect(await cleanUpResources(cluster.cleaning)).toEqual([
      'task conformance-tag-timed: still started',
      expect.stringMatching(/^task conformance-tag-\S+: still started$/),
    ]);
  });

  test('but one whose status can’t be read is over when there is nothing to cancel any more', async () => {
    const unread = contractBut({ read: { rewrite: (body) => ({ task: body }) } });
    const cluster = sampleCluster({}, unread);
    const guid = `${cluster.reference.side?.databases.plant({ name: 'theirs' })}`;
    const provisioner = crdbsProvisioner(cluster.asker, await cluster.prepare(guid));
    await provisioner.provision('finished');
    expect(await cleanUpResources(cluster.cleaning)).toEqual([]);
  });
});
