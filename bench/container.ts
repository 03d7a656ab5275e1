/** What `run --container` takes beside what nobody can save: the boot of the image, its bootstrap, and the run itself. */
import { execFile, execFileSync } from 'node:child_process';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { docker, referenceImage } from '../harness/cli/fixtures/images.ts';

const execute = promisify(execFile);
const program = ['harness/cli.ts', 'run', '--clause', 'read.status.404'];
const out = ['--out', join(tmpdir(), 'crdb-bench-container')];
const login = { username: 'bench@bench.local', password: 'a-password' };

/** @returns seconds: of a run on an image that is there, less the same by hand on the same image */
export async function containerOverheadS(): Promise<number> {
  const image = referenceImage();
  const whole = await secondsOf(() => execute(process.execPath, [...program, ...out, '--container', image]));
  const id = docker(['create', '--publish', '127.0.0.1::9443', image]);
  try {
    let url = '';
    const boot = await secondsOf(async () => {
      docker(['start', id]);
      url = `https://${docker(['port', id, '9443']).split('\n')[0]}`;
      await becomesCluster(url);
    });
    const where = ['--target', url, '--insecure', '--user', login.username, '--provision', 'crdbs'];
    const run = await secondsOf(() =>
      execute(process.execPath, [...program, ...out, ...where], {
        env: { ...process.env, CRDB_PASSWORD: login.password },
      }),
    );
    return whole - boot - run;
  } finally {
    execFileSync('docker', ['rm', '--force', '--volumes', id]);
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
