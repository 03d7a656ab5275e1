/** Correct for single requests; wrong for simultaneous or repeated ones, in some of many replies, or only after a while. */
import type { RulesChange } from './contract.ts';
import { detectedBy, type FaultDetails, type Mutant } from './mutant.ts';
import { accepted, actsWith, type Operation } from './rules.ts';

/** Requests of an operation within 20 ms count as simultaneous. */
const simultaneous = (operation: Operation): FaultDetails => ({
  when: { operation, context: ({ sinceMs }) => sinceMs < 20 },
});
const cached = (operation: Operation, seconds: number, byLogin = true): RulesChange => ({
  transport: { cache: { ms: { [operation]: seconds * 1000 }, byLogin } },
});
const cancelsDoNothing: RulesChange = {
  cancel: { effect: { graceful: { endsAs: 'nothing' }, forced: { endsAs: 'nothing' } } },
};
const listWrapped: RulesChange = { list: { answer: (tasks) => ({ tasks }) } };

/** One in twenty requests of an operation, drawn by the cluster's seed. */
const oneInTwenty = (operation: Operation): FaultDetails => ({
  when: { operation, context: ({ random }) => random < 1 / 20 },
  profile: 'full',
});
/** Requests that come 30 s after the start or later. */
const after30s: FaultDetails = {
  when: { context: ({ upMs }) => upMs >= 30_000 },
  profile: 'nightly',
};

export const orderMutants: readonly Mutant[] = [
  ...detectedBy('cancel.leaves', {
    'cancels-at-once-lost': [
      'of simultaneous cancels only the first takes effect, but all are answered with 200',
      cancelsDoNothing,
      simultaneous('cancel'),
    ],
    'second-cancel-takes-back': [
      'a second cancel of a task undoes the first, if that has not taken effect yet',
      { cancel: { again: actsWith(200, { takesBack: true }) } },
    ],
    'rare-cancel-does-nothing': [
      'one in twenty accepted cancels has no effect',
      cancelsDoNothing,
      oneInTwenty('cancel'),
    ],
    'late-cancel-does-nothing': [
      'from 30 s after the start an accepted cancel has no effect',
      cancelsDoNothing,
      after30s,
    ],
  }),
  ...detectedBy('status.change-shows', {
    'verbose-read-undoes-a-move': [
      'a move while a verbose read is on its way, which takes 5 ms, is not shown',
      { read: { rewrite: (body) => ({ ...Object(body), status: 'started' }) } },
      {
        when: {
          operation: 'read',
          task: ({ movedBeside, marks }) =>
            movedBeside?.includes('verbose=true') === true && marks.at(-2)?.phase === 'running',
        },
        always: { transport: { afterMs: { read: 5 } } },
      },
    ],
  }),
  ...detectedBy('cancel.commit-phase.refused', {
    'third-cancel-at-once-commits': [
      'of cancels of a committing task at once, which take 5 ms, the third and later ones are accepted',
      { cancel: { outcome: { committing: { graceful: accepted } } } },
      {
        when: {
          operation: 'cancel',
          phase: 'committing',
          task: ({ timesCancelled }) => timesCancelled >= 2,
          context: ({ sinceSameMs }) => sinceSameMs < 5,
        },
        always: { transport: { afterMs: { cancel: 5 } } },
      },
    ],
  }),
  ...detectedBy('cancel.leaves', {
    'verbose-read-undoes-a-cancel': [
      'a cancel while a verbose read is on its way, which takes 5 ms, has no effect',
      cancelsDoNothing,
      {
        when: {
          operation: 'cancel',
          context: ({ task, nowMs }) =>
            task?.lastAsked?.spelt.includes('verbose=true') === true && nowMs - task.lastAsked.atMs < 5,
        },
        always: { transport: { afterMs: { read: 5 } } },
      },
    ],
  }),
  ...detectedBy('expiry.on-read.kept', {
    'joined-read-loses-its-ttl': [
      'the X-Result-TTL of a read is lost where the same read is on its way, which takes 5 ms',
      { retention: { readTtl: { applies: () => false } } },
      {
        when: { operation: 'read', context: ({ sinceSameMs }) => sinceSameMs < 5 },
        always: { transport: { afterMs: { read: 5 } } },
      },
    ],
  }),
  ...detectedBy('read.asked-id', {
    'reads-mixed-up': [
      'each of simultaneous reads is answered with the task of the previous one',
      {
        transport: {
          finish: (reply, _, before) => (before?.status === 200 && reply.status === 200 ? before : reply),
        },
      },
      {
        ...simultaneous('read'),
        mayFail: ['status.change-shows-at-once'], // the previous one may have been of the same task
      },
    ],
  }),
  ...detectedBy('status.change-shows', {
    'read-cached': [
      'for 30 s a read gets the reply of the first same read, whatever happens to the task',
      cached('read', 30),
      { mayFail: ['read.status.200', 'read.named-guid'] }, // its id was asked for before it was made
    ],
  }),
  ...detectedBy('list.holds-running', {
    'list-cached': [
      'for 30 s the list is answered with its first reply',
      cached('list', 30),
      { mayFail: ['list.empty'] }, // a task that is removed by now may be in it
    ],
  }),
  ...detectedBy('read.status.401', {
    'read-cached-for-all': [
      'for a second a read gets the reply of the first same read, whatever its credentials',
      cached('read', 1, false),
      {
        mayFail: [
          'status.change-shows-at-once',
          'expiry.malformed-ttl',
          'read.status.200',
          'read.named-guid',
        ], // a second is enough
      },
    ],
    'late-read-open': [
      'from 30 s after the start a read requires no credentials',
      { auth: { overlooks: { read: ['absent', 'malformed', 'unknown user', 'wrong password'] } } },
      after30s,
    ],
  }),
  ...detectedBy('list.schema', {
    'rare-list-wrapped': [
      'one in twenty lists is wrapped in {"tasks": […]}',
      listWrapped,
      oneInTwenty('list'),
    ],
    'late-list-wrapped': [
      'from 30 s after the start the list is wrapped in {"tasks": […]}',
      listWrapped,
      after30s,
    ],
  }),
  ...detectedBy('read.media-type', {
    'rare-read-as-html': [
      'one in twenty reads is sent as text/html',
      { transport: { mediaType: { read: 'text/html' } } },
      oneInTwenty('read'),
    ],
  }),
];
