import { describe, expect, test } from 'vitest';
import { LostRace, Unreachable } from '../model/errors.ts';
import { cancel } from '../model/requests.ts';
import { type Phase, phases } from '../model/task.ts';
import { contractBut } from '../reference/contract.ts';
import { type CrdbsOptions, instant } from '../reference/crdbs-options.ts';
import { mutants } from '../reference/mutants.ts';
import { phaseOf } from '../reference/task.ts';
import { type SampleCluster, sampleCluster } from '../testing/cluster-samples.ts';
import { readOf, readShows } from '../testing/exchange-samples.ts';
import { cleanUpResources } from './cleanup.ts';
import { crdbsProvisioner, mostRaces } from './crdbs.ts';
import { phaseShown } from './crdbs-operations.ts';

async function onCluster(crdbs: Partial<CrdbsOptions> = {}) {
  const cluster = sampleCluster(crdbs);
  const testDatabase = await cluster.prepare();
  return { cluster, testDatabase, provisioner: crdbsProvisioner(cluster.asker, testDatabase) };
}

const phaseNow = ({ reference }: SampleCluster, id: string): Phase | undefined => {
  const task = reference.tasks.get(id);
  return task && phaseOf(task);
};

const failure = (making: Promise<unknown>): Promise<unknown> => making.catch((error: unknown) => error);

describe('a task in each phase', () => {
  test.each(phases)(
    '%s: it is in it when it is handed over, and its bracket holds when it came into it',
    async (phase) => {
      const { cluster, provisioner } = await onCluster();
      const task = await provisioner.provision(phase);
      const made = cluster.reference.tasks.get(task.id);
      const [entry] = task.history;
      const atMs = made?.marks.find((mark) => mark.phase === phase)?.atMs ?? Number.NaN;
      expect([phaseNow(cluster, task.id), entry?.phase, task.held]).toEqual([phase, phase, false]);
      expect(Math.floor(entry?.when?.earliestMs ?? Number.NaN)).toBeLessThanOrEqual(atMs); // instants differ by 1 ns
      expect(entry?.when?.latestMs).toBeGreaterThanOrEqual(atMs);
    },
  );

  test('never the same one twice, however many ask at once', async () => {
    const { provisioner } = await onCluster();
    const tasks = await Promise.all(
      Array.from({ length: 12 }, (_, index) => provisioner.provision(index % 2 ? 'finished' : 'queued')),
    );
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(12);
  });

  test('a queued one waits for as long as what stands before it runs', async () => {
    const { cluster, provisioner } = await onCluster();
    const { id } = await provisioner.provision('queued');
    await cluster.environment.wait(1500);
    expect(phaseNow(cluster, id)).toBe('queued');
  });

  test('what stood before it is called off with it', async () => {
    const { cluster, provisioner } = await onCluster();
    const task = await provisioner.provision('queued');
    await provisioner.remove(task);
    await cluster.environment.wait(200);
    const open = [...cluster.reference.tasks.all()].filter(
      (one) => !['finished', 'failed'].includes(phaseOf(one)),
    );
    expect(open).toEqual([]);
  });

  test('a wished TTL is that of the task', async () => {
    const { cluster, provisioner } = await onCluster();
    const { id } = await provisioner.provision('finished', { resultTtlS: 60 });
    expect(cluster.reference.tasks.get(id)?.resultTtlS).toBe(60);
  });

  test('a failed one leaves no database, and the resource log knows', async () => {
    const { cluster, provisioner } = await onCluster();
    await provisioner.provision('failed');
    expect([cluster.databases(), cluster.resourceLog.openDatabases.map(({ name }) => name)]).toEqual([
      ['conformance-tag-db'],
      ['conformance-tag-db'],
    ]);
  });
});

