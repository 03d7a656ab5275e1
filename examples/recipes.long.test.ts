/** Gate, nightly run and fleet: their files are read by what reads them elsewhere, and their scripts run as they stand. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { version } from '../harness/model/package.ts';
import type { Reference } from '../harness/reference/reference.ts';
import {
  credentials,
  githubActionProblems,
  githubWorkflow,
  login,
  newFolder,
  pathOf,
  program,
  readExample,
  run,
  startServer,
} from '../harness/testing/cli/examples.ts';

let good: Reference;
let bad: Reference;
beforeAll(async () => {
  [good, bad] = await Promise.all([startServer('faithful'), startServer('faulty')]);
});
afterAll(() => Promise.all([good.close(), bad.close()]));

/** A recipe's fleet with targets of ours, and one clause: enough to see that the script works. */
function fleetOf(recipe: string, eu: Reference, us: Reference): string {
  const fleet = readExample(`${recipe}/fleet.yaml`)
    .replace('https://eu-1.example:9443', eu.url)
    .replace('https://us-1.example:9443', us.url);
  return `clause: [read.status.404]\n${fleet}`;
}

test.each(['gate/github-workflow.yml', 'gate/gitlab-ci.yml', 'nightly/nightly.sh'])(
  '%s pins this version',
  (name) => {
    const pinned = readExample(name).match(/crdb-tasks-conformance@\d[\d.]*\d/g);
    expect(pinned).toEqual([`crdb-tasks-conformance@${version}`]);
  },
);

test.each([
  '../action.yml',
  'gate/github-workflow.yml',
  'gate/gitlab-ci.yml',
  'nightly/github-schedule.yml',
  'nightly/cronjob.yaml',
])('%s pins what it uses: actions by commit, images by digest', (name) => {
  const used = [...readExample(name).matchAll(/^\s*(?:- )?(?:uses|image): (?!\*)(.*)$/gm)].map(
    ([, what = '']) => what,
  );
  const pinned = /^actions\/[\w/-]+@[0-9a-f]{40} # v[\d.]+$|^OWNER\/[\w-]+@COMMIT |@sha256:[0-9a-f]{64}/;
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((what) => !pinned.test(what))).toEqual([]);
});

test('no gate hands its password to files of a pull request', () => {
  const [checkout] = parse(readExample('gate/github-workflow.yml')).jobs.part.steps;
  expect(checkout.with.ref).toBe('$' + '{{ github.event.pull_request.base.sha }}');
  expect(parse(readExample('gate/gitlab-ci.yml')).workflow.rules).toEqual([
    { if: '$CI_COMMIT_REF_PROTECTED == "true"' },
  ]);
});

describe('the gate on GitHub', () => {
  const action = parse(readExample('../action.yml'));
  const step = action.runs.steps.at(-1);

  test('GitHub reads the action and the workflow', async () => {
    expect(githubActionProblems(readExample('../action.yml'))).toEqual([]);
    expect((await githubWorkflow(readExample('gate/github-workflow.yml'))).problems).toEqual([]);
    expect(githubActionProblems('name: x\nruns: {using: composite, step: []}').length).toBeGreaterThan(0);
  });

  test('the workflow uses inputs that the action has; the action runs no input as a command', () => {
    const { with: given } = parse(readExample('gate/github-workflow.yml')).jobs.part.steps[1];
    expect(Object.keys(given).filter((input) => !(input in action.inputs))).toEqual([]);
    expect(step.run).not.toContain('${' + '{');
    const used = JSON.stringify(action.runs.steps) + JSON.stringify(action.outputs);
    expect(Object.keys(action.inputs).filter((input) => !used.includes(`inputs.${input} `))).toEqual([]);
  });

  test.for([
    { server: () => good.url, code: 0, verdict: 'conformant' },
    { server: () => bad.url, code: 1, verdict: 'non-conformant' },
    { server: () => 'http://127.0.0.1:9', code: 3, verdict: '' },
  ])('the action ends with $code and the verdict "$verdict"', async ({ server, code, verdict }) => {
    const cwd = newFolder();
    const output = join(cwd, 'output');
    writeFileSync(output, '');
    const bash = ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run];
    const inputs = { CONFIG: '', EXPECTATIONS: '', PROFILE: '', SHARD: '', OUT: 'out dir' };
    const ended = await run(bash, cwd, {
      ...inputs,
      ...credentials,
      ARGS: '--clause read.status.404\n  --strict\n',
      CRDB_TARGET: server(),
      PROGRAM: program,
      GITHUB_OUTPUT: output,
    });
    expect(ended.out + ended.err).not.toContain(login.password);
    expect([ended.code, readFileSync(output, 'utf8')]).toEqual([code, `verdict=${verdict}\n`]);
  });
});

