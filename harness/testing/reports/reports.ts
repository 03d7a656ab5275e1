/** One whole report of each kind that a reader may get, as the tests and a curious eye want them. */
import { cancelled, exchange, type SampleClause, sampleReport } from './sample.ts';

const observed: SampleClause = {
  id: 'list.queued',
  level: 'may',
  verdict: 'observed',
  statement: 'Whether a queued task is in the list.',
  checks: [{ reason: 'GET /v1/crdb_tasks held the queued task', seen: 'a queued task is in the list' }],
};
const held: SampleClause = {
  id: 'cancel.running.accepted',
  verdict: 'pass',
  checks: [{ exchanges: ['cancel-1'] }, { exchanges: ['read-1'] }],
};
const evidence = [cancelled('cancel-1', 200), exchange('read-1')];

export const conformant = sampleReport({
  clauses: [held, { id: 'list.empty', verdict: 'pass' }, observed],
  exchanges: evidence,
});

export const incomplete = sampleReport({
  target: { provisioner: 'none', capabilities: [], server: null },
  clauses: [
    { id: 'list.empty', verdict: 'pass' },
    held,
    {
      id: 'cancel.commit-phase.refused',
      verdict: 'skip',
      checks: [
        { name: 'force omitted', reason: 'none: makes no task in phase committing' },
        { name: 'force=false', reason: 'none: makes no task in phase committing' },
      ],
    },
    { id: 'status.queued', verdict: 'skip', checks: [{ reason: 'none: makes no task in phase queued' }] },
    { id: 'auth.malformed', verdict: 'skip', checks: [] },
    observed,
  ],
  exchanges: evidence,
});

/** A mock with some of the usual mistakes, and answers that would like to do harm. */
export const nonConformant = sampleReport({
  run: { stallMs: 1300 },
  clauses: [
    held,
    {
      id: 'cancel.commit-phase.refused',
      verdict: 'fail',
      statement: 'A graceful cancel of a task in its commit phase is refused with 406.',
      checks: [
        {
          name: 'committing, force omitted',
          verdict: 'fail',
          reason: 'POST /v1/crdb_tasks/7/actions/cancel answered 200, expected 406',
          expected: '406',
          seen: '200',
          exchanges: ['read-1', 'cancel-2'],
        },
        {
          name: 'committing, force=false',
          verdict: 'fail',
          reason: 'POST /v1/crdb_tasks/7/actions/cancel?force=false answered 200, expected 406',
          expected: '406',
          seen: '200',
          exchanges: ['read-1', 'read-2', 'read-3', 'cancel-3'],
        },
        {
          name: 'committing, over a slow line',
          verdict: 'inconclusive',
          reason: 'POST /v1/crdb_tasks/7/actions/cancel: no answer within 10 s',
          exchanges: ['cancel-4'],
        },
      ],
    },
    {
      id: 'read.schema',
      verdict: 'fail',
      statement: 'A 200 of the read is valid against its schema.',
      checks: Array.from({ length: 9 }, (_, row) => ({
        name: `answer of read-${row + 1}`,
        suite: 'status',
        verdict: 'fail' as const,
        reason:
          'GET /v1/crdb_tasks/7 → 200: `status` is "run\u{1b}[31mning\u{202e}"; the docs allow queued, started, finished, failed',
        expected: 'queued, started, finished, failed',
        seen: `{"id":"7","status":"run\u{1b}[31mning\u{202e}","note":"${'long '.repeat(200)}"}`,
        exchanges: ['read-2'],
      })),
    },
    {
      id: 'robustness.malformed-id.read',
      verdict: 'fail',
      statement: 'A read of an id that can’t exist is answered with 404, or 400.',
      checks: [
        {
          name: '2,000 characters',
          reason: `GET /v1/crdb_tasks/${'a'.repeat(101)}… answered 500, expected 404 or 400`,
          expected: '404 or 400',
          seen: '500',
          exchanges: ['read-4'],
        },
      ],
    },
    { id: 'list.empty', verdict: 'pass' },
    {
      id: 'auth.www-authenticate',
      level: 'should',
      verdict: 'warn',
      statement: 'A 401 carries `WWW-Authenticate`.',
      checks: [
        {
          name: 'list',
          reason: 'GET /v1/crdb_tasks answered 401 without `WWW-Authenticate`',
          exchanges: ['list-1'],
        },
      ],
    },
    {
      id: 'cancel.commit-phase.untouched',
      verdict: 'inconclusive',
      checks: [
        { name: 'omitted', reason: 'the refusal was not shown', because: 'cancel.commit-phase.refused' },
        { name: 'false', reason: 'the refusal was not shown', because: 'cancel.commit-phase.refused' },
      ],
    },
    {
      id: 'expiry.default.gone',
      verdict: 'inconclusive',
      checks: [{ name: 'aged 501 s', reason: 'the read fell too near to the expiry to prove anything' }],
    },
    {
      id: 'cancel.commit-phase.forced',
      verdict: 'skip',
      checks: [{ reason: 'forced cancels in the commit phase need --allow-force' }],
    },
    observed,
  ],
  exchanges: [
    ...evidence,
    cancelled('cancel-2', 200),
    cancelled('cancel-3', 200, '?force=false'),
    exchange('cancel-4', { operation: 'cancel', lost: 'no answer within 10 s' }),
    exchange('read-2', { sentAt: 1100, receivedAt: 1101 }),
    exchange('read-3', { sentAt: 1200, receivedAt: 1201 }),
    exchange('read-4', {
      request: {
        method: 'GET',
        path: `/v1/crdb_tasks/${'a'.repeat(2000)}`,
        headers: {},
        credentials: 'own',
      },
      response: { status: 500, headers: {}, body: '<h1>oops</h1>', truncated: true },
    }),
    exchange('list-1', {
      operation: 'list',
      request: { method: 'GET', path: '/v1/crdb_tasks', headers: {}, credentials: 'none' },
      response: { status: 401, headers: {}, body: '' },
    }),
  ],
});