describe('what can’t be had', () => {
  test('a commit phase that no read shows', async () => {
    const noProgress = contractBut({ read: { rewriteVerbose: ({ progress: _, ...task }) => task } });
    const cluster = sampleCluster({}, noProgress);
    const provisioner = crdbsProvisioner(cluster.asker, await cluster.prepare());
    const error = await failure(provisioner.provision('committing'));
    expect([error instanceof Unreachable, `${error}`]).toEqual([
      true,
      expect.stringContaining('no read showed a commit phase'),
    ]);
  });

  test.each(['queued', 'running'] as const)(
    '%s of an operation that is over at once: a lost race, run again so many times and then no more',
    async (phase) => {
      const { cluster, provisioner } = await onCluster({ takesMs: instant });
      const before = cluster.sent.length;
      const error = await failure(provisioner.provision(phase));
      expect([error instanceof LostRace && error.byChance, `${error}`]).toEqual([
        false,
        expect.stringContaining(`${mostRaces} tasks were made, but no read showed one as ${phase}`),
      ]);
      const produced = cluster.sent.slice(before).filter((request) => request.startsWith('PATCH'));
      const burst = phase === 'queued' ? 4 * 24 : 0; // an operation that is over at once leaves room for many
      expect(produced.length).toBe(mostRaces + burst);
    },
  );

  test('after some checks that lost all their races, one try each is enough', async () => {
    const { provisioner } = await onCluster({ takesMs: instant });
    const errors = [];
    for (let check = 0; check < 4; check++) errors.push(`${await failure(provisioner.provision('running'))}`);
    expect(errors.map((words) => /\d+ tasks? w/.exec(words)?.[0])).toEqual([
      '4 tasks w',
      '4 tasks w',
      '4 tasks w',
      '1 task w',
    ]);
  });

  test.each([
    { resultTtl: 'refused', kind: Unreachable, says: 'some releases refuse X-Result-TTL at creation' },
    { resultTtl: 'fails the task', kind: LostRace, says: 'which fails on some releases (RS171560)' },
  ] as const)('a TTL at creation where it is $resultTtl', async ({ resultTtl, kind, says }) => {
    const { provisioner } = await onCluster({ resultTtl });
    const error = await failure(provisioner.provision('finished', { resultTtlS: 60 }));
    expect([error instanceof kind, `${error}`]).toEqual([true, expect.stringContaining(says)]);
    expect((await provisioner.provision('finished')).history[0]?.phase).toBe('finished');
  });

  test('a cancel that fails', async () => {
    const { provisioner } = await onCluster();
    expect(await failure(provisioner.provision('running', { cancelFails: true }))).toBeInstanceOf(
      Unreachable,
    );
  });

  test('anything, where there is no database: the reason is told', async () => {
    const { provisioner, testDatabase } = await onCluster({ role: 'db_viewer' });
    expect(testDatabase).toEqual({
      why: expect.stringContaining('may not create databases: POST /v1/crdbs answered 403'),
    });
    const error = await failure(provisioner.provision('running'));
    expect([error instanceof Unreachable, `${error}`]).toEqual([
      true,
      expect.stringContaining('may not create'),
    ]);
  });

  test.each([
    {
      crdbs: { shards: 0 },
      says: ['answered 406', 'one shard and 100 MiB, and the licence allows 0 in all', '--crdb'],
    },
    {
      crdbs: { shards: 0, withoutRoom: 'fails the task' },
      says: ['-db-made failed', 'takes one shard', '--crdb'],
    },
    { crdbs: { licenceExpired: true }, says: ['answered 406', 'has expired: install a new one'] },
  ] as const)('a database, without room or licence: $crdbs', async ({ crdbs, says }) => {
    const { testDatabase } = await onCluster(crdbs);
    for (const words of says) expect(testDatabase).toEqual({ why: expect.stringContaining(words) });
  });

  test('but a task that is there anyway can be read', async () => {
    const { cluster, provisioner } = await onCluster({ role: 'db_viewer' });
    cluster.reference.tasks.create({ id: 'theirs', phase: 'running' });
    expect((await provisioner.existing('running')).id).toBe('theirs');
    expect(`${await failure(provisioner.existing('failed'))}`).toContain('may not create databases');
  });

  test('a second operation beside one that runs: it is asked for again, and only what has to wait can’t be had', async () => {
    const { provisioner } = await onCluster({ whileBusy: 'refused' });
    const tasks = await Promise.all(Array.from({ length: 6 }, () => provisioner.provision('finished')));
    expect(tasks.map(({ history }) => history[0]?.phase)).toEqual(
      Array.from({ length: 6 }, () => 'finished'),
    );
  });

  test('a task that waits for ever, for its database was deleted by somebody', async () => {
    const { cluster, testDatabase, provisioner } = await onCluster({
      takesMs: { queued: 0, running: 20_000, committing: 0 },
    });
    const both = [provisioner.provision('finished'), provisioner.provision('finished')].map(failure);
    await cluster.environment.wait(1000);
    cluster.reference.side?.databases.lose('guids' in testDatabase ? `${testDatabase.guids[0]}` : '');
    expect(`${(await Promise.all(both))[1]}`).toContain('was deleted during the run');
    expect(cluster.environment.now().latestMs).toBeLessThan(130_000);
  });

  test('anything, once the database was deleted by somebody', async () => {
    const { cluster, testDatabase, provisioner } = await onCluster();
    cluster.reference.side?.databases.lose('guids' in testDatabase ? `${testDatabase.guids[0]}` : '');
    const errors = [
      await failure(provisioner.provision('finished')),
      await failure(provisioner.provision('queued')),
    ];
    for (const error of errors) expect(`${error}`).toContain('was deleted during the run');
  });
});

