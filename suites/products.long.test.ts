/** Real products that serve another API earn no pass that speaks of tasks. */
import { describe, expect, test } from 'vitest';
import { readSuites } from '../harness/run/clause.ts';
import { gather, judgeRun } from '../harness/run/report.ts';
import { simulate } from '../harness/simulate/simulation.ts';
import { loadRegister } from '../spec/register.ts';
import { products } from './fixtures/products.ts';

const register = loadRegister();
const book = await readSuites();
const clausesThat = (events: Awaited<ReturnType<typeof simulate>>, wanted: string) =>
  [...judgeRun(gather(events).checks, [...book.keys()], register, { strict: false }).clauseVerdicts]
    .filter(([, verdict]) => verdict === wanted)
    .map(([id]) => id);

/** That there is a list at all, with a status and a media type: true of an empty one too. */
const saysNothingOfTasks = ['list.status.200', 'list.statuses', 'list.media-type'];

describe('a real product that serves another API', () => {
  test.each(Object.entries(products))('%s earns no pass that speaks of tasks', async (_, serve) => {
    const events = await simulate(
      async () => ({ ...(await serve()), user: 'somebody', password: 'some password' }),
      { time: 'real', settings: { settleS: 1, timeoutS: 5 } },
    );
    expect(clausesThat(events, 'fail')).not.toEqual([]);
    expect(clausesThat(events, 'pass').filter((id) => !saysNothingOfTasks.includes(id))).toEqual([]);
  });
});
