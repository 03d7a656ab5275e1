/** What changes as time passes, or by magnitudes. */
import { faultsOf } from '../fault.ts';
import { hasEnded, phaseOf, problem, type Reply } from '../rules.ts';
import { named, sinceEndS } from '../tools.ts';
import { hashOf, keptFor, ttlS } from './helpers.ts';

const stamp = (ms: number) => new Date(performance.timeOrigin + ms).toISOString().replace(/\.\d+/, '');

export const time = faultsOf('time', {
  'v-timer-overflow': {
    says: 'Tasks are removed by a timer of 32 bits: a retention over 24.8 days ends at once.',
    breaks: 'Retention, by `X-Result-TTL` where given',
    change: (own) => ({
      expiresMs: (task, world) =>
        keptFor(own, task, ttlS(task) * 1000 > 2 ** 31 - 1 ? 0.001 : ttlS(task), world),
    }),
  },
  'v-whole-minutes': {
    says: 'The retention is rounded up to whole minutes.',
    breaks: 'Retention, by `X-Result-TTL` where given; after expiry 404',
    change: (own) => ({
      expiresMs: (task, world) => keptFor(own, task, Math.ceil(ttlS(task) / 60) * 60, world),
    }),
  },
  'v-octal-ttl': {
    says: 'An X-Result-TTL with a leading zero is read as an octal number: 0100 is 64 seconds.',
    breaks: 'Retention, by `X-Result-TTL` on the read',
    change: (own) => ({
      retain(task, call, world) {
        own.retain(task, call, world);
        if (/^0[0-7]+$/.test(call.resultTtl ?? ''))
          task.resultTtlS = Number.parseInt(call.resultTtl ?? '', 8);
      },
    }),
  },
  'v-counts-from-first-read': {
    says: 'The retention begins with the first read after the end of the task.',
    breaks: 'Retention counts from completion',
    change: (own) => ({
      find(id, world, call) {
        const task = world.tasks.get(id);
        if (task && call.operation === 'read' && hasEnded(task))
          task.notes.bonusMs ??= sinceEndS(task, world) * 1000;
        return own.find(id, world, call);
      },
      expiresMs: (task, world) =>
        task.notes.bonusMs === undefined
          ? Number.POSITIVE_INFINITY
          : own.expiresMs(task, world) + task.notes.bonusMs,
    }),
  },
  'v-failed-for-a-minute': {
    says: 'Failed tasks without a retention of their own are kept for a minute only.',
    breaks: 'Failed and cancelled tasks are readable for the retention',
    change: (own) => ({
      expiresMs: (task, world) =>
        keptFor(own, task, task.resultTtlS ?? (phaseOf(task) === 'failed' ? 60 : 500), world),
    }),
  },
  'v-thousands-are-ms': {
    says: 'A retention of 1000 and more is taken as milliseconds.',
    breaks: 'Retention, by `X-Result-TTL` where given',
    change: (own) => ({
      expiresMs: (task, world) => keptFor(own, task, ttlS(task) / (ttlS(task) < 1000 ? 1 : 1000), world),
    }),
  },
  'v-requeued-without-heartbeat': {
    says: 'A running task that has been in its phase for three seconds is taken as lost and shown as queued.',
    breaks: 'Status by phase; never backwards',
    change: (own) => ({
      enter(task, phase, atMs) {
        own.enter(task, phase, atMs);
        if (phase === 'running') task.notes.sinceMs = atMs;
      },
      status: (task, world) =>
        phaseOf(task) === 'running' && world.now() - (task.notes.sinceMs ?? 0) > 3000
          ? 'queued'
          : own.status(task, world),
    }),
  },
  'v-recent-only': {
    says: 'The list holds only tasks that were made in the last five seconds.',
    breaks: 'The list holds every running task',
    change: (own) => ({
      listed: (world) => own.listed(world).filter(({ createdMs }) => world.now() - createdMs < 5000),
    }),
  },
  'v-ended-just-now': {
    says: 'The verbose answer for an ended task gives the time of the answer as its end.',
    breaks: 'Reads of an ended task agree',
    change: (own) => ({
      body: (task, verbose, world) => ({
        ...own.body(task, verbose, world),
        ...(verbose && hasEnded(task) && { ended: stamp(world.now()) }),
      }),
    }),
  },
  'v-cancel-at-next-step': {
    says: 'An accepted cancel is looked at only when the task goes on to its next phase.',
    breaks: 'After an accepted cancel the task leaves `queued`/`started` within the settle time',
    change: (own) => ({
      settle() {},
      enter(task, phase, atMs) {
        own.enter(task, task.cancelledMs === undefined ? phase : 'failed', atMs);
      },
    }),
  },
  'v-retried-after-cancel': {
    says: 'The queue retries what has failed: two seconds after its cancel a task is shown as queued again.',
    breaks: 'After an accepted cancel the task stays out of `queued` and `started`',
    change: (own) => ({
      status: (task, world) =>
        task.cancelledMs !== undefined && world.now() - task.cancelledMs > 2000
          ? 'queued'
          : own.status(task, world),
    }),
  },
  'v-verbose-cached-a-minute': {
    says: 'A verbose answer is cached for a minute: changes of phase do not reach it before.',
    breaks: 'A phase change shows in both reads within the settle time',
    change: (own) => {
      const cache = new Map<string, { reply: Reply; untilMs: number }>();
      return {
        read(call, world) {
          const cached = cache.get(call.segment);
          if (call.query.get('verbose') !== 'true') return own.read(call, world);
          if (cached && world.now() < cached.untilMs) return cached.reply;
          const reply = own.read(call, world);
          if (reply.code === 200) cache.set(call.segment, { reply, untilMs: world.now() + 60_000 });
          return reply;
        },
      };
    },
  },
  'v-watchdog': {
    says: 'A watchdog takes a running task of 15 minutes and more for dead: it is shown as failed.',
    breaks: 'A task that has not ended outlives any TTL; status by phase',
    change: (own) => ({
      status: (task, world) =>
        phaseOf(task) === 'running' && world.now() - task.createdMs + task.agedMs > 900_000
          ? 'failed'
          : own.status(task, world),
    }),
  },
  'v-seconds-of-the-day': {
    says: 'The age of an ended task is taken without its whole days: after a day it is readable again.',
    breaks: 'After expiry: 404',
    change: (own) => ({
      expiresMs: (task, world) => own.expiresMs({ ...task, agedMs: task.agedMs % 86_400_000 }, world),
    }),
  },
  'v-never-shorter': {
    says: 'An X-Result-TTL on the read only prolongs: a value below the default is ignored.',
    breaks: 'Retention, by `X-Result-TTL` on the read',
    change: (own) => ({
      retain(task, call, world) {
        if (Number(call.resultTtl) >= ttlS(task)) own.retain(task, call, world);
      },
    }),
  },
  'v-jitter': {
    says: 'The retention is shortened by 15 to 30 per cent, by a hash of the id, so that not all goes at once.',
    breaks: 'Retention counts from completion; default 500 s',
    change: (own) => ({
      expiresMs: (task, world) =>
        keptFor(own, task, ttlS(task) * (0.7 + (hashOf(task.id) % 16) / 100), world),
    }),
  },
  'v-gone': {
    says: 'A task that has expired is answered with 410, for as long as its id is remembered.',
    breaks: 'After expiry: 404 on read and on cancel',
    change: (own) => {
      const gone = (reply: Reply, known: boolean) =>
        reply.code === 404 && known ? problem(410, 'The result has expired') : reply;
      return {
        read: (call, world) => gone(own.read(call, world), named(call, world) !== undefined),
        cancel: (call, world) => gone(own.cancel(call, world), named(call, world) !== undefined),
      };
    },
  },
  'v-expired-not-for-cancel': {
    says: 'A cancel does not look at the retention: an expired task is refused with 406.',
    breaks: 'After expiry: 404 on cancel',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        return call.operation === 'cancel' ? (task ?? world.tasks.get(id)) : task;
      },
    }),
  },
  'v-number-at-the-front': {
    says: 'Of a malformed X-Result-TTL the number at its front is taken: `30.5`, `30s` and `30,000` are 30.',
    breaks: 'Non-integer `X-Result-TTL`: 400, or ignored; and the task is unchanged',
    change: (own) => ({
      retain(task, call, world) {
        const front = /^\d{1,9}/.exec(call.resultTtl ?? '')?.[0];
        own.retain(task, front ? { ...call, resultTtl: front } : call, world);
      },
    }),
  },
});
