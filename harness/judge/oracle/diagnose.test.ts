/** What a violation is named: which clauses would explain it, and which of them goes first. */
import { describe, expect, test } from 'vitest';
import {
  agedBy,
  created,
  historyOf,
  later,
  listed,
  removed,
  type SampleStep,
  wasCancelled,
  wasRead,
} from '../../testing/history-samples.ts';
import { judgeHistory } from './oracle.ts';

const settings = { graceMs: 2000, settleMs: 10_000, defaultTtlS: 500 };

const judged = (steps: readonly SampleStep[], waived: readonly string[] = []) =>
  judgeHistory(historyOf(...steps), { settings, unknown: 'absent', waived: new Set(waived) });
const clausesOf = (steps: readonly SampleStep[], waived: readonly string[] = []) =>
  judged(steps, waived).violations.map(({ clause }) => clause);

const worker = (value: string) => ({ fields: { worker_name: value } });
const other = 'task-2';

describe('diagnosis', () => {
  test('a task that another task’s cancel ends', () => {
    const [violation] = judged([
      created('running'),
      created('running', {}, other),
      wasCancelled(200, { task: other }),
      wasRead('failed'),
    ]).violations;
    expect(violation?.suspects).toContain('cancel.that-task-alone');
  });

  test.each([
    {
      sign: 'a row that is missing, which an expiry would explain',
      steps: [created('running'), agedBy(600), listed(), removed()],
      clause: 'list.holds-running',
    },
    {
      sign: 'a row before any read, which a wrong status in all answers would explain',
      steps: [created('queued'), listed('started'), removed()],
      clause: 'list.agrees-with-read',
    },
    {
      sign: 'a field that is missing, which another task’s cancel would explain',
      steps: [
        created('running'),
        wasRead('started', worker('a')),
        created('running', {}, other),
        wasCancelled(200, { task: other }),
        wasRead('started', { verbose: 'true' }),
      ],
      clause: 'verbose.keeps-fields',
    },
    {
      sign: 'a status that is shown after its expiry, which a malformed TTL explains',
      steps: [created('finished'), wasRead('finished', { ttl: 'soon' }), agedBy(1003), wasRead('finished')],
      clause: 'expiry.malformed-ttl',
    },
  ])('$sign: $clause is named', ({ steps, clause }) => expect(clausesOf(steps)).toEqual([clause]));

  // In the order where the longer read comes first, the cancel would explain both: the shorter one was answered before it.
  test.each([
    ['started', 'read.changes-nothing'],
    ['failed', 'status.started'],
  ])(
    'a read that was answered before the cancel of another task, beside a longer one: %s',
    (status, clause) => {
      const steps = [
        created('running'),
        created('running', {}, other),
        wasRead(status, { tookMs: 1000 }),
        wasRead('failed', { pauseMs: -990 }),
        wasCancelled(200, { task: other, pauseMs: 100 }),
      ];
      expect(clausesOf(steps, ['cancel.that-task-alone'])).toEqual([clause]);
    },
  );

  test('clauses that are known to be broken explain what they can, and hide nothing else', () => {
    const refused = [created('running'), wasCancelled(406)];
    const late = [
      created('running', {}, other),
      wasCancelled(200, { task: other }),
      later(11, wasRead('started', { task: other })),
    ];
    expect(clausesOf([...refused, ...late], ['cancel.running.accepted'])).toEqual(['cancel.leaves']);
  });

  test('what answers could have broken a clause, and did not', () => {
    const { upheld, tasks } = judged([
      created('finished'),
      agedBy(498),
      wasRead('finished'),
      wasCancelled(406),
    ]);
    expect(tasks).toBe(1);
    expect(Object.fromEntries(upheld)).toMatchObject({ 'expiry.default.kept': 1, 'cancel.ended.refused': 1 });
  });

  test('tasks of others: any phase, any retention, and they move by themselves', () => {
    const steps = [wasRead('queued'), wasRead('started'), listed(), wasRead('finished'), wasRead(404)];
    expect(judgeHistory(historyOf(...steps), { settings, unknown: 'unseen' }).violations).toEqual([]);
    const back = judgeHistory(historyOf(...steps, wasRead('queued')), { settings, unknown: 'unseen' });
    expect(back.violations).toHaveLength(1);
  });
});
