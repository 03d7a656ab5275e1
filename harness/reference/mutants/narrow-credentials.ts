/** Credentials that are wrongly looked at by one operation, in one phase or for one doubt alone. */
import { type Doubt, operations } from '../rules.ts';
import type { Phase } from '../task.ts';
import { mutantOf, type Narrow } from './narrow.ts';

const doubts: readonly { readonly doubt: Doubt; readonly words: string; readonly clause: string }[] = [
  { doubt: 'malformed', words: 'a malformed header', clause: 'auth.malformed' },
  { doubt: 'unknown user', words: 'an unknown user', clause: 'auth.unknown-user' },
  { doubt: 'wrong password', words: 'a wrong password', clause: 'auth.wrong-password' },
];

const overlooked: readonly Narrow[] = operations.flatMap((operation) =>
  doubts.map(({ doubt, words, clause }) => ({
    id: `${operation}-overlooks-${doubt.replace(' ', '-')}`,
    breaks: `${words} is overlooked by ${operation} alone`,
    change: { auth: { overlooks: { [operation]: [doubt] } } },
    killedBy: [clause],
  })),
);

const unchallenged: readonly Narrow[] = operations.map((operation) => ({
  id: `${operation}-has-no-challenge`,
  breaks: `a 401 of ${operation} alone carries no WWW-Authenticate`,
  change: { auth: { challenge: null } },
  when: { operation },
  killedBy: ['auth.www-authenticate'],
}));

const lookedUpFirst: readonly Narrow[] = (['read', 'cancel'] as const).map((operation) => ({
  id: `${operation}-looks-up-first`,
  breaks: `by ${operation} alone an unknown id is answered with 404 before the credentials are looked at`,
  change: { auth: { lookupFirst: true } },
  when: { operation },
  killedBy: ['auth.before-lookup'],
}));

const cancelsWithout = [
  { phase: 'queued', force: 'omitted' },
  { phase: 'running', force: 'omitted' },
  { phase: 'running', force: 'true' },
] as const satisfies readonly { readonly phase: Phase; readonly force: string }[];

const opened: readonly Narrow[] = [
  ...cancelsWithout.map(
    ({ phase, force }) =>
      ({
        id: `${phase}-force-${force}-cancel-open`,
        breaks: `a cancel of a ${phase} task with force ${force} alone asks for no credentials`,
        change: { auth: { overlooks: { cancel: ['absent'] } } },
        when: { operation: 'cancel', phase, force },
        killedBy: ['cancel.status.401'],
      }) as const,
  ),
  {
    id: 'first-read-open',
    breaks: 'a read of a task that nobody has read before asks for no credentials',
    change: { auth: { overlooks: { read: ['absent'] } } },
    when: { operation: 'read', of: ({ timesRead }) => timesRead === 0 },
    killedBy: ['read.status.401'],
  },
];

const acting: readonly Narrow[] = [
  ...cancelsWithout.map((way) => ({ ...way, doubt: 'absent', words: 'without credentials' }) as const),
  { phase: 'running', force: 'omitted', doubt: 'malformed', words: 'with a malformed header' } as const,
  { phase: 'running', force: 'omitted', doubt: 'unknown user', words: 'by an unknown user' } as const,
].map(({ phase, force, doubt, words }) => ({
  id: `${phase}-force-${force}-cancels-then-401-${doubt.replace(' ', '-')}`,
  breaks: `a cancel ${words} of a ${phase} task with force ${force} alone is answered with 401, and cancels`,
  change: { auth: { actsAnyway: { cancel: [doubt] } } },
  when: { operation: 'cancel', phase, force },
  killedBy: ['auth.no-effect'],
}));

const reading: Narrow = {
  id: 'reads-then-401-without-credentials',
  breaks: 'a read without credentials alone is answered with 401, and its X-Result-TTL counts',
  change: { auth: { actsAnyway: { read: ['absent'] } } },
  killedBy: ['auth.read-no-effect'],
};

export const narrowCredentialMutants = [
  ...overlooked,
  ...unchallenged,
  ...lookedUpFirst,
  ...opened,
  ...acting,
  reading,
].map(mutantOf);
