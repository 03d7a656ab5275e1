import { expect, test } from 'vitest';
import { exchange, sampleReport } from '../samples/sample.ts';
import { pageOf } from './page.ts';
import { phasesOf } from './phases.ts';

const base = sampleReport({
  clauses: [],
  exchanges: [
    exchange('early', { sentAt: 1000 }),
    exchange('late', { sentAt: 3000 }),
    exchange('nobody', {
      request: { method: 'GET', path: '/v1/crdb_tasks/8', headers: {}, credentials: 'own' },
    }),
  ],
});
const phases = [
  { phase: 'running', after: 990, before: 999 },
  { phase: 'finished', after: 2000, before: 2100 },
] as const;
const page = pageOf({ ...base, tasks: [{ id: '7', phases }] }, {});

test.each([
  { name: 'committing, force=false', exchanges: ['early'], found: ['committing'], why: 'its case names it' },
  { name: 'from=queued, to=failed', exchanges: [], found: ['queued', 'failed'], why: 'its case names two' },
  { name: 'shownBy=finishing', exchanges: ['early'], found: ['running'], why: 'its task was in it' },
  {
    name: 'beyondS=1',
    exchanges: ['early', 'late'],
    found: ['running', 'finished'],
    why: 'its task went through them',
  },
  { name: 'once', exchanges: ['nobody'], found: ['none'], why: 'no task of the run was asked for' },
  { name: 'once', exchanges: [], found: ['none'], why: 'nothing was sent' },
])('$found: $why', ({ name, exchanges, found }) =>
  expect(phasesOf(page, { name, suite: 's', verdict: 'pass', reason: '', exchanges })).toEqual(found),
);
