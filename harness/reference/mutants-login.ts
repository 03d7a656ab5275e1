/** Faults of the credentials that show only for logins that are nearly right, or in one state of a task. */
import type { RulesChange } from './contract.ts';
import type { CredentialFault, Login } from './messages.ts';
import { axis, cross, detectedBy, forces, type Mutant, perShape, withForce } from './mutant.ts';
import { decoded } from './operations.ts';
import type { Task } from './task.ts';

const auth = (change: NonNullable<RulesChange['auth']>): RulesChange => ({ auth: change });
const anyFault: readonly CredentialFault[] = ['absent', 'malformed', 'unknown user', 'wrong password'];

// ── logins that are nearly right ──

const accepts = (equal: (user: string, password: string, login: Login) => boolean): RulesChange =>
  auth({
    accepts(header, login) {
      const [user = '', password = ''] = textOf(header).split(/:(.*)/s);
      return header.startsWith('Basic ') && equal(user, password, login);
    },
  });
const textOf = (header: string): string => Buffer.from(header.replace(/^\w+ /, ''), 'base64').toString();
/** Of the right user, with such passwords. */
const passwords = (equal: (given: string, right: string) => boolean): RulesChange =>
  accepts((user, given, login) => user === login.user && equal(given, login.password));
/** Such users, with the right password. */
const users = (equal: (given: string, right: string) => boolean): RulesChange =>
  accepts((given, password, login) => password === login.password && equal(given, login.user));

/** The right login, where the header has such a form. */
const schemes = (form: RegExp): RulesChange =>
  auth({
    accepts: (header, { user, password }) =>
      form.exec(header)?.[1] === Buffer.from(`${user}:${password}`).toString('base64'),
  });

const nearlyRight: readonly Mutant[] = [
  ...detectedBy('auth.wrong-password', {
    'password-without-its-end': [
      'all but the last character of the password is enough',
      passwords((given, right) => given.length >= right.length - 1 && right.startsWith(given)),
    ],
    'password-in-any-case': [
      'the case of the password does not count',
      passwords((given, right) => given.toLowerCase() === right.toLowerCase()),
    ],
    'password-trimmed': [
      'blanks around the password do not count',
      passwords((given, right) => given.trim() === right),
    ],
    'password-trimmed-at-its-end': [
      'blanks after the password do not count',
      passwords((given, right) => given.trimEnd() === right),
    ],
    'password-up-to-nul': [
      'the password ends at a NUL',
      passwords((given, right) => given.split('\0')[0] === right),
    ],
    'password-decoded-like-a-url': [
      'the password is decoded like a URL before it is compared',
      passwords((given, right) => decoded(given) === right),
    ],
    'password-up-to-colon': [
      'the password ends at a colon',
      passwords((given, right) => given.split(':')[0] === right),
    ],
    'empty-password': [
      'the right user is accepted with an empty password',
      accepts((user, given, login) => user === login.user && given === ''),
      { mayFail: ['auth.malformed'] }, // the user alone has no password either
    ],
  }),
  ...detectedBy('auth.unknown-user', {
    'any-user': ['any user is accepted with the right password', users(() => true)],
    'user-up-to-at': [
      'a user counts up to the @',
      users((given, right) => given.split('@')[0] === right.split('@')[0]),
    ],
    'no-utf-8': [
      'a login that is not UTF-8 is accepted',
      auth({
        accepts: (header) => /^Basic [\w+/=]+$/.test(header) && textOf(header).includes('\uFFFD'),
      }),
    ],
    'empty-login': [
      'an empty user is accepted with an empty password',
      accepts((user, given) => user === '' && given === ''),
    ],
    'empty-user': ['an empty user is accepted with the right password', users((given) => given === '')],
    'user-trimmed': ['blanks around the user do not count', users((given, right) => given.trim() === right)],
  }),
  ...detectedBy('auth.malformed', {
    'any-bearer': [
      'any Bearer token is accepted',
      auth({ accepts: (header) => header.startsWith('Bearer ') }),
    ],
    'bearer-as-basic': [
      'the right login is accepted as a Bearer token',
      auth({
        accepts: (header, { user, password }) =>
          header.startsWith('Bearer ') && textOf(header) === `${user}:${password}`,
      }),
    ],
    'scheme-that-ends-so': [
      'the right login is accepted with any scheme that ends with Basic',
      schemes(/^\S*basic (\S+)$/i),
    ],
    'scheme-anywhere': [
      'the right login is accepted where another scheme stands before it',
      schemes(/^.+ basic (\S+)$/i),
    ],
    'no-scheme': ['the right login is accepted without a scheme', schemes(/^(\S+)$/)],
    'login-in-clear': [
      'the right login is accepted without base64',
      auth({ accepts: (header, { user, password }) => header === `Basic ${user}:${password}` }),
    ],
    'scheme-alone': [
      'the scheme with no login behind it is accepted',
      auth({ accepts: (header) => header.trim() === 'Basic' }),
    ],
    'user-alone': [
      'the right user is accepted without a colon and a password',
      auth({ accepts: (header, { user }) => textOf(header) === user }),
    ],
  }),
];

// ── one fault for each state of a task, operation and parameter, without credentials ──

const isCancelled = ({ cancelledMs }: Task): boolean => cancelledMs !== undefined;
const states = [
  { name: 'committing', phase: 'committing' },
  { name: 'finished', phase: 'finished' },
  { name: 'failed', phase: 'failed' },
  { name: 'cancelled', task: isCancelled },
] as const;
const open = auth({ overlooks: { read: anyFault, cancel: anyFault } });

const openFor: readonly Mutant[] = [
  ...perShape(cross(states, axis('force', forces)), ({ name, force }) => ({
    id: `${name}-force-${force}-cancel-needs-no-login`,
    breaks: `only a cancel of a ${name} task ${withForce(force)} requires no credentials`,
    change: open,
    when: { operation: 'cancel' },
    killedBy: 'cancel.status.401',
  })),
  ...perShape(cross(states, axis('verbose', ['true', 'false'])), ({ name, verbose }) => ({
    id: `${name}-verbose-${verbose}-read-needs-no-login`,
    breaks: `only a read of a ${name} task with verbose=${verbose} requires no credentials`,
    change: open,
    when: { operation: 'read' },
    killedBy: 'read.status.401',
  })),
  ...perShape(axis('verbose', ['omitted', 'true']), ({ verbose }) => ({
    id: `verbose-${verbose}-read-with-ttl-needs-no-login`,
    breaks: `only a read with X-Result-TTL ${verbose === 'true' ? 'and verbose=true' : 'and without verbose'} requires no credentials`,
    change: open,
    when: { operation: 'read', ttl: '60' },
    killedBy: 'read.status.401',
  })),
];

const ofEscapedIds: readonly Mutant[] = perShape(axis('operation', ['read', 'cancel']), ({ operation }) => ({
  id: `${operation}-of-an-escaped-id-needs-no-login`,
  breaks: `only a ${operation} whose id has an escape in the path requires no credentials`,
  change: open,
  when: { task: () => true, context: ({ path }) => path.includes('%') },
  killedBy: `${operation}.status.401`,
}));

export const loginMutants: readonly Mutant[] = [...nearlyRight, ...openFor, ...ofEscapedIds];
