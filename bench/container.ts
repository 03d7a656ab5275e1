/**
 * What `run --container` takes beside what nobody can save: the boot of the image and its bootstrap. What follows is a run
 * like any other.
 */
import { execFileSync } from 'node:child_process';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker, referenceImage } from '../harness/testing/cli/images.ts';

const login = { username: 'bench@bench.local', password: 'a-password' };

/** A process of its own, which has loaded nothing yet: from no container to a cluster, and to no container again. */
const ours = (image: string): string => `
  const { bootCluster } = await import('./harness/container/boot.ts');
  const silent = () => {};
  const interrupt = new AbortController().signal;
  const options = { image: ${JSON.stringify(image)}, limitMs: 60_000, interrupt, env: process.env };
  await using cluster = await bootCluster({ ...options, say: silent, warn: silent });
`;

/** @returns seconds: from no container to a cluster and back, less the boot and the bootstrap of it by hand */
export async function containerOverheadS(): Promise<number> {
  const image = referenceImage();
  const whole = await secondsOf(async () =>
    execFileSync(process.execPath, ['--input-type=module', '--eval', ours(image)]),
  );
  const id = docker(['create', '--publish', '127.0.0.1::9443', image]);
  try {
    const boot = await secondsOf(async () => {
      docker(['start', id]);
      await becomesCluster(`https://${docker(['port', id, '9443']).split('\n')[0]}`);
    });
    return whole - boot;
  } finally {
    docker(['rm', '--force', '--volumes', id]);
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

/** As fast as it can be asked. */
async function becomesCluster(url: string): Promise<void> {
  while ((await ask(`${url}/v1/bootstrap`)) !== 200) await sleep(10);
  const wanted = { action: 'create_cluster', cluster: { name: 'bench.local' }, credentials: login };
  await ask(`${url}/v1/bootstrap/create_cluster`, JSON.stringify(wanted));
  while ((await ask(`${url}/v1/cluster`)) !== 200) await sleep(10);
}

/** @param body sent by POST where it is given @returns the status, or nothing where no answer came */
function ask(url: string, body?: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = request(url, {
      method: body === undefined ? 'GET' : 'POST',
      auth: `${login.username}:${login.password}`,
      rejectUnauthorized: false,
      agent: false,
    });
    asked.once('response', (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode));
    });
    asked.once('error', () => resolve(undefined));
    asked.end(body);
  });
}
