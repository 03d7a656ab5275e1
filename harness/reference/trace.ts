/** For own tests: a life of some tasks, told by all answers. It is enough to tell each wrong server from the contract. */
import { basic } from './requests-in.ts';
import type { RulesInTime } from './rules.ts';
import { phases } from './task.ts';
import { tellRows } from './trace-rows.ts';
import { teller } from './trace-teller.ts';

/** @returns one line for each request and its answer, the same for the same rules */
export function story(rulesInTime: RulesInTime): readonly string[] {
  const telling = teller(rulesInTime);
  const { told, tasks, clock, own, ask, one, cancel, list, held } = telling;

  list();
  for (const phase of phases) {
    const id = held(phase, phase);
    for (const query of ['', '?verbose=true', '?verbose=false', '?verbose=maybe', ''])
      ask('GET', one(id) + query);
    list();
    for (const force of ['', '?force=false', '?force=true']) {
      const cancelled = held(`${phase}${force.slice(-4)}`, phase);
      ask('POST', cancel(cancelled) + force);
      for (const passMs of [0, 40, 1100, 1000, 60_000]) {
        clock.pass(passMs);
        ask('GET', one(cancelled));
      }
      clock.pass(100_000);
      ask('GET', one(cancelled));
      clock.pass(200_000);
      ask('GET', one(cancelled));
    }
    list();
    clock.pass(500_000);
    list();
    ask('GET', one(id));
    ask('POST', cancel(id));
  }
  held('lives', 'running');
  for (const id of [
    'queuedrue',
    'runningrue',
    'nobody',
    'x'.repeat(2000),
    'a%2Fb',
    'lives%00',
    '%7Blives%7D',
    'live',
    'lives%2F',
    'LIVES',
  ]) {
    ask('GET', one(id));
    ask('POST', cancel(id));
  }
  const twice = held('twice', 'running');
  ask('POST', cancel(twice));
  ask('POST', cancel(twice));
  const byGet = held('by-get', 'running');
  ask('GET', cancel(byGet));
  clock.pass(1000);
  ask('GET', one(byGet));
  for (const authorization of [
    undefined,
    'Basic %%%',
    basic('no', 'password'),
    basic('user', 'no'),
    own.replace('Basic', 'basic'),
  ]) {
    const id = held('guarded', 'running');
    list();
    ask('GET', '/v1/crdb_tasks', { authorization });
    for (const named of [id, 'nobody']) {
      ask('GET', one(named), { authorization });
      ask('POST', cancel(named), { authorization });
    }
    clock.pass(1000);
    ask('GET', one(id));
  }
  for (const resultTtl of ['60', '1000', '7200', '-1', 'soon', '60s']) {
    const before = held('before', 'finished');
    const id = held('with-ttl', 'finished');
    ask('GET', one(id), { resultTtl });
    const after = tasks.create({ id: 'after', phase: 'finished' }).id;
    const made = tasks.create({ id: 'made', phase: 'finished', resultTtlS: 60 }).id;
    const later = held('later', 'finished');
    for (const passS of [1, 57, 3, 200, 235, 10, 5, 500, 2700, 3700]) {
      clock.pass(passS * 1000);
      for (const task of [before, id, after, made, later]) ask('GET', one(task));
    }
  }
  clock.pass(700);
  const brief = tasks.create({ id: 'brief', phase: 'finished', resultTtlS: 2 }).id;
  for (let tenth = 0; tenth < 40; tenth++) {
    clock.pass(100);
    ask('GET', one(brief));
  }
  const reread = held('reread', 'finished');
  clock.pass(30_000);
  ask('GET', one(reread), { resultTtl: '60' });
  clock.pass(40_000);
  ask('GET', one(reread));
  const long = tasks.create({ id: 'long', phase: 'queued', resultTtlS: 60 });
  clock.pass(100_000);
  ask('GET', one('long'));
  tasks.move(long, 'running');
  clock.pass(100_000);
  tasks.move(long, 'finished');
  ask('GET', one('long'));
  const unasked = held('unasked', 'finished');
  ask('GET', one(unasked), { resultTtl: '60', authorization: undefined });
  const stubborn = tasks.create({ id: 'stubborn', phase: 'running', cancelFails: true }).id;
  ask('POST', `${cancel(stubborn)}?force=true`);
  const begun = held('begun', 'running');
  ask('GET', one(begun), { resultTtl: '60' });
  clock.pass(100_000);
  for (const id of [unasked, begun]) ask('GET', one(id));
  const failing = tasks.create({ id: 'failing', phase: 'running', cancelFails: true }).id;
  ask('POST', cancel(failing));
  const doomed = held('refused', 'committing');
  ask('POST', cancel(doomed));
  const task = tasks.get(doomed);
  if (task) tasks.move(task, 'finished');
  ask('GET', one(doomed));
  const quick = tasks.create({ id: 'quick', phase: 'running' });
  ask('GET', one('quick'));
  tasks.move(quick, 'finished');
  ask('GET', one('quick'));
  for (const query of ['', '?verbose=true']) {
    const failed = held('failed', 'failed');
    const finished = held('finished', 'finished');
    for (const id of [failed, finished]) ask('GET', one(id) + query, { resultTtl: '60' });
    const seen = held('seen', 'finished');
    ask('GET', one(seen), { resultTtl: '60', authorization: basic('no', 'password') });
    clock.pass(100_000);
    for (const id of [failed, finished, seen]) ask('GET', one(id) + query);
  }
  const grown = tasks.create({ id: 'grown', phase: 'queued' });
  for (const next of ['running', 'committing'] as const) {
    tasks.move(grown, next);
    ask('GET', one('grown'));
  }
  for (let round = 0; round < 20; round++) {
    const id = held(`again${round}`, 'running');
    list();
    ask('POST', cancel(id));
    clock.pass(1000);
    ask('GET', one(id));
  }
  held('ends-in-001', 'running');
  ask('GET', one('ends-in-0010'));
  for (const lives of [['running', 'failed'], ['finished']] as const) {
    const often = tasks.create({ id: 'often', phase: 'queued' });
    for (const next of lives) tasks.move(often, next);
    for (let times = 0; times < 7; times++) ask('GET', one('often'));
  }
  tellRows(telling);
  for (const listed of [...tasks.all()]) ask('DELETE', `/_control/v1/tasks/${listed.id}`);
  list();
  return told;
}
