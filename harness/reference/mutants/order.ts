/** Right for one request at a time: wrong when several come at once, in another order, or soon after each other. */
import { contractBut, contractButWhen, type RulesChange } from '../change.ts';
import { rules } from '../contract.ts';
import type { Mutant } from '../mutant.ts';
import type { Operation, RulesInTime } from '../rules.ts';
import { doneBut } from '../rules.ts';

/** Requests of an operation that come so soon after each other count as sent at once. */
const atOnceMs = 20;

/** Breaks the rules for a request that comes while the one before is still under way. */
const whenAtOnce = (operation: Operation, change: RulesChange): RulesInTime =>
  contractButWhen((moment) => moment.operation === operation && moment.sinceMs < atOnceMs, change);

const cached = (operation: Operation, seconds: number, byLogin = true) =>
  contractBut({ transport: { cache: { ms: { [operation]: seconds * 1000 }, byLogin } } });

export const orderMutants: readonly Mutant[] = [
  {
    id: 'cancels-at-once-lost',
    breaks: 'of several cancels at once only the first takes effect, and all are answered with 200',
    rules: whenAtOnce('cancel', {
      cancel: { effect: { graceful: { endsAs: 'nothing' }, forced: { endsAs: 'nothing' } } },
    }),
    killedBy: ['cancel.leaves'],
    mayFail: [],
  },
  {
    id: 'second-cancel-takes-back',
    breaks: 'a second cancel of a task takes back the first, while that has not taken effect',
    rules: contractBut({ cancel: { again: doneBut(200, { takesBack: true }) } }),
    killedBy: ['cancel.leaves'],
    mayFail: [],
  },
  {
    id: 'reads-mixed-up',
    breaks: 'of reads at once each is answered with the task of the one before',
    rules: whenAtOnce('read', {
      transport: {
        finish: (reply, _, before) => (before?.status === 200 && reply.status === 200 ? before : reply),
      },
    }),
    killedBy: ['read.asked-id'],
    mayFail: ['status.change-shows-at-once'], // the one before may have been of the same task
  },
  {
    id: 'read-cached',
    breaks: 'a read is answered for 30 s with what it was answered at first, whatever happens to the task',
    rules: cached('read', 30),
    killedBy: ['status.change-shows'],
    mayFail: [],
  },
  {
    id: 'list-cached',
    breaks: 'the list is answered for 30 s with what it was at first',
    rules: cached('list', 30),
    killedBy: ['list.holds-running'],
    mayFail: [],
  },
  {
    id: 'read-cached-for-all',
    breaks: 'a read is answered for a second with what it was answered before, whoever asks',
    rules: cached('read', 1, false),
    killedBy: ['read.status.401'],
    mayFail: ['status.change-shows-at-once', 'expiry.malformed-ttl'], // a second is enough for both
  },
  {
    id: 'second-read-is-older',
    breaks: 'every second read of a task shows the phase that it was in before',
    rules: contractBut({
      read: {
        rewrite: (task, { timesRead, marks }) => {
          const before = marks.at(-2);
          return before && timesRead % 2 === 0 ? { ...task, status: rules.task.status[before.phase] } : task;
        },
      },
    }),
    killedBy: ['status.forward-only'],
    mayFail: [],
  },
  {
    id: 'plain-read-takes-ttl-back',
    breaks: 'a read without X-Result-TTL takes back what an earlier one has set',
    rules: contractBut({ retention: { readTtl: { holds: 'until a plain read' } } }),
    killedBy: ['expiry.plain-read-keeps'],
    mayFail: [],
  },
];
