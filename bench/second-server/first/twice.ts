/** Faults that show the second time, or later. */
import { faultsOf, nth } from '../fault.ts';
import { hasEnded, notFound, phaseOf } from '../rules.ts';

export const twiceFaults = faultsOf('later', {
  'second-refusal-accepts': {
    says: 'the second graceful cancel in the commit phase is accepted',
    breaks: 'Cancel committing: 406',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        const again = code === 406 && phaseOf(task) === 'committing' && nth(task.notes, 'refused') > 1;
        return again ? 200 : code;
      },
    }),
  },
  'third-refusal-of-ended': {
    says: 'the third cancel of a finished task is answered with 200',
    breaks: 'Cancel finished or failed: refused',
    change: (own) => ({
      decide(task, force, world) {
        const again = phaseOf(task) === 'finished' && nth(task.notes, 'refused') > 2;
        return again ? 200 : own.decide(task, force, world);
      },
    }),
  },
  'refusal-remembered': {
    says: 'a task whose cancel was refused in its commit phase cannot finish any more: it fails',
    breaks: 'Cancel committing: the task is untouched, it can still finish',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        if (code === 406 && !hasEnded(task)) task.notes.refused = 1;
        return code;
      },
      enter: (task, phase, atMs) =>
        own.enter(task, phase === 'finished' && task.notes.refused ? 'failed' : phase, atMs),
    }),
  },
  'two-refusals-remembered': {
    says: 'a task whose cancel was refused twice in its commit phase fails',
    breaks: 'Cancel committing: the task is untouched, it can still finish',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        if (code === 406 && !hasEnded(task)) nth(task.notes, 'refused');
        return code;
      },
      enter: (task, phase, atMs) =>
        own.enter(task, phase === 'finished' && (task.notes.refused ?? 0) > 1 ? 'failed' : phase, atMs),
    }),
  },
  'expired-returns': {
    says: 'an expired task is there again at the second read after its expiry',
    breaks: 'After expiry: 404 on read',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const old = world.tasks.get(id);
        if (task || !old || call.operation !== 'read') return task;
        return nth(old.notes, 'missed') > 1 ? old : undefined;
      },
    }),
  },
  'purged-when-read': {
    says: 'the first read after the expiry still shows the task',
    breaks: 'After expiry: 404 on read',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const old = world.tasks.get(id);
        return task ?? (old && call.operation === 'read' && nth(old.notes, 'missed') === 1 ? old : undefined);
      },
    }),
  },
  'cancel-purges': {
    says: 'an expired task is forgotten by the first request for it: a cancel before any read is answered with 406',
    breaks: 'After expiry: 404 on cancel',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const old = world.tasks.get(id);
        return (
          task ?? (old && nth(old.notes, 'missed') === 1 && call.operation === 'cancel' ? old : undefined)
        );
      },
    }),
  },
  'get-or-create': {
    says: 'an unknown id that was read once is a queued task from then on',
    breaks: 'Unknown id, read: 404',
    change: (own) => ({
      read(call, world) {
        const reply = own.read(call, world);
        if (reply !== notFound || world.tasks.has(call.segment)) return reply;
        const again = nth(world.notes, call.segment) > 1;
        return again ? { code: 200, body: { id: call.segment, status: 'queued' } } : reply;
      },
    }),
  },
  'ttl-until-next-read': {
    says: 'the X-Result-TTL of a read counts until the next plain read only',
    breaks: 'Retention: by X-Result-TTL where given; a plain read never prolongs',
    change: (own) => ({
      retain(task, call, world) {
        task.resultTtlS = call.resultTtl === undefined && task.notes.given ? undefined : task.resultTtlS;
        own.retain(task, call, world);
        task.notes.given = call.resultTtl === undefined ? 0 : 1;
      },
    }),
  },
  'creation-ttl-until-read': {
    says: 'the TTL given at creation counts until the second plain read of the ended task',
    breaks: 'A read changes nothing about the task',
    change: (own) => ({
      retain(task, call, world) {
        if (call.resultTtl === undefined && hasEnded(task) && nth(task.notes, 'plain') > 1)
          task.resultTtlS = undefined;
        own.retain(task, call, world);
      },
    }),
  },
  'errors-once': {
    says: 'the errors of a failed task are in the first read only',
    breaks: 'A read changes nothing about the task',
    change: (own) => ({
      read(call, world) {
        const task = world.tasks.get(call.segment);
        const reply = own.read(call, world);
        const again = task && reply.code === 200 && hasEnded(task) && nth(task.notes, 'shown') > 1;
        return again ? { ...reply, body: { ...Object(reply.body), errors: undefined } } : reply;
      },
    }),
  },
  'second-cancel-takes-another': {
    says: 'a second cancel of an ended, cancelled task cancels the oldest other task',
    breaks: 'A second cancel: no other task is touched',
    change: (own) => ({
      decide(task, force, world) {
        const other = [...world.tasks.values()].find((each) => each !== task && !hasEnded(each));
        if (other && hasEnded(task) && task.cancelledMs !== undefined) own.accept(other, world);
        return own.decide(task, force, world);
      },
    }),
  },
  'third-cancel-revives': {
    says: 'the third cancel of a cancelled task queues it again',
    breaks: 'A second cancel: the task stays out of queued and started',
    change: (own) => ({
      decide(task, force, world) {
        if (task.cancelledMs !== undefined && nth(task.notes, 'again') === 2) task.notes.revived = 1;
        return own.decide(task, force, world);
      },
      status: (task, world) => (task.notes.revived ? 'queued' : own.status(task, world)),
    }),
  },
  'fourth-bad-login-429': {
    says: 'from the fourth request in a row without a valid login, the answer is 429',
    breaks: 'No credentials: exactly 401',
    change: (own) => ({
      async serve(call, world) {
        const reply = await own.serve(call, world);
        world.notes.bad = reply.code === 401 ? (world.notes.bad ?? 0) + 1 : 0;
        return world.notes.bad > 3 ? { code: 429 } : reply;
      },
    }),
  },
  'tenth-read-404': {
    says: 'from the tenth read of a task on, reads of it are answered with 404',
    breaks: 'A read changes nothing about the task',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        return task && call.operation === 'read' && nth(task.notes, 'read') >= 10 ? undefined : task;
      },
    }),
  },
});
