/** A real recording of Chromium, judged. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import { oracleTimes } from '../judge/oracle/guard.ts';
import { defaultSettings } from '../model/settings.ts';
import { startReference } from '../reference/reference.ts';
import { loadContract } from '../run/contract.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { startMonitor } from './monitor.ts';
import { judgeHar } from './recorded.ts';

const executablePath = '/usr/bin/chromium';
const login = { user: 'me', password: 'correct-horse-battery' };

/** What a page of an operator does: it makes a task, polls it, cancels it and lists all. */
async function operate(authorization: string): Promise<void> {
  const send = async (method: string, path: string, body?: string): Promise<string> => {
    const answer = await fetch(path, {
      method,
      headers: { authorization },
      ...(body === undefined ? {} : { body }),
    });
    return answer.text();
  };
  await send('POST', '/_control/v1/tasks', JSON.stringify({ id: 'seen-1', phase: 'running' }));
  for (let read = 0; read < 3; read++) await send('GET', '/v1/crdb_tasks/seen-1');
  await send('POST', '/v1/crdb_tasks/seen-1/actions/cancel');
  await send('GET', '/v1/crdb_tasks/seen-1?verbose=true');
  await send('GET', '/v1/crdb_tasks/none');
  await send('GET', '/v1/crdb_tasks');
}

test.skipIf(!existsSync(executablePath))(
  'the archive of a browser breaks nothing and proves something',
  async () => {
    await using target = await startReference({ clock: realClock(), ...login });
    const { validators } = await loadContract();
    const options = { settings: oracleTimes(defaultSettings), soleClient: true, control: true };
    await using monitor = await startMonitor({
      ...options,
      target: { url: new URL(target.url), insecure: false },
      listen: { host: '127.0.0.1', port: 0 },
    });
    const file = join(freshFolder(), 'browser.har');
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      const context = await browser.newContext({
        recordHar: { path: file, content: 'embed' },
        httpCredentials: { username: login.user, password: login.password },
      });
      const page = await context.newPage();
      await page.goto(`${monitor.url}/v1/crdb_tasks`); // the same origin as the API
      await page.evaluate(operate, `Basic ${btoa(`${login.user}:${login.password}`)}`);
      await context.close();
    } finally {
      await browser.close();
    }
    const { addresses } = await judgeHar(file, options, validators);
    const verdict = addresses[0]?.judge.verdict;
    expect(verdict?.exchanges).toBeGreaterThanOrEqual(9);
    expect([...(verdict?.violations.keys() ?? [])]).toEqual([]);
    expect(verdict?.upheld.size).toBeGreaterThan(0); // which ones depends on how near in time the requests were
    const { events } = await monitor.report();
    expect(events.filter((event) => event.type === 'check' && event.check.verdict === 'fail')).toEqual([]);
  },
);
