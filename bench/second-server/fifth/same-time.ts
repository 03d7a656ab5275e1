/** Faults of parallel requests: races, lost updates, shared buffers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { faultsOf } from '../fault.ts';
import { type Call, flag, hasEnded, phaseOf, problem, type Reply, type Rules, type World } from '../rules.ts';
import { givesTtl, named, others, rowsOf, slow, under } from '../tools.ts';

/** Serves the calls of one operation slowly, and notes those that arrived beside another one that fits. */
function noting(
  own: Rules,
  operation: Call['operation'],
  fits: (call: Call, other: Call) => boolean,
): { late: WeakMap<Call, Call>; serve: Rules['serve'] } {
  const late = new WeakMap<Call, Call>();
  const slowly = slow(own, [operation], 15);
  return {
    late,
    async serve(call: Call, world: World): Promise<Reply> {
      const other =
        call.operation === operation
          ? others(call, world, operation).find((one) => fits(call, one))
          : undefined;
      if (other) late.set(call, other);
      return slowly.serve(call, world);
    },
  };
}
const sameTask = (call: Call, other: Call) => call.segment === other.segment;
const otherTask = (call: Call, other: Call) => call.segment !== other.segment;
const always = () => true;

export const sameTimeFaults = faultsOf('same time', {
  'w-details-in-one-buffer': {
    says:
      'Of two verbose reads of different tasks at the same time, the later one gets the body of the ' +
      'earlier.',
    breaks: 'A read shows the id that was asked for',
    change(own) {
      const isVerbose = (call: Call) => flag(call, 'verbose') === true;
      const { late, serve } = noting(
        own,
        'read',
        (call, other) => otherTask(call, other) && isVerbose(call) && isVerbose(other),
      );
      return {
        serve,
        read(call, world) {
          const reply = own.read(call, world);
          const other = late.get(call);
          return other && reply.code === 200 ? own.read({ ...other, resultTtl: undefined }, world) : reply;
        },
      };
    },
  },
  'w-locked-is-unknown': {
    says: 'While a cancel of a task is being worked on, its row is locked and reads of it give 404.',
    breaks: 'After an accepted cancel: still readable; status by phase',
    change: (own) => ({
      ...slow(own, ['cancel'], 40),
      find(id, world, call) {
        const isLocked = others(call, world, 'cancel').some((one) => sameTask(call, one));
        return call.operation === 'read' && isLocked ? undefined : own.find(id, world, call);
      },
    }),
  },
  'w-one-of-two-cancels-is-lost': {
    says: 'Of cancels of different tasks at the same time all are answered 200, but the later ones are lost.',
    breaks: 'After an accepted cancel: leaves queued/started',
    change(own) {
      const { late, serve } = noting(own, 'cancel', otherTask);
      return {
        serve,
        cancel: (call, world) => own.cancel(call, late.has(call) ? under(world, { accept() {} }) : world),
      };
    },
  },
  'w-two-cancels-make-none': {
    says: 'The cancel mark is toggled: two cancels of a task at the same time leave it running.',
    breaks: 'A second cancel at the same time: the task stays out of queued and started',
    change(own) {
      const { late, serve } = noting(own, 'cancel', sameTask);
      return {
        serve,
        cancel(call, world) {
          const reply = own.cancel(call, world);
          const task = late.has(call) ? named(call, world) : undefined;
          if (task && !hasEnded(task)) task.cancelledMs = undefined;
          return reply;
        },
      };
    },
  },
  'w-second-cancel-hits-the-next': {
    says:
      'Of two cancels of a task at the same time, the second stops the next unfinished task in the ' +
      'table.',
    breaks: 'A second cancel at the same time: no other task is touched',
    change(own) {
      const { late, serve } = noting(own, 'cancel', sameTask);
      return {
        serve,
        cancel(call, world) {
          const reply = own.cancel(call, world);
          if (!late.has(call) || reply.code !== 200) return reply;
          const all = [...world.tasks.values()];
          const next = all.find((one) => !hasEnded(one) && one.cancelledMs === undefined);
          if (next) own.accept(next, world);
          return reply;
        },
      };
    },
  },
  'w-borrowed-login': {
    says:
      'The login is kept in a global of the worker: a request without one is let in beside one that ' +
      'has it.',
    breaks: 'No or wrong credentials: exactly 401',
    change: (own) => ({
      async serve(call, world) {
        const hasLogin = () => [...world.inFlight].some((one) => own.admits(one, world));
        const hadLogin = hasLogin();
        await sleep(15);
        const admits = () => hadLogin || hasLogin();
        return own.serve(call, under(world, { admits }));
      },
    }),
  },
  'w-read-writes-the-ttl-back': {
    says: 'A read writes the whole record back, so the TTL that another read sets meanwhile is lost.',
    breaks: 'Retention by X-Result-TTL where given on the read; a read changes nothing',
    change: (own) => ({
      async serve(call, world) {
        const task = call.operation === 'read' && !givesTtl(call) ? named(call, world) : undefined;
        const ttlS = task?.resultTtlS;
        const reply = await own.serve(call, world);
        await sleep(20);
        if (task) task.resultTtlS = ttlS;
        return reply;
      },
    }),
  },
  'w-read-writes-the-phase-back': {
    says:
      'A verbose read writes the record back: a task that changed its phase during it falls back for ' +
      'good.',
    breaks: 'Status never backwards; a read changes nothing about the task',
    change: (own) => ({
      async serve(call, world) {
        const writes = call.operation === 'read' && flag(call, 'verbose') && own.admits(call, world);
        const task = writes ? named(call, world) : undefined;
        const steps = task?.way.length ?? 0;
        if (writes) await sleep(40);
        const reply = await own.serve(call, world);
        if (task && task.way.length > steps) {
          task.way.length = steps;
          task.endedMs = hasEnded(task) ? task.endedMs : undefined;
        }
        return reply;
      },
    }),
  },
  'w-list-by-two-queries': {
    says:
      'The list asks for committing tasks first and for the others later: one that moves between is ' +
      'missing.',
    breaks: 'The list holds every running or committing task',
    change: (own) => ({
      async serve(call, world) {
        if (call.operation !== 'list' || !own.admits(call, world)) return own.serve(call, world);
        const commits = own.listed(world).filter((task) => phaseOf(task) === 'committing');
        await sleep(60);
        const listed = () =>
          own.listed(world).filter((task) => phaseOf(task) !== 'committing' || commits.includes(task));
        return own.list(call, under(world, { listed }));
      },
    }),
  },
  'w-lists-in-one-array': {
    says: 'Lists at the same time fill the same array: the later one shows every task twice.',
    breaks: 'The list holds no task twice',
    change(own) {
      const { late, serve } = noting(own, 'list', always);
      return {
        serve,
        list(call, world) {
          const rows = rowsOf(world);
          return { code: 200, body: late.has(call) ? [...rows, ...rows] : rows };
        },
      };
    },
  },
  'w-list-stale-while-busy': {
    says: 'A list that is asked for beside another one is answered with the last complete list, however old.',
    breaks: 'The list holds every running task; rows agree with a single read',
    change(own) {
      let last: Reply | undefined;
      const slowly = slow(own, ['list'], 15);
      return {
        async serve(call, world) {
          const isBusy = call.operation === 'list' && others(call, world, 'list').length > 0;
          return isBusy && last && own.admits(call, world) ? last : slowly.serve(call, world);
        },
        list(call, world) {
          last = own.list(call, world);
          return last;
        },
      };
    },
  },
  'w-force-of-the-neighbour': {
    says: 'Beside a forced cancel of another task, a cancel without force of a committing task is accepted.',
    breaks: 'Cancel committing: 406, and the task is untouched',
    change(own) {
      const { late, serve } = noting(
        own,
        'cancel',
        (call, other) => otherTask(call, other) && flag(other, 'force') === true,
      );
      return {
        serve,
        cancel: (call, world) => own.cancel({ ...call, query: late.get(call)?.query ?? call.query }, world),
      };
    },
  },
  'w-cancel-pool-of-four': {
    says: 'A fifth cancel while four are being worked on is rejected by the thread pool with 500.',
    breaks: 'Cancel queued, running: 200',
    change: (own) => ({
      async serve(call, world) {
        const isFull = call.operation === 'cancel' && others(call, world, 'cancel').length >= 4;
        if (isFull && own.admits(call, world)) return problem(500, 'RejectedExecution');
        return slow(own, ['cancel'], 40).serve(call, world);
      },
    }),
  },
  'w-ttl-of-the-neighbour': {
    says:
      'Of reads with different X-Result-TTL at the same time, the later task gets the TTL of the ' +
      'earlier.',
    breaks: 'Retention by X-Result-TTL for that task alone',
    change(own) {
      const { late, serve } = noting(own, 'read', (call, other) => otherTask(call, other) && givesTtl(other));
      return {
        serve,
        retain(task, call, world) {
          own.retain(task, givesTtl(call) ? (late.get(call) ?? call) : call, world);
        },
      };
    },
  },
});
