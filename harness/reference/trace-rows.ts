/** For own tests: the chapter of the story that goes through tables, for servers that are wrong in one row alone. */
import { phases } from './task.ts';
import type { Teller } from './trace-teller.ts';

const everyForce = ['', '?force=false', '?force=true'];
const everyVerbose = ['', '?verbose=false', '?verbose=true'];

export function tellRows(telling: Teller): void {
  cancels(telling);
  ids(telling);
  ages(telling);
  plainReads(telling);
  steps(telling);
}

function cancels({ ask, one, cancel, held, tasks, clock }: Teller): void {
  for (const phase of phases) {
    for (const force of everyForce) {
      const id = held('row', phase);
      ask('POST', cancel(id) + force, { authorization: undefined });
      clock.pass(1000);
      ask('GET', one(id));
      const failing = tasks.create({ id: 'failing-row', phase, cancelFails: true }).id;
      ask('POST', cancel(failing) + force);
    }
    const byGet = held('by-get', phase);
    ask('GET', cancel(byGet));
    clock.pass(1000);
    ask('GET', one(byGet));
    const before = held('row-001', phase);
    ask('POST', cancel(held('row-002', 'running')));
    clock.pass(1000);
    ask('GET', one(before));
  }
}

function ids({ ask, one, cancel, held, tasks }: Teller): void {
  for (const id of ['nobody', '..%2F..%2Fetc', '%zz', '%27', '%F0%9F%92%A5']) {
    for (const force of everyForce) ask('POST', cancel(id) + force);
    for (const verbose of everyVerbose) ask('GET', one(id) + verbose);
  }
  const running = held('row', 'running');
  for (const verbose of ['', '2', '"; --']) ask('GET', `${one(running)}?verbose=${verbose}`);
  const expired = tasks.create({ id: 'expired', phase: 'finished' });
  tasks.age(expired, 600);
  for (const force of everyForce) ask('POST', cancel(expired.id) + force);
}

/** Reads of ended and of unfinished tasks at ages, in seconds, near to what they are kept for. */
function ages({ ask, one, tasks }: Teller): void {
  for (const [phase, resultTtlS, ageS] of [
    ['failed', undefined, 460],
    ['finished', undefined, 510],
    ['finished', undefined, 4000],
    ['finished', 1000, 950],
    ['finished', 1000, 1500],
    ['failed', 1000, 950],
    ['finished', 7200, 5000],
    ['queued', 60, 1000],
    ['running', 60, 1000],
    ['committing', 60, 1000],
  ] as const) {
    const task = tasks.create({ id: 'row', phase, ...(resultTtlS === undefined ? {} : { resultTtlS }) });
    tasks.age(task, ageS);
    for (const verbose of everyVerbose) ask('GET', one(task.id) + verbose);
  }
  for (const [phase, resultTtl, ageS] of [
    ['finished', '60', 70],
    ['finished', '1000', 950],
    ['finished', '1.5', 100],
    ['queued', '60', 1000],
    ['running', '60', 1000],
    ['committing', '60', 1000],
  ] as const) {
    for (const verbose of everyVerbose) {
      const task = tasks.create({ id: 'row', phase });
      ask('GET', one(task.id) + verbose, { resultTtl });
      tasks.age(task, ageS);
      ask('GET', one(task.id));
    }
  }
}

/** A task that is read at one age, and again at another. */
function plainReads({ ask, one, tasks }: Teller): void {
  for (const [resultTtl, readAtS, againS] of [
    [undefined, 250, 450],
    [undefined, 490, 520],
    ['60', 30, 100],
    ['1000', 300, 700],
  ] as const) {
    for (const verbose of everyVerbose) {
      const task = tasks.create({ id: 'row', phase: 'finished' });
      if (resultTtl !== undefined) ask('GET', one(task.id), { resultTtl });
      tasks.age(task, readAtS);
      ask('GET', one(task.id) + verbose);
      tasks.age(task, againS - readAtS);
      ask('GET', one(task.id));
    }
  }
}

function steps({ ask, one, list, tasks }: Teller): void {
  for (const [from, to] of [
    ['queued', 'running'],
    ['running', 'finished'],
    ['running', 'failed'],
    ['committing', 'finished'],
  ] as const) {
    const task = tasks.create({ id: 'row', phase: from });
    ask('GET', one(task.id));
    tasks.move(task, to);
    ask('GET', one(task.id));
    list();
  }
}