describe('the gate on GitLab', () => {
  const lint = (content: string) => {
    const cwd = newFolder();
    writeFileSync(join(cwd, '.gitlab-ci.yml'), content);
    const linter = pathOf('../node_modules/gitlab-ci-local/dist/index.js');
    const git = 'git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m a';
    return run(['sh', '-c', `${git} && exec "$0" "$1" --list`, process.execPath, linter], cwd);
  };

  test('GitLab’s schema accepts the pipeline', async () => {
    const pipeline = readExample('gate/gitlab-ci.yml');
    expect(await lint(pipeline)).toMatchObject({ code: 0 });
    expect((await lint(pipeline.replace('script:', 'scrpt:'))).code).not.toBe(0);
  });

  test('its scripts test the parts and merge them', async () => {
    const { part, whole, variables } = parse(readExample('gate/gitlab-ci.yml'));
    const cwd = newFolder();
    writeFileSync(join(cwd, 'fleet.yaml'), fleetOf('gate', good, bad));
    const env = { ...variables, ...credentials, CI_NODE_TOTAL: '2' };
    const runPart = (index: string) =>
      run(['sh', '-c', part.script[0]], cwd, { ...env, CI_NODE_INDEX: index });
    expect([(await runPart('1')).code, (await runPart('2')).code].sort()).toEqual([0, 1]);
    const ended = await run(['sh', '-c', whole.script[0]], cwd, env);
    expect(ended).toMatchObject({
      code: 1,
      out: expect.stringContaining('1 non-conformant, 1 conformant'),
    });
  });
});

function cronJob(file: string): CronJob {
  const manifest: unknown = parse(readExample(file));
  const job = new CronJob(manifest as CronJob); // validate() checks it
  job.validate();
  return job;
}
function claimName(file: string): string | undefined {
  const manifest: unknown = parse(readExample(file));
  const claim = new PersistentVolumeClaim(manifest as PersistentVolumeClaim); // validate() checks it
  claim.validate();
  return claim.metadata?.name;
}
const podOf = (job: CronJob) => job.spec?.jobTemplate.spec?.template.spec;
const scriptOf = (job: CronJob): string => podOf(job)?.containers[0]?.command?.at(-1) ?? '';
const namesOf = (list: readonly { readonly name: string }[] = []): readonly string[] =>
  list.map(({ name }) => name).toSorted();

test.each([
  { recipe: 'nightly', jobs: ['cronjob.yaml'], claim: 'history-claim.yaml', config: 'nightly.sh' },
  { recipe: 'fleet', jobs: ['parts.yaml', 'whole.yaml'], claim: 'results-claim.yaml', config: 'fleet.yaml' },
])(
  'Kubernetes accepts the manifests of $recipe, and their names agree',
  ({ recipe, jobs, claim, config }) => {
    const kustomization = parse(readExample(`${recipe}/kustomization.yaml`));
    const isMissing = (file: string): boolean => !existsSync(pathOf(`${recipe}/${file}`));
    expect(kustomization.resources.filter(isMissing)).toEqual([]);
    const name = `crdb-${recipe}`;
    expect(kustomization.configMapGenerator).toEqual([{ name, files: [config] }]);
    for (const job of jobs.map((file) => cronJob(`${recipe}/${file}`))) {
      const volumes = podOf(job)?.volumes ?? [];
      expect(namesOf(podOf(job)?.containers[0]?.volumeMounts)).toEqual(namesOf(volumes));
      const claims = volumes.flatMap(({ persistentVolumeClaim: used }) => used?.claimName ?? []);
      expect(claims).toEqual([claimName(`${recipe}/${claim}`)]);
      const maps = volumes.flatMap(({ configMap }) => configMap?.name ?? []);
      expect([[], [name]]).toContainEqual(maps);
      for (const image of kustomization.images ?? []) {
        expect(podOf(job)?.containers[0]?.image).toBe(image.name);
        expect(image.newTag).toBe(version);
      }
    }
  },
);