describe('a server with a fault in the reads that show the phase', () => {
  const faulty = async (mutant: string) => {
    const cluster = sampleCluster({}, mutants.find(({ id }) => id === mutant)?.rules);
    return { cluster, provisioner: crdbsProvisioner(cluster.asker, await cluster.prepare()) };
  };

  test.each([
    { mutant: 'finished-is-418', phase: 'finished' },
    { mutant: 'verbose-is-500', phase: 'running' },
  ] as const)(
    '$mutant: the task is handed over, and a check reports the fault',
    async ({ mutant, phase }) => {
      const { cluster, provisioner } = await faulty(mutant);
      const task = await provisioner.provision(phase);
      expect([task.uncertain, task.history]).toEqual([true, [{ phase }]]);
      expect(cluster.environment.now().latestMs).toBeLessThan(60_000);
    },
  );

  test('a status that never changes: the first task is waited for long, the others are not', async () => {
    const { cluster, provisioner } = await onCluster();
    cluster.lie((request, body) =>
      request.startsWith('GET /v1/crdb_tasks/') ? body.replace(/"status":"\w+"/, '"status":"queued"') : body,
    );
    for (let check = 0; check < 20; check++) await failure(provisioner.provision('finished'));
    expect(cluster.environment.now().latestMs).toBeLessThan(200_000);
    expect(`${await failure(provisioner.provision('queued'))}`).toContain('so no more are made');
  });
});

describe('a request whose answer is lost', () => {
  test('made the task all the same: it is found by the id that it was given', async () => {
    const { cluster, provisioner } = await onCluster();
    cluster.lose((request) => request.startsWith('PATCH'));
    const { id } = await provisioner.provision('finished');
    expect(phaseNow(cluster, id)).toBe('finished');
  });

  test('and that made none is a lost race by chance: the check is tried again', async () => {
    const cluster = sampleCluster({ leaderless: [{ fromMs: 2000, forMs: 60_000 }] });
    const provisioner = crdbsProvisioner(cluster.asker, await cluster.prepare());
    await cluster.environment.wait(3000);
    const error = await failure(provisioner.provision('finished'));
    expect([error instanceof LostRace && error.byChance, `${error}`]).toEqual([
      true,
      expect.stringContaining('answered 503'),
    ]);
  });
});

test('it asks for nothing that leaves the named database otherwise than it was', async () => {
  const cluster = sampleCluster();
  const config = { name: 'theirs', default_db_config: { memory_size: 7, shards_count: 1 }, encryption: true };
  const guid = `${cluster.reference.side?.databases.plant(config)}`;
  const provisioner = crdbsProvisioner(cluster.asker, await cluster.prepare(guid));
  for (const phase of phases) await provisioner.remove(await provisioner.provision(phase));
  const { id } = await provisioner.provision('running');
  await cluster.environment.send(cancel({ id }));
  await cluster.environment.wait(5000);
  expect(cluster.reference.side?.databases.show(guid)).toEqual({ guid, ...config });
  expect(cluster.databases()).toEqual(['theirs']);
});

