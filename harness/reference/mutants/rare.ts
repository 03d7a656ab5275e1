/** Wrong now and then: in one answer of so many, or only at first. */
import { contractButWhen, type RulesChange } from '../change.ts';
import type { Mutant } from '../mutant.ts';
import type { Operation, RulesInTime } from '../rules.ts';

/** Breaks the rules in one of so many requests of one operation, drawn by the cluster's seed. */
const oneIn = (times: number, operation: Operation, change: RulesChange): RulesInTime =>
  contractButWhen((moment) => moment.operation === operation && moment.luck < 1 / times, change);

/** Breaks the rules from so many seconds after its start on. */
const after = (seconds: number, change: RulesChange): RulesInTime =>
  contractButWhen(({ upMs }) => upMs >= seconds * 1000, change);

export const rareMutants: readonly Mutant[] = [
  {
    id: 'rare-list-wrapped',
    breaks: 'one list of twenty is wrapped into {"tasks": […]}',
    rules: oneIn(20, 'list', { list: { answer: (tasks) => ({ tasks }) } }),
    killedBy: ['list.schema'],
    mayFail: [],
    profile: 'full',
  },
  {
    id: 'rare-read-as-html',
    breaks: 'one read of twenty is sent as text/html',
    rules: oneIn(20, 'read', { transport: { mediaType: { read: 'text/html' } } }),
    killedBy: ['read.media-type'],
    mayFail: [],
    profile: 'full',
  },
  {
    id: 'rare-cancel-does-nothing',
    breaks: 'one accepted cancel of twenty does nothing',
    rules: oneIn(20, 'cancel', {
      cancel: { effect: { graceful: { endsAs: 'nothing' }, forced: { endsAs: 'nothing' } } },
    }),
    killedBy: ['cancel.leaves'],
    mayFail: [],
    profile: 'full',
  },
  {
    id: 'late-list-wrapped',
    breaks: 'after 30 s the list is wrapped into {"tasks": […]}',
    rules: after(30, { list: { answer: (tasks) => ({ tasks }) } }),
    killedBy: ['list.schema'],
    mayFail: [],
    profile: 'nightly',
  },
  {
    id: 'late-read-open',
    breaks: 'after 30 s a read asks for no credentials',
    rules: after(30, {
      auth: { overlooks: { read: ['absent', 'malformed', 'unknown user', 'wrong password'] } },
    }),
    killedBy: ['read.status.401'],
    mayFail: [],
    profile: 'nightly',
  },
  {
    id: 'late-cancel-does-nothing',
    breaks: 'after 30 s an accepted cancel does nothing',
    rules: after(30, {
      cancel: { effect: { graceful: { endsAs: 'nothing' }, forced: { endsAs: 'nothing' } } },
    }),
    killedBy: ['cancel.leaves'],
    mayFail: [],
    profile: 'nightly',
  },
];