describe('the fleet on Kubernetes', () => {
  test('there is a pod for each part, and each says how many there are', () => {
    const parts = cronJob('fleet/parts.yaml');
    const spec = parts.spec?.jobTemplate.spec;
    const count = spec?.completions;
    expect(spec).toMatchObject({ completionMode: 'Indexed', parallelism: count, maxFailedIndexes: count });
    expect(scriptOf(parts)).toContain(`--shard "$((JOB_COMPLETION_INDEX + 1))/${count}"`);
  });

  test('the scripts test the parts and merge them; a missing part is an error', async () => {
    const cwd = newFolder();
    mkdirSync(join(cwd, 'results'));
    writeFileSync(join(cwd, 'fleet.yaml'), fleetOf('fleet', good, good));
    const runScript = (file: string, env: Readonly<Record<string, string>> = {}) => {
      const script = scriptOf(cronJob(file))
        .replaceAll('/config/', `${cwd}/`)
        .replaceAll('/results/', `${cwd}/results/`);
      return run(['sh', '-c', script], cwd, { ...credentials, ...env });
    };
    expect((await runScript('fleet/parts.yaml', { JOB_COMPLETION_INDEX: '0' })).code).toBe(0);
    const early = await runScript('fleet/whole.yaml');
    expect(early).toMatchObject({ code: 2, err: expect.stringContaining('2/2 is missing') });
    expect((await runScript('fleet/parts.yaml', { JOB_COMPLETION_INDEX: '1' })).code).toBe(0);
    const whole = await runScript('fleet/whole.yaml');
    expect(whole).toMatchObject({ code: 0, out: expect.stringContaining('2 conformant') });
  });
});

describe('the nightly run', () => {
  test('the script keeps each night, builds the site, and ends as the run does', async () => {
    const cwd = newFolder();
    const keep = join(cwd, 'keep');
    copyFileSync(pathOf('nightly/nightly.sh'), join(cwd, 'nightly.sh'));
    const night = ({ url }: Reference) =>
      run(['sh', 'nightly.sh', '--profile', 'quick', '--clause', 'read.status.404'], cwd, {
        ...credentials,
        KEEP: keep,
        CRDB_TARGET: url,
      });
    const first = await startServer('faithful');
    expect((await night(first)).code).toBe(0);
    await first.close();
    await using second = await startServer('faulty', Number(new URL(first.url).port)); // the same target, a night later
    const changed = await night(second);
    expect(changed.code).toBe(1);
    expect(changed.out + changed.err).toMatch(/new: it passed in run \S+/);
    expect(readFileSync(join(keep, 'site/index.html'), 'utf8')).toContain('non-conformant');
    expect(existsSync(join(keep, 'out/report.json'))).toBe(true);
  });

  test('GitHub reads the schedule, and the steps after the run do not depend on its success', async () => {
    const { problems, events, jobs } = await githubWorkflow(readExample('nightly/github-schedule.yml'));
    expect(problems).toEqual([]);
    expect(events.schedule).toMatchObject([{ cron: '12 3 * * *' }]);
    const steps = jobs.flatMap((job) => (job.type === 'job' ? job.steps : []));
    const index = steps.findIndex((step) => 'run' in step && String(step.run) === 'sh nightly.sh');
    const after = steps.slice(index + 1).map((step) => String(step.if));
    expect(after).toHaveLength(4);
    expect(after.filter((condition) => !condition.includes('always()'))).toEqual([]);
  });

  test('cron and Kubernetes start it at the same time', () => {
    expect(cronJob('nightly/cronjob.yaml').spec?.schedule).toBe('12 3 * * *');
    const isEntry = (line: string): boolean => line !== '' && !line.startsWith('#');
    const lines = readExample('nightly/crontab').split('\n').filter(isEntry);
    expect(lines).toEqual([expect.stringMatching(/^12 3 \* \* \* {2}/)]);
  });
});
