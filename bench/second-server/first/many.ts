/** Faults of one task among many: by its age, its position, their number, its way through the phases. */
import { faultsOf, nth } from '../fault.ts';
import { hasEnded, phaseOf, type Task, type World } from '../rules.ts';

const byId = (a: Task, b: Task) => (a.id < b.id ? -1 : 1);
const alive = (world: World) => [...world.tasks.values()].filter((task) => !hasEnded(task));

export const manyFaults = faultsOf('which one', {
  'list-first-page': {
    says: 'the list shows the first 100 tasks only',
    breaks: 'What must the list hold? Every running or committing task',
    change: (own) => ({ listed: (world) => own.listed(world).slice(0, 100) }),
  },
  'list-newest-20': {
    says: 'the list shows the newest 20 tasks only',
    breaks: 'What must the list hold? Every running or committing task',
    change: (own) => ({ listed: (world) => own.listed(world).slice(-20) }),
  },
  'list-page-overlap': {
    says: 'of more than 50 tasks, the 50th is listed twice',
    breaks: 'What must the list hold? No task twice',
    change: (own) => ({
      listed(world) {
        const all = own.listed(world);
        return [...all.slice(0, 50), ...all.slice(49)].slice(0, all.length > 50 ? undefined : all.length);
      },
    }),
  },
  'list-open-range': {
    says: 'the list leaves out the last task by id, if there are several',
    breaks: 'What must the list hold? Every running or committing task',
    change: (own) => ({
      listed(world) {
        const all = own.listed(world).sort(byId);
        return all.length > 1 ? all.slice(0, -1) : all;
      },
    }),
  },
  'list-skips-first': {
    says: 'the list leaves out the first task by id, if there are more than three',
    breaks: 'What must the list hold? Every running or committing task',
    change: (own) => ({
      listed(world) {
        const all = own.listed(world).sort(byId);
        return all.length > 3 ? all.slice(1) : all;
      },
    }),
  },
  'list-shifted-guids': {
    says: 'from the third row on, a row of the list has the guid of the row before',
    breaks: 'What must the list hold? Every row agrees in guid with a single read',
    change: (own) => ({
      list(_, world) {
        const all = own.listed(world);
        const row = (task: Task, index: number) => ({
          ...own.body(task, false, world),
          crdb_guid: (index > 1 ? (all[index - 1] ?? task) : task).guid,
        });
        return { code: 200, body: all.map(row) };
      },
    }),
  },
  'list-not-alone': {
    says: 'a single running task is not listed',
    breaks: 'What must the list hold? Every running or committing task',
    change: (own) => ({
      listed(world) {
        const all = own.listed(world);
        return all.length === 1 ? [] : all;
      },
    }),
  },
  'list-two-indexes': {
    says: 'a task that came from running into its commit phase is listed twice',
    breaks: 'What must the list hold? No task twice',
    change: (own) => ({
      listed(world) {
        const all = own.listed(world);
        return [...all, ...all.filter(({ way }) => way.includes('running') && way.includes('committing'))];
      },
    }),
  },
  'skipped-running': {
    says: 'a task that went from queued to its commit phase directly can be cancelled there',
    breaks: 'Cancel committing: 406',
    change: (own) => ({
      decide(task, force, world) {
        const skipped = task.way.includes('queued') && !task.way.includes('running');
        return own.decide(task, force || (skipped && !hasEnded(task)), world);
      },
    }),
  },
  'skipped-to-end': {
    says: 'a task that went from queued to its end directly never expires',
    breaks: 'After expiry: 404',
    change: (own) => ({
      expiresMs: (task, world) =>
        task.way.length === 2 && task.way[0] === 'queued'
          ? Number.POSITIVE_INFINITY
          : own.expiresMs(task, world),
    }),
  },
  'committed-450': {
    says: 'a task that ended out of its commit phase is kept for 450 s by default',
    breaks: 'Retention: default 500 s',
    change: (own) => ({
      expiresMs: (task, world) =>
        own.expiresMs(task, world) -
        (task.way.includes('committing') && task.resultTtlS === undefined ? 50_000 : 0),
    }),
  },
  'failed-in-commit': {
    says: 'a task that fails in its commit phase has the status finished',
    breaks: 'Status by phase',
    change: (own) => ({
      status(task, world) {
        const failed = phaseOf(task) === 'failed' && task.way.includes('committing');
        return failed && task.cancelledMs === undefined ? 'finished' : own.status(task, world);
      },
    }),
  },
  'index-zero': {
    says: 'a cancel of the oldest task that has not ended is answered with 404',
    breaks: 'Cancel queued, running: 200',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        return task && call.operation === 'cancel' && alive(world)[0] === task ? undefined : task;
      },
    }),
  },
  'very-first': {
    says: 'the very first task of the server cannot be cancelled: 406',
    breaks: 'Cancel queued, running: 200',
    change: (own) => ({
      decide(task, force, world) {
        world.notes.first ??= [...world.tasks.values()][0]?.createdMs ?? 0;
        return task.createdMs === world.notes.first ? 406 : own.decide(task, force, world);
      },
    }),
  },
  'ended-lru': {
    says: 'only the newest 30 ended tasks are kept',
    breaks: 'Retention: default 500 s',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        const ended = [...world.tasks.values()].filter(hasEnded);
        return task && ended.slice(0, -30).includes(task) ? undefined : task;
      },
    }),
  },
  'cancels-newest': {
    says: 'with more than ten tasks that have not ended, an accepted cancel ends the newest one',
    breaks: 'After an accepted cancel: no other task is touched',
    change: (own) => ({
      accept(task, world) {
        const all = alive(world);
        own.accept((all.length > 10 ? all.at(-1) : undefined) ?? task, world);
      },
    }),
  },
  'every-twentieth-cancel': {
    says: 'every twentieth accepted cancel is lost',
    breaks: 'After an accepted cancel: leaves queued/started',
    change: (own) => ({
      accept(task, world) {
        if (task.cancelledMs !== undefined || nth(world.notes, 'accepted') % 20 !== 0)
          own.accept(task, world);
      },
    }),
  },
});
