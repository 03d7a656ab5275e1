/** The fourth set: races between parallel requests. */
import { setTimeout as sleep } from 'node:timers/promises';
import { faultsOf } from '../fault.ts';
import { type Call, flag, notFound, problem, type Reply, refusedLogin } from '../rules.ts';
import { named, others, slow } from '../tools.ts';

export const sameTimeFaults = faultsOf('same time', {
  'v-parallel-reads-share-the-id': {
    says: 'The id of a read waits in a shared variable: parallel reads all show the task of the last one.',
    breaks: 'A read shows the id that was asked for',
    change: (own) => {
      let current: Call | undefined;
      return {
        async serve(call, world) {
          if (call.operation !== 'read' || !world.rules.admits(call, world)) return own.serve(call, world);
          current = call;
          await sleep(15);
          return own.serve({ ...call, segment: current.segment }, world);
        },
      };
    },
  },
  'v-parallel-force-is-shared': {
    says: 'A cancel without force is forced if one with force is on its way with it, of whatever task.',
    breaks: 'Cancel committing without force: 406, and the task is untouched',
    change: (own) => ({
      async serve(call, world) {
        if (call.operation !== 'cancel' || !own.admits(call, world)) return own.serve(call, world);
        const isShared = () => others(call, world, 'cancel').some((other) => flag(other, 'force'));
        const wasShared = isShared();
        await sleep(20);
        const query = wasShared || isShared() ? new URLSearchParams('force=true') : call.query;
        return own.serve({ ...call, query }, world);
      },
    }),
  },
  'v-anonymous-rides-along': {
    says: 'A read without a right login passes while one of the same task with a right one is on its way.',
    breaks: 'No credentials: exactly 401 on each operation',
    change: (own) => ({
      async serve(call, world) {
        if (call.operation !== 'read') return own.serve(call, world);
        const alike = others(call, world, 'read').filter((other) => other.segment === call.segment);
        const isAdmitted = own.admits(call, world) || alike.some((other) => own.admits(other, world));
        await sleep(25);
        return isAdmitted ? world.rules.read(call, world) : refusedLogin;
      },
    }),
  },
  'v-joined-reads-lose-the-ttl': {
    says: 'A read joins the one of the same task that is on its way, and its X-Result-TTL is lost.',
    breaks: 'Retention by X-Result-TTL where given on the read',
    change: (own) => {
      const onTheirWay = new Map<string, Promise<Reply>>();
      return {
        async serve(call, world) {
          if (call.operation !== 'read' || !own.admits(call, world)) return own.serve(call, world);
          const key = `${call.segment}?${call.query}`;
          const earlier = onTheirWay.get(key);
          if (earlier) return earlier;
          const answer = sleep(15).then(() => own.serve(call, world));
          onTheirWay.set(key, answer);
          return answer.finally(() => onTheirWay.delete(key));
        },
      };
    },
  },
  'v-joined-lists-share-a-refusal': {
    says: 'A list joins the list that is on its way, and has its answer, a refusal of its login too.',
    breaks: 'What is a 200 of the two reads: a right login is answered',
    change: (own) => {
      let onItsWay: Promise<Reply> | undefined;
      return {
        async serve(call, world) {
          if (call.operation !== 'list') return own.serve(call, world);
          onItsWay ??= sleep(25)
            .then(() => own.serve(call, world))
            .finally(() => {
              onItsWay = undefined;
            });
          return onItsWay;
        },
      };
    },
  },
  'v-ttl-read-undoes-a-cancel': {
    says: 'A read with X-Result-TTL writes the whole task back: a cancel accepted in between is undone.',
    breaks: 'After an accepted cancel: leaves queued and started within the settle time',
    change: (own) => ({
      async serve(call, world) {
        const task = call.operation === 'read' && call.resultTtl ? named(call, world) : undefined;
        if (!task || !own.admits(call, world)) return own.serve(call, world);
        const { cancelledMs } = task;
        await sleep(40);
        const reply = await own.serve(call, world);
        task.cancelledMs = cancelledMs;
        return reply;
      },
    }),
  },
  'v-parallel-cancels-annul-each-other': {
    says: 'Two cancels of one task at the same time are both accepted, and the second takes back the first.',
    breaks: 'A second cancel at the same time: the task stays out of queued and started',
    change: (own) => ({
      ...slow(own, ['cancel'], 10),
      accept(task, world) {
        const sinceMs = world.now() - (task.cancelledMs ?? Number.NEGATIVE_INFINITY);
        if (sinceMs < 8) task.cancelledMs = undefined;
        else own.accept(task, world);
      },
    }),
  },
  'v-parallel-cancel-takes-back-the-other': {
    says: 'Cancels wait in one place: one within 80 ms of another, of another task, replaces it.',
    breaks: 'After an accepted cancel: leaves queued and started within the settle time',
    change: (own) => {
      let last = { id: '', atMs: Number.NEGATIVE_INFINITY };
      return {
        accept(task, world) {
          const earlier = world.tasks.get(last.id);
          if (earlier && earlier !== task && world.now() - last.atMs < 80) earlier.cancelledMs = undefined;
          last = { id: task.id, atMs: world.now() };
          own.accept(task, world);
        },
      };
    },
  },
  'v-twenty-reads-are-too-many': {
    says: 'Of more than twenty requests at the same time, those beyond are answered with 500.',
    breaks: 'What is a 200 of the two reads; status by phase',
    change: (own) => ({
      async serve(call, world) {
        if (world.inFlight.size > 20) return problem(500, 'The pool is exhausted');
        if (call.operation === 'read') await sleep(30);
        return own.serve(call, world);
      },
    }),
  },
  'v-list-doubles-what-is-read': {
    says: 'A list has a row twice while its task is being read, as a lent row is put back too early.',
    breaks: 'What must the list hold: no task twice',
    change: (own) => ({
      ...slow(own, ['read', 'list'], 15),
      list(call, world) {
        const reply = own.list(call, world);
        const lent = new Set(others(call, world, 'read').map((read) => named(read, world)?.id));
        const tasks = world.rules.listed(world).filter(({ id }) => lent.has(id));
        const rows = tasks.map((task) => world.rules.body(task, false, world));
        return Array.isArray(reply.body) ? { ...reply, body: [...reply.body, ...rows] } : reply;
      },
    }),
  },
  'v-cancel-is-lost-while-listing': {
    says: 'A cancel that is accepted while a list is on its way does not get the lock and has no effect.',
    breaks: 'After an accepted cancel: leaves queued and started within the settle time',
    change: (own) => ({
      ...slow(own, ['list'], 40),
      accept(task, world) {
        const isListing = [...world.inFlight].some((call) => call.operation === 'list');
        if (!isListing) own.accept(task, world);
      },
    }),
  },
  'v-cache-is-filled-after-a-cancel': {
    says: 'A read that began before a cancel and ends after it leaves its old status in the cache for good.',
    breaks: 'After an accepted cancel: leaves queued and started within the settle time',
    change: (own) => {
      const cache = new Map<string, string>();
      return {
        async serve(call, world) {
          const task = call.operation === 'read' ? named(call, world) : undefined;
          if (!task || !own.admits(call, world)) return own.serve(call, world);
          const before = { status: own.status(task, world), cancelledMs: task.cancelledMs };
          await sleep(30);
          if (before.cancelledMs !== task.cancelledMs) cache.set(task.id, before.status);
          return own.serve(call, world);
        },
        status: (task, world) => cache.get(task.id) ?? own.status(task, world),
      };
    },
  },
  'v-read-beside-a-cancel-is-404': {
    says: 'While a cancel of a task is on its way, refused or not, a read of the task is answered with 404.',
    breaks: 'Status by phase; after an accepted cancel: still readable',
    change: (own) => ({
      ...slow(own, ['cancel'], 40),
      read(call, world) {
        const isTaken = others(call, world, 'cancel').some((other) => other.segment === call.segment);
        return isTaken ? notFound : own.read(call, world);
      },
    }),
  },
  'v-parallel-ttls-are-mixed-up': {
    says: 'Of parallel reads with X-Result-TTL, each sets the TTL that came last, whatever its task.',
    breaks: 'Retention: by X-Result-TTL for that task alone',
    change: (own) => {
      let resultTtl: string | undefined;
      return {
        async serve(call, world) {
          if (call.resultTtl === undefined || !own.admits(call, world)) return own.serve(call, world);
          resultTtl = call.resultTtl;
          await sleep(15);
          return own.serve({ ...call, resultTtl }, world);
        },
      };
    },
  },
});