export const cutShort = sampleReport({
  run: { cutShort: 'interrupted by Ctrl-C', durationMs: 1234 },
  clauses: [held, { id: 'list.empty', verdict: 'skip', checks: [] }],
  exchanges: evidence,
});

/** Every request was lost: many doubts, one cause. */
export const dead = sampleReport({
  run: { cutShort: 'the target no longer answers: connect ECONNREFUSED 127.0.0.1:4010' },
  clauses: Array.from({ length: 48 }, (_, row) => ({
    id: `clause.number-${row}`,
    verdict: 'inconclusive' as const,
    checks: Array.from({ length: 5 }, (_, n) => ({
      name: `case ${n}`,
      suite: ['list', 'status', 'cancel'][row % 3] ?? 'list',
      reason: `GET /v1/crdb_tasks/${row}-${n}: connect ECONNREFUSED 127.0.0.1:4010`,
      exchanges: ['read-1'],
    })),
  })),
  exchanges: [exchange('read-1', { lost: 'connect ECONNREFUSED 127.0.0.1:4010' })],
});

/** Nothing is broken but a `should`, and the run was strict. */
export const strict = sampleReport({
  run: { settings: { strict: true } },
  clauses: [held, { id: 'verbose.adds', level: 'should', verdict: 'warn' }],
  exchanges: evidence,
});

/** A selection without a `must` clause. */
export const nothing = sampleReport({ clauses: [observed] });

/** The traffic of others. */
export const traffic = sampleReport({
  target: { provisioner: 'traffic', capabilities: [] },
  clauses: [
    held,
    { id: 'read.schema', verdict: 'fail', checks: [{ exchanges: ['read-1'] }] },
    { id: 'list.empty', verdict: 'skip', checks: [{ reason: 'never exercised' }] },
    { ...observed, verdict: 'skip', checks: [{ reason: 'never exercised' }] },
  ],
  exchanges: evidence,
  run: {
    oracle: { tasks: 14, undecided: 0, upheld: { 'cancel.running.accepted': 7 } },
    traffic: {
      exchanges: 1200,
      unused: { 'exchanges with other URLs': 30 },
      exercised: {
        'GET /v1/crdb_tasks/{id} → 200 started': 900,
        'GET /v1/crdb_tasks/{id} with verbose=a|b` @octocat → 200 finished': 1000,
      },
      observations: ['12 reads less than a second after the one before'],
      clauses: {
        'cancel.running.accepted': { upheld: 7, broken: 0 },
        'read.schema': { upheld: 1898, broken: 2 },
      },
    },
  },
});

export const reports = { conformant, incomplete, nonConformant, cutShort, dead, strict, nothing, traffic };
