/** Faults of the third set: in what one request is answered, in two things together, and in ids. */
import { type Fault, faultsOf } from '../fault.ts';
import { flag, hasEnded, notFound, phaseOf, problem, type Task } from '../rules.ts';
import { named } from '../tools.ts';

const plain = faultsOf('plain', {
  'list-with-byte-order-mark': {
    says: 'The list begins with a byte order mark, which JSON forbids',
    breaks: 'What is a 200 of the two reads?',
    change: (own) => ({
      list(call, world) {
        const reply = own.list(call, world);
        return { ...reply, text: `\uFEFF${JSON.stringify(reply.body)}` };
      },
    }),
  },
  'progress-clusters-map': {
    says: 'progress.clusters is an object by cluster name and not an array',
    breaks: 'What is a 200 of the two reads?',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        const progress = { clusters: { 'one.example': phaseOf(task) }, worker: phaseOf(task) };
        return verbose ? { ...body, progress } : body;
      },
    }),
  },
  'ended-number': {
    says: 'ended is a number of seconds since 1970 and not a string',
    breaks: 'What is a 200 of the two reads?',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        const ended = Math.floor((performance.timeOrigin + (task.endedMs ?? 0)) / 1000);
        return 'ended' in body ? { ...body, ended } : body;
      },
    }),
  },
  'ttl-cut-to-its-digits': {
    says: 'An X-Result-TTL that is no integer counts as the digits it begins with: "2.5" and "2 days" are 2',
    breaks: 'Non-integer X-Result-TTL: the task is unchanged',
    change: () => ({
      retain(task, { resultTtl = '' }) {
        const seconds = Number.parseInt(resultTtl, 10);
        if (seconds >= 0) task.resultTtlS = seconds;
      },
    }),
  },
  'ttl-without-its-sign': {
    says: 'A negative X-Result-TTL counts as the same number without its sign',
    breaks: 'Negative X-Result-TTL: the task is unchanged',
    change: (own) => ({
      retain(task, call, world) {
        own.retain(task, { ...call, resultTtl: call.resultTtl?.replace(/^-/, '') }, world);
      },
    }),
  },
  'verbose-empty-500': {
    says: 'verbose without a value (?verbose= or ?verbose) is a 500',
    breaks: 'Non-boolean verbose: never 5xx',
    change: (own) => ({
      read: (call, world) =>
        call.query.get('verbose') === '' ? problem(500, 'ValueError') : own.read(call, world),
    }),
  },
});

const pairs = faultsOf('two at once', {
  'ttl-not-on-verbose': {
    says: 'X-Result-TTL has no effect on a read with verbose=true',
    breaks: 'Retention: by X-Result-TTL where given, on the read',
    change: (own) => ({
      retain(task, call, world) {
        if (!flag(call, 'verbose')) own.retain(task, call, world);
      },
    }),
  },
  'verbose-blind-to-cancel': {
    says: 'A verbose read shows a cancelled task as started for ever, while a plain one shows it as failed',
    breaks: 'verbose=true contradicts no field',
    change: (own) => ({
      status: (task, world) =>
        task.notes.asksVerbose === 1 && task.cancelledMs !== undefined ? 'started' : own.status(task, world),
      body(task, verbose, world) {
        task.notes.asksVerbose = verbose ? 1 : 0;
        return own.body(task, verbose, world);
      },
    }),
  },
  'own-ttl-not-cancellable': {
    says: 'A queued or running task that has a retention of its own cannot be cancelled: 406',
    breaks: 'Cancel queued, running: 200',
    change: (own) => ({
      decide: (task, force, world) =>
        task.resultTtlS !== undefined && !force ? 406 : own.decide(task, force, world),
    }),
  },
  'queued-to-committing-unseen': {
    says: 'A task that goes from queued to committing without having been running still shows as queued',
    breaks: 'Status by phase',
    change: (own) => ({
      status: (task, world) =>
        task.way.at(-2) === 'queued' && phaseOf(task) === 'committing' ? 'queued' : own.status(task, world),
    }),
  },
  'failed-not-kept-longer': {
    says: 'On a failed task, an X-Result-TTL on the read that is longer than what it has is ignored',
    breaks: 'Failed tasks: readable for the retention, like finished ones',
    change: (own) => ({
      retain(task, call, world) {
        const isLonger = Number(call.resultTtl) > (task.resultTtlS ?? 500);
        if (!isLonger || phaseOf(task) !== 'failed') own.retain(task, call, world);
      },
    }),
  },
  'force-false-on-queued': {
    says: 'A cancel of a queued task that says force=false in so many words is refused with 406',
    breaks: 'Cancel queued, with or without force: 200; force=false is no force',
    change: (own) => ({
      cancel(call, world) {
        const task = named(call, world);
        const isRefused = call.query.get('force') === 'false' && task && phaseOf(task) === 'queued';
        return isRefused && task.cancelledMs === undefined ? problem(406, 'No') : own.cancel(call, world);
      },
    }),
  },
  'committing-and-failing-409': {
    says: 'A cancel without force of a committing task whose cancel would fail is answered with 409 and not 406',
    breaks: 'Cancel committing: 406',
    change: (own) => ({
      decide: (task, force, world) =>
        task.cancelFails && phaseOf(task) === 'committing' ? 409 : own.decide(task, force, world),
    }),
  },
  'forced-failure-ends-it': {
    says: 'A forced cancel that fails is answered with 409, but the task ends all the same',
    breaks: 'Status by phase (a cancel that was not accepted)',
    uncounted: 'no page says what a failed attempt leaves of the task',
    change: (own) => ({
      decide(task, force, world) {
        const code = own.decide(task, force, world);
        if (code === 409 && force) own.accept(task, world);
        return code;
      },
    }),
  },
  'get-with-force-cancels': {
    says: 'GET on the cancel path is answered with 405, but with force=true it cancels the task',
    breaks: 'Cancel by GET never cancels',
    change: (own) => ({
      otherMethod(call, method, world) {
        const task = named(call, world);
        const isCancel = call.operation === 'cancel' && method === 'GET' && flag(call, 'force');
        if (isCancel && task && !hasEnded(task)) own.accept(task, world);
        return own.otherMethod(call, method, world);
      },
    }),
  },
  'negative-ttl-on-running': {
    says: 'A negative X-Result-TTL on the read of a task that has not ended makes the task unknown',
    breaks: 'Negative X-Result-TTL: the task is unchanged',
    change: (own) => ({
      retain(task, call, world) {
        if (/^-\d+$/.test(call.resultTtl ?? '') && !hasEnded(task)) task.notes.gone = 1;
        own.retain(task, call, world);
      },
      expiresMs: (task, world) => (task.notes.gone === 1 ? 0 : own.expiresMs(task, world)),
    }),
  },
});

