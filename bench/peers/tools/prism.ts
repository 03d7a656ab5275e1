/** Prism as a validating proxy: its user sends some requests through it, and looks for the answers that it refuses. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { basic, live, type Peer } from '../peer.ts';
import { npmPackage } from './installed.ts';
import { bodiesLeftOut } from './openapi.ts';

const version = '5.16.0';

const requests = `GET /v1/crdb_tasks
GET /v1/crdb_tasks/${live.read}
GET /v1/crdb_tasks/${live.read}?verbose=true
GET /v1/crdb_tasks/${live.finished}
GET /v1/crdb_tasks/${live.failed}
GET /v1/crdb_tasks/${live.committing}
GET /v1/crdb_tasks/nobody
POST /v1/crdb_tasks/${live.cancel}/actions/cancel
POST /v1/crdb_tasks/${live.committing}/actions/cancel
POST /v1/crdb_tasks/${live.stubborn}/actions/cancel
POST /v1/crdb_tasks/${live.finished}/actions/cancel
POST /v1/crdb_tasks/nobody/actions/cancel
`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** Whether it answers, asked for half a minute. */
async function listens(url: string): Promise<boolean> {
  for (let tries = 0; tries < 300; tries++) {
    const answered = await fetch(url, { signal: AbortSignal.timeout(5000) }).then(
      () => true,
      () => false,
    );
    if (answered) return true;
    await delay(100);
  }
  return false;
}

export const prism: Peer = {
  name: 'Prism (proxy)',
  version,
  from: 'OpenAPI and live ids',
  how: 'a copy of the file without `*/*`; --errors; a dozen requests to live ids sent through it',
  install: () => npmPackage('@stoplight/prism-cli', version),
  writes: () => [requests],
  async accuse(target, folder) {
    writeFileSync(`${folder}/openapi.yaml`, bodiesLeftOut());
    const port = await freePort();
    const proxy = spawn(
      `${npmPackage('@stoplight/prism-cli', version)}.bin/prism`,
      ['proxy', 'openapi.yaml', target.url, '--errors', '--port', `${port}`, '--host', '127.0.0.1'],
      { cwd: folder, stdio: 'ignore' },
    );
    try {
      const url = `http://127.0.0.1:${port}`;
      if (!(await listens(`${url}/nothing`))) throw new Error('Prism does not answer');
      const accused: string[] = [];
      for (const line of requests.trim().split('\n')) {
        const [method = '', path = ''] = line.split(' ');
        const answer = await fetch(url + path, {
          method,
          headers: { Authorization: basic(target) },
          signal: AbortSignal.timeout(20_000),
        });
        const body = await answer.text();
        if (body.includes('stoplight.io/prism/errors'))
          accused.push(`${line}: ${/#[A-Z_]+/.exec(body)?.[0] ?? ''}`);
      }
      return accused;
    } finally {
      proxy.kill('SIGKILL');
      await once(proxy, 'close');
    }
  },
};
