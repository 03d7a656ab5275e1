/** A fleet on Kubernetes: the manifests by the models of its API, their scripts as they stand. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { realClock } from '../../harness/http/clock.ts';
import { version } from '../../harness/model/package.ts';
import { startReference } from '../../harness/reference/reference.ts';
import { ownFolder } from '../../harness/testing/own-folder.ts';
import { shell } from '../fixtures/shell.ts';

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const read = (name: string): string => readFileSync(fileOf(name), 'utf8');
const folder = ownFolder();
const login = { user: 'somebody', password: 's3cret-word' };
const server = await startReference({ clock: realClock(), epochMs: Date.now(), ...login });
afterAll(() => server.close());

function cronJob(name: string): CronJob {
  const manifest: unknown = parse(read(name));
  const job = new CronJob(manifest as CronJob); // validate() below holds it to that
  job.validate();
  return job;
}
const [parts, whole] = [cronJob('parts.yaml'), cronJob('whole.yaml')];
const podOf = (job: CronJob) => job.spec?.jobTemplate.spec?.template.spec;
const scriptOf = (job: CronJob): string => podOf(job)?.containers[0]?.command?.at(-1) ?? '';

test('Kubernetes reads the claim, and refuses what is none of its own', () => {
  const claim: unknown = parse(read('results-claim.yaml'));
  expect(() => new PersistentVolumeClaim(claim as PersistentVolumeClaim).validate()).not.toThrow();
  const broken = parse(read('parts.yaml').replace('completionMode: Indexed', 'completionMode: [Indexed]'));
  expect(() => new CronJob(broken).validate()).toThrow();
});

test('there is a pod for each part, and each says how many there are', () => {
  const spec = parts.spec?.jobTemplate.spec;
  expect(spec).toMatchObject({
    completionMode: 'Indexed',
    completions: 2,
    parallelism: 2,
    maxFailedIndexes: 2,
  });
  expect(scriptOf(parts)).toContain(`--shard "$((JOB_COMPLETION_INDEX + 1))/${spec?.completions}"`);
});

test('the names in the manifests agree', () => {
  const { resources, configMapGenerator, images } = parse(read('kustomization.yaml'));
  expect(resources.filter((name: string) => !existsSync(fileOf(name)))).toEqual([]);
  expect(configMapGenerator).toEqual([{ name: 'crdb-fleet', files: ['fleet.yaml'] }]);
  for (const job of [parts, whole]) {
    const volumes = podOf(job)?.volumes ?? [];
    const mounted = podOf(job)?.containers[0]?.volumeMounts?.map(({ name }) => name) ?? [];
    expect(mounted.toSorted()).toEqual(volumes.map(({ name }) => name).toSorted());
    expect(volumes[0]?.persistentVolumeClaim?.claimName).toBe(
      parse(read('results-claim.yaml')).metadata.name,
    );
    const [image] = images;
    expect(podOf(job)?.containers[0]?.image).toBe(image.name);
    expect(image.newTag).toBe(version);
    expect(read('kustomization.yaml')).toContain(`docker push ${image.newName}:${image.newTag}`);
  }
});

describe('the scripts', () => {
  test('test the parts and put them together; without one of them the whole is none', {
    timeout: 120_000,
  }, async () => {
    mkdirSync(join(folder, 'results'));
    const fleet = read('fleet.yaml').replaceAll(/https:\/\/[a-z0-9-]+\.example:9443/g, server.url);
    writeFileSync(join(folder, 'fleet.yaml'), `clause: [read.status.404]\n${fleet}`);
    const here = (script: string) =>
      script.replaceAll('/config/', `${folder}/`).replaceAll('/results/', `${folder}/results/`);
    const env = { CRDB_USER: login.user, CRDB_PASSWORD: login.password };
    const runPart = (index: string) =>
      shell({
        command: ['sh', '-c', here(scriptOf(parts))],
        cwd: folder,
        env: { ...env, JOB_COMPLETION_INDEX: index },
      });
    const putTogether = () => shell({ command: ['sh', '-c', here(scriptOf(whole))], cwd: folder });
    expect((await runPart('0')).code).toBe(0);
    expect(await putTogether()).toMatchObject({ code: 2, said: expect.stringContaining('2/2 is missing') });
    expect((await runPart('1')).code).toBe(0);
    expect(await putTogether()).toMatchObject({ code: 0, said: expect.stringContaining('2 conformant') });
  });
});
