/** The recipe of a nightly run: the script as it stands, and the files that start it by what reads them elsewhere. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { realClock } from '../../harness/http/clock.ts';
import { version } from '../../harness/model/package.ts';
import { mutants } from '../../harness/reference/mutants.ts';
import { startReference } from '../../harness/reference/reference.ts';
import { ownFolder } from '../../harness/testing/own-folder.ts';
import { readHistory } from '../../reports/history/database.ts';
import { newestOfEach } from '../../reports/history/runs.ts';
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '../fixtures/actions.ts';

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const read = (name: string): string => readFileSync(fileOf(name), 'utf8');
const folder = ownFolder();
const login = { user: 'somebody', password: 's3cret-word' };

/** One night, quickly, with this checkout's program. */
async function night(
  target: string,
  keep: string,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn('sh', [fileOf('nightly.sh'), '--profile', 'quick', '--clause', 'read.status.404'], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      KEEP: keep,
      CONFORMANCE: `${process.execPath} ${fileURLToPath(new URL('../../harness/cli.ts', import.meta.url))}`,
      CRDB_TARGET: target,
      CRDB_USER: login.user,
      CRDB_PASSWORD: login.password,
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const [code] = await once(child, 'close');
  return { code, said };
}

test('the script remembers each night, builds the site, and ends as the run does', {
  timeout: 120_000,
}, async () => {
  const keep = join(folder, 'keep');
  const options = { clock: realClock(), epochMs: Date.now(), ...login };
  const rules = mutants.find(({ id }) => id === 'read-unknown-is-500')?.rules;
  const good = await startReference(options);
  const port = Number(new URL(good.url).port);
  expect((await night(good.url, keep)).code).toBe(0);
  await good[Symbol.asyncDispose]();
  await using bad = await startReference({ ...options, port, ...(rules ? { rules } : {}) });
  const second = await night(bad.url, keep);
  expect(second.code).toBe(1);
  expect(second.said).toMatch(/new: it passed in run \S+, 1 minute ago/);
  using history = readHistory(join(keep, 'history.db'));
  expect(history.read(newestOfEach)).toMatchObject([{ runs: 2, run: { verdict: 'non-conformant' } }]);
  expect(readFileSync(join(keep, 'site/index.html'), 'utf8')).toContain('non-conformant');
  expect(existsSync(join(keep, 'out/report.json'))).toBe(true);
});

test('it pins this version', () => {
  expect(read('nightly.sh')).toContain(`crdb-tasks-conformance@${version} crdb-conformance`);
});

test('GitHub reads the schedule, and what follows the run waits for no success', async () => {
  const { context, value } = parseWorkflow(
    { name: 'nightly.yml', content: read('github-schedule.yml') },
    new NoOperationTraceWriter(),
  );
  expect(context.errors.getErrors().map(({ message }) => message)).toEqual([]);
  if (!value) throw new Error('it holds no workflow');
  const { jobs, events } = await convertWorkflowTemplate(context, value);
  expect(events.schedule).toMatchObject([{ cron: '12 3 * * *' }]);
  const steps = jobs.flatMap((job) => (job.type === 'job' ? job.steps : []));
  const run = steps.findIndex((step) => 'run' in step && String(step.run) === 'sh nightly.sh');
  expect(run).toBeGreaterThan(0);
  const after = steps.slice(run + 1).map((step) => String(step.if));
  expect(after).toHaveLength(4);
  expect(after.filter((condition) => !condition.includes('always()'))).toEqual([]);
});

test('Kubernetes reads the CronJob and its claim, and their names agree', () => {
  const job: unknown = parse(read('cronjob.yaml'));
  const claim: unknown = parse(read('history-claim.yaml'));
  const [cronJob, volume] = [
    new CronJob(job as CronJob),
    new PersistentVolumeClaim(claim as PersistentVolumeClaim),
  ]; // validate() below holds them to it
  expect(() => cronJob.validate()).not.toThrow();
  expect(() => volume.validate()).not.toThrow();
  const pod = cronJob.spec?.jobTemplate.spec?.template.spec;
  expect(cronJob.spec?.schedule).toBe('12 3 * * *');
  expect(pod?.volumes?.find(({ name }) => name === 'keep')?.persistentVolumeClaim?.claimName).toBe(
    volume.metadata?.name,
  );
  const { resources, configMapGenerator } = parse(read('kustomization.yaml'));
  expect(resources.filter((name: string) => !existsSync(fileOf(name)))).toEqual([]);
  expect(configMapGenerator).toEqual([{ name: 'crdb-nightly', files: ['nightly.sh'] }]);
  expect(pod?.volumes?.find(({ name }) => name === 'recipe')?.configMap?.name).toBe('crdb-nightly');
  const mounted = pod?.containers[0]?.volumeMounts?.map(({ name }) => name);
  expect(mounted?.toSorted()).toEqual(pod?.volumes?.map(({ name }) => name).toSorted());
});

test('cron starts it at the same time', () => {
  const lines = read('crontab')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^12 3 \* \* \* {2}/);
});