/** Finds by the exact id, or else the first task that another test fits. */
const orElse = (fits: (id: string, task: Task, place: number) => boolean): Fault['change'] => {
  return (own) => ({
    find(id, world, call) {
      const other = [...world.tasks.values()].find((task, place) => fits(id, task, place));
      return own.find(id, world, call) ?? (other && own.find(other.id, world, call));
    },
  });
};

const likePattern = (id: string) =>
  new RegExp(
    `^${id
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('%', '.*')
      .replaceAll('_', '.')}$`,
    's',
  );

const ids = faultsOf('ids', {
  'sql-wildcards': {
    says: 'Ids are looked up with LIKE: % and _ of an unknown id stand for any characters of a live one',
    breaks: 'Unknown id, read: 404',
    change: orElse((id, task) => /[%_]/.test(id) && likePattern(id).test(task.id)),
  },
  'tilde-unroutable': {
    says: 'A task whose id has a tilde in it is not found (the route takes only letters, digits, ".", "_", "-")',
    breaks: 'A read shows the id that was asked for',
    change: (own) => ({
      find: (id, world, call) => (id.includes('~') ? undefined : own.find(id, world, call)),
    }),
  },
  'leading-zeros': {
    says: 'Ids of digits are numbers: 007 is the task 7',
    breaks: 'An id that becomes a live one only by adding to it is unknown',
    change: orElse((id, task) => /^\d+$/.test(id) && id.replace(/^0+/, '') === task.id.replace(/^0+/, '')),
  },
  'matrix-parameters': {
    says: 'What follows a semicolon in the id is dropped: ID;v=1 is the task ID',
    breaks: 'An id that becomes a live one only by cutting it is unknown',
    change: (own) => ({ idOf: (segment, call) => own.idOf(segment.replace(/;.*/s, ''), call) }),
  },
  'object-members-500': {
    says: 'An unknown id that is a member of every object (constructor, toString, __proto__) is a 500',
    breaks: 'Unknown id, read: 404',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        if (!task && id in {}) throw new TypeError('task.status is undefined');
        return task;
      },
    }),
  },
  'dashes-do-not-count': {
    says: 'Dashes in ids do not count (a UUID parser): a live id without its dashes finds the task',
    breaks: 'An id that becomes a live one only by adding to it is unknown',
    change: orElse((id, task) => id.replaceAll('-', '') === task.id.replaceAll('-', '')),
  },
  'number-is-a-place': {
    says: 'An unknown id of one or two digits is taken as the place of a task in the order of creation',
    breaks: 'Unknown id, read: 404',
    change: orElse((id, _, place) => /^\d{1,2}$/.test(id) && Number(id) === place),
  },
  'cancel-stops-at-dot': {
    says: 'A cancel takes the id only up to its first dot (a file name without its extension)',
    breaks: 'Cancel unknown: 404; after an accepted cancel, no other task is touched',
    change: (own) => ({
      cancel(call, world) {
        const id = own.idOf(call.segment, call)?.replace(/(.)\..*/s, '$1');
        return id === undefined ? notFound : own.cancel({ ...call, segment: encodeURIComponent(id) }, world);
      },
    }),
  },
  'cancel-by-prefix': {
    says: 'A cancel also ends every task whose id begins with the id of the cancelled one (KEYS id*)',
    breaks: 'After an accepted cancel, no other task is touched',
    change: (own) => ({
      accept(task, world) {
        for (const other of world.tasks.values())
          if (other.id.startsWith(task.id) && !hasEnded(other)) own.accept(other, world);
      },
    }),
  },
});

export const askingFaults: readonly Fault[] = [...plain, ...pairs, ...ids];
