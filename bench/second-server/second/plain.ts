/** Faults that one well-chosen request shows. */
import { faultsOf, nth } from '../fault.ts';
import { flag, hasEnded, notFound, phaseOf, problem } from '../rules.ts';
import { named, sinceEndS } from '../tools.ts';

const badTtl = 'Non-integer or negative X-Result-TTL: 400, or ignored; and the task is unchanged';
const twoReads = 'A 200 of the two reads: JSON, valid against the schema';

export const plainFaults = faultsOf('plain', {
  'empty-again-is-404': {
    says: 'the list is answered with 404 when it has become empty; before the first task with []',
    breaks: 'Nothing to list: 200 with [], before the first creation and after the last removal',
    change: (own) => ({
      list(call, world) {
        const isEmpty = own.listed(world).length === 0;
        if (!isEmpty) nth(world.notes, 'rows');
        return isEmpty && world.notes.rows ? notFound : own.list(call, world);
      },
    }),
  },
  'verbose-commit-is-no-json': {
    says: 'the verbose answer of a committing task holds NaN, which is no JSON',
    breaks: twoReads,
    change: (own) => ({
      read(call, world) {
        const reply = own.read(call, world);
        const task = named(call, world);
        const isHit = task && reply.code === 200 && phaseOf(task) === 'committing' && flag(call, 'verbose');
        return isHit ? { ...reply, text: JSON.stringify(reply.body).replace(/}$/, ',"share":NaN}') } : reply;
      },
    }),
  },
  'ttl-by-its-first-digits': {
    says: 'an X-Result-TTL such as 5.5 or 5abc on a read is taken for 5',
    breaks: badTtl,
    change: () => ({
      retain(task, call) {
        const ttlS = Number.parseInt(call.resultTtl ?? '', 10);
        if (ttlS >= 0) task.resultTtlS = ttlS;
      },
    }),
  },
  'minus-one-is-for-ever': {
    says: 'with X-Result-TTL: -1 a task is kept for ever',
    breaks: badTtl,
    change: (own) => ({
      retain(task, call, world) {
        own.retain(task, call, world);
        if (call.resultTtl === '-1') task.resultTtlS = 1e9;
      },
    }),
  },
  'empty-ttl-is-zero': {
    says: 'an empty X-Result-TTL is taken for 0, and the ended task is gone',
    breaks: badTtl,
    change: (own) => ({
      retain(task, call, world) {
        own.retain(task, call, world);
        if (call.resultTtl === '') task.resultTtlS = 0;
      },
    }),
  },
  'empty-verbose-is-500': {
    says: 'a read with an empty verbose is answered with 500',
    breaks: 'Non-boolean verbose: 400, or ignored; never 5xx',
    change: (own) => ({
      read: (call, world) =>
        call.query.get('verbose') === '' ? problem(500, 'Error') : own.read(call, world),
    }),
  },
  'forced-get-cancels': {
    says: 'a GET on the path of the cancel is refused with 405, but with force=true it has cancelled',
    breaks: 'Cancel by GET: never cancels',
    change: (own) => ({
      otherMethod(call, method, world) {
        const task = named(call, world);
        if (method === 'GET' && call.operation === 'cancel' && flag(call, 'force') && task && !hasEnded(task))
          own.accept(task, world);
        return own.otherMethod(call, method, world);
      },
    }),
  },
  'verbose-read-of-failed-is-cut': {
    says: 'the connection of a verbose read of a failed task is cut, always',
    breaks: 'One shape of request whose connection is always cut is answered',
    change: (own) => ({
      read(call, world) {
        const reply = own.read(call, world);
        const task = named(call, world);
        const isHit = task && reply.code === 200 && phaseOf(task) === 'failed' && flag(call, 'verbose');
        return { ...reply, cut: isHit === true };
      },
    }),
  },
  'verbose-read-starts-queued': {
    says: 'a verbose read of a queued task sets it going',
    breaks: 'A read changes nothing about the task',
    change: (own) => ({
      read(call, world) {
        const reply = own.read(call, world);
        const task = named(call, world);
        if (task && phaseOf(task) === 'queued' && flag(call, 'verbose')) task.notes.started = 1;
        return reply;
      },
      status: (task, world) =>
        task.notes.started && phaseOf(task) === 'queued' ? 'started' : own.status(task, world),
    }),
  },
  'list-purges-ended': {
    says: 'a list forgets all tasks that ended more than 1 s before',
    breaks: 'A read changes nothing about the task; retention: default 500 s',
    change: (own) => ({
      list(call, world) {
        for (const task of world.tasks.values())
          if (hasEnded(task) && sinceEndS(task, world) > 1) task.resultTtlS = 0;
        return own.list(call, world);
      },
    }),
  },
  'list-prolongs': {
    says: 'a list starts the retention of every ended task anew',
    breaks: 'A plain read never prolongs; retention counts from completion',
    change: (own) => ({
      list(call, world) {
        for (const task of world.tasks.values())
          if (world.now() < world.rules.expiresMs(task, world))
            task.notes.prolongedS = sinceEndS(task, world);
        return own.list(call, world);
      },
      expiresMs(task, world) {
        const prolongedS = task.endedMs === undefined ? 0 : Math.max(0, task.notes.prolongedS ?? 0);
        return own.expiresMs(task, world) + prolongedS * 1000;
      },
    }),
  },
  'one-error-is-no-array': {
    says: 'a single error is given as an object, not as an array',
    breaks: twoReads,
    change: (own) => ({
      body(task, verbose, world) {
        const { errors, ...rest } = own.body(task, verbose, world);
        return Array.isArray(errors) ? { ...rest, errors: errors[0] } : rest;
      },
    }),
  },
  'one-row-is-no-array': {
    says: 'a list of a single row is given as an object, not as an array',
    breaks: 'GET /v1/crdb_tasks answers a JSON array',
    change: (own) => ({
      list(call, world) {
        const reply = own.list(call, world);
        const rows: unknown[] = Array.isArray(reply.body) ? reply.body : [];
        return rows.length === 1 ? { ...reply, body: rows[0] } : reply;
      },
    }),
  },
  'list-of-ten': {
    says: 'the list holds ten rows at most',
    breaks: 'List: every running or committing task',
    change: (own) => ({ listed: (world) => own.listed(world).slice(0, 10) }),
  },
  'local-time-as-utc': {
    says: 'the start in the verbose answer is the time of a place two hours ahead, marked as UTC',
    breaks: 'Timestamps: not more than a minute in the future',
    uncounted: 'that row of the stance is a should: RFC 9110 and the docs name no time that is too late',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        const ahead = (time: unknown) =>
          new Date(Date.parse(String(time)) + 7_200_000).toISOString().replace(/\.\d+/, '');
        return verbose ? { ...body, started: ahead(body.started) } : body;
      },
    }),
  },
});