describe('a target that lies', () => {
  const foreign = '00000000-0000-4000-b000-00000000beef';
  const lyingCluster = () => {
    const cluster = sampleCluster();
    cluster.reference.side?.databases.plant({ name: 'production' }, foreign);
    cluster.reference.tasks.create({ id: 'foreign', guid: foreign, phase: 'running' });
    return cluster;
  };
  /** Requests that changed what is foreign, or tried to. */
  const harm = ({ sent }: SampleCluster) =>
    sent.filter((request) => !request.startsWith('GET') && /foreign|beef/.test(request));

  test('about the id of a task it makes: the foreign task is not acted on', async () => {
    const cluster = lyingCluster();
    const provisioner = crdbsProvisioner(cluster.asker, await cluster.prepare());
    cluster.lie((request, body) =>
      request.startsWith('PATCH') ? JSON.stringify({ id: 'foreign', status: 'queued' }) : body,
    );
    const error = await failure(provisioner.provision('running'));
    expect([error instanceof Unreachable, `${error}`]).toEqual([
      true,
      expect.stringContaining(
        'the target answers with the task id foreign, but X-Task-ID asked for conformance-tag-',
      ),
    ]);
    expect(await cleanUpResources(cluster.cleaning)).toEqual([]);
    expect([harm(cluster), cluster.databases()]).toEqual([[], ['production']]);
  });

  test('about the database of a task: it may be read, and is not acted on', async () => {
    const cluster = lyingCluster();
    const provisioner = crdbsProvisioner(cluster.asker, await cluster.prepare());
    cluster.lie((request, body) =>
      request.startsWith('GET /v1/crdb_tasks/')
        ? body.replace(/"crdb_guid":"[^"]*"/, `"crdb_guid":"${foreign}"`)
        : body,
    );
    expect(`${await failure(provisioner.provision('running'))}`).toContain(
      `shows crdb_guid ${foreign}, expected`,
    );
    expect((await provisioner.existing('running')).history[0]?.phase).toBe('running');
    const cancels = cluster.sent.filter((request) => request.includes('/actions/cancel'));
    expect(await cleanUpResources({ ...cluster.cleaning, limitMs: 1000 })).toContainEqual(
      expect.stringMatching(/not cancelled, because it names the database .*beef/),
    );
    expect(cluster.sent.filter((request) => request.includes('/actions/cancel'))).toEqual(cancels);
  });

  test.each([
    { what: 'its guid, which another database had before', made: foreign, says: 'had before the run' },
    { what: 'its guid, which another database has', made: 'new', says: 'does not show that name and guid' },
  ])('about the test database: $what', async ({ made, says }) => {
    const cluster = lyingCluster();
    cluster.lie((request, body) =>
      request === 'GET /v1/crdbs'
        ? body.replace(/"guid":"[^"]*","name":"conformance-/, `"guid":"${made}","name":"conformance-`)
        : request === 'GET /v1/crdbs/new'
          ? JSON.stringify({ guid: 'new', name: 'theirs' })
          : body,
    );
    expect(await cluster.prepare()).toEqual({ why: expect.stringContaining(says) });
    const left = await cleanUpResources({ ...cluster.cleaning, limitMs: 1000 });
    expect(left).toEqual([expect.stringContaining('not deleted, because it may be another one')]);
    expect(harm(cluster)).toEqual([]);
  });

  test('about the guid later: the database keeps the one that it had', async () => {
    const cluster = lyingCluster();
    await cluster.prepare();
    cluster.lie((request, body) =>
      request === 'GET /v1/crdbs'
        ? body.replace(/"guid":"[^"]*","name":"conf/, `"guid":"${foreign}","name":"conf`)
        : body,
    );
    await cleanUpResources({ ...cluster.cleaning, limitMs: 1000 });
    expect(harm(cluster)).toEqual([]);
  });
});

test('of a named database that somebody else changes meanwhile, nothing is set back', async () => {
  const cluster = sampleCluster();
  const { side } = cluster.reference;
  const guid = `${side?.databases.plant({ name: 'theirs', default_db_config: { memory_size: 7 } })}`;
  const provisioner = crdbsProvisioner(cluster.asker, await cluster.prepare(guid));
  const change = { default_db_config: { memory_size: 8 } };
  side?.databases.update(guid, change, { id: 'theirs', resultTtlS: undefined, fails: false });
  for (const phase of phases) await provisioner.provision(phase);
  await cluster.environment.wait(5000);
  expect(side?.databases.show(guid)).toMatchObject(change);
});

const doing = (worker: string) => ({ progress: { clusters: [{ name: 'c', progress: 'x' }], worker } });

test.each([
  { what: 'queued', answer: readShows('queued'), phase: 'queued' },
  { what: 'started, without details', answer: readShows('started'), phase: 'running' },
  { what: 'started, at work', answer: readShows('started', doing('applying')), phase: 'running' },
  {
    what: 'started, at its commit',
    answer: readShows('started', doing('Committing the change')),
    phase: 'committing',
  },
  {
    what: 'a cluster at its commit',
    answer: readShows('started', { progress: { clusters: [{ progress: 'commit' }] } }),
    phase: 'committing',
  },
  { what: 'a commit in another word', answer: readShows('started', doing('recommitted')), phase: 'running' },
  {
    what: 'a commit in another field',
    answer: readShows('started', { operation: 'commit' }),
    phase: 'running',
  },
  {
    what: 'finished, with details of its commit',
    answer: readShows('finished', doing('committed')),
    phase: 'finished',
  },
  { what: 'failed', answer: readShows('failed'), phase: 'failed' },
  { what: 'an unknown status', answer: readShows('completed'), phase: undefined },
  { what: 'not found', answer: readOf({ status: 404 }), phase: 'gone' },
  { what: 'lost', answer: readOf({ lost: 'reset' }), phase: undefined },
])('$what: $phase', ({ answer, phase }) => expect(phaseShown(answer)).toBe(phase));
