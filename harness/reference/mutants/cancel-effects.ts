/** Cancels that are answered rightly and do the wrong thing. */
import { contractBut, type RulesChange } from '../change.ts';
import { rules } from '../contract.ts';
import type { Mutant } from '../mutant.ts';
import { doneBut, type Route } from '../rules.ts';

type EffectChange = NonNullable<NonNullable<NonNullable<RulesChange['cancel']>['effect']>['graceful']>;
const effect = (change: EffectChange) =>
  contractBut({ cancel: { effect: { graceful: change, forced: change } } });

const requeued = doneBut(409, { endsAs: 'queued' });

const cancelPath = '/v1/crdb_tasks/{id}/actions/cancel';
const alsoByGet = (operation: Route['operation']) =>
  contractBut({ routes: [...rules.routes, { operation, method: 'GET', path: cancelPath }] });

export const cancelEffectMutants: readonly Mutant[] = [
  {
    id: 'cancel-does-nothing',
    breaks: 'a cancel is accepted, and the task runs on',
    rules: effect({ endsAs: 'nothing' }),
    killedBy: ['cancel.leaves'],
    mayFail: [],
  },
  {
    id: 'forced-does-nothing',
    breaks: 'a forced cancel is accepted, and the task runs on',
    rules: contractBut({ cancel: { effect: { forced: { endsAs: 'nothing' } } } }),
    killedBy: ['cancel.leaves'],
    mayFail: [],
  },
  {
    id: 'cancel-a-minute-late',
    breaks: 'a cancelled task ends after a minute',
    rules: effect({ afterMs: 60_000 }),
    killedBy: ['cancel.leaves'],
    mayFail: [],
  },
  {
    id: 'cancel-requeues',
    breaks: 'a cancelled task is queued again',
    rules: effect({ endsAs: 'queued' }),
    killedBy: ['cancel.leaves'],
    mayFail: [],
  },
  {
    id: 'cancelled-comes-back',
    breaks: 'a cancelled task runs again a second later',
    rules: effect({ afterwards: { phase: 'running', afterMs: 1000 } }),
    killedBy: ['cancel.stays-out'],
    mayFail: ['cancel.leaves'], // where the network hides that it was out for 1 s
  },
  {
    id: 'cancelled-is-queued-again',
    breaks: 'a cancelled task is queued again after 1.5 s',
    rules: effect({ afterwards: { phase: 'queued', afterMs: 1500 } }),
    killedBy: ['cancel.stays-out'],
    mayFail: ['cancel.leaves'], // where the network hides that it was out for 1.5 s
  },
  {
    id: 'cancel-finishes',
    breaks: 'a cancelled task ends as finished',
    rules: effect({ endsAs: 'finished' }),
    killedBy: ['cancel.not-finished'],
    mayFail: [],
  },
  {
    id: 'cancelled-finishes-later',
    breaks: 'a cancelled task shows as failed, and a second later as finished',
    rules: effect({ afterwards: { phase: 'finished', afterMs: 1000 } }),
    killedBy: ['cancel.not-finished'],
    mayFail: [],
  },
  {
    id: 'cancel-forgets',
    breaks: 'a cancelled task is gone at once',
    rules: effect({ forgets: true }),
    killedBy: ['cancel.still-readable'],
    mayFail: [],
  },
  {
    id: 'cancelled-expires-at-once',
    breaks: 'a cancelled task is gone as soon as it has ended',
    rules: contractBut({ retention: { share: { cancelled: 0 } } }),
    killedBy: ['cancel.still-readable'],
    mayFail: [],
  },
  {
    id: 'cancels-neighbour',
    breaks: 'a cancel ends the task that was made before too',
    rules: effect({ alsoEnds: 'neighbour' }),
    killedBy: ['cancel.that-task-alone'],
    mayFail: [],
  },
  {
    id: 'cancels-all',
    breaks: 'a cancel ends all tasks',
    rules: effect({ alsoEnds: 'all tasks' }),
    killedBy: ['cancel.that-task-alone'],
    mayFail: [],
  },
  {
    id: 'cancel-rewrites-ended',
    breaks: 'a cancel of a finished task is refused with 406, and the task is failed from then on',
    rules: contractBut({
      cancel: { outcome: { finished: { graceful: doneBut(406), forced: doneBut(406) } } },
    }),
    killedBy: ['cancel.ended.untouched'],
    mayFail: [],
  },
  {
    id: 'cancel-restarts-failed',
    breaks: 'a cancel of a failed task is refused with 409, and the task is queued again',
    rules: contractBut({ cancel: { outcome: { failed: { graceful: requeued, forced: requeued } } } }),
    killedBy: ['cancel.ended.untouched'],
    mayFail: [],
  },
  {
    id: 'cancels-by-get',
    breaks: 'GET on the cancel path cancels',
    rules: alsoByGet('cancel'),
    killedBy: ['cancel.by-get.no-effect', 'cancel.by-get.refused'],
    mayFail: [],
  },
  {
    id: 'get-refused-but-done',
    breaks: 'GET on the cancel path is refused with 405, and cancels',
    rules: contractBut({ paths: { wrongMethod: doneBut(405) } }),
    killedBy: ['cancel.by-get.no-effect'],
    mayFail: [],
  },
  {
    id: 'get-on-cancel-reads',
    breaks: 'GET on the cancel path is answered with the task',
    rules: alsoByGet('read'),
    killedBy: ['cancel.by-get.refused'],
    mayFail: [],
  },
];
