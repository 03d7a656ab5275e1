/** Faults of the credentials: who gets access, how a refusal is answered, and what a refused request does. */
import type { RulesChange } from './contract.ts';
import type { CredentialFault } from './messages.ts';
import { axis, cross, detectedBy, type Mutant, perRow, perShape, withForce } from './mutant.ts';
import { operations } from './rules.ts';

const auth = (change: NonNullable<RulesChange['auth']>): RulesChange => ({ auth: change });
const ignoring = (...faults: readonly CredentialFault[]): RulesChange =>
  auth({ overlooks: { list: faults, read: faults, cancel: faults } });
const anyFault: readonly CredentialFault[] = ['absent', 'malformed', 'unknown user', 'wrong password'];
const badRequest = auth({
  status: { absent: 400, malformed: 400, 'unknown user': 400, 'wrong password': 400 },
});
const every401 = ['list.status.401', 'read.status.401', 'cancel.status.401'];

const access: readonly Mutant[] = [
  ...perRow(operations, (operation) => ({
    id: `${operation}-open`,
    breaks: `the ${operation} operation requires no credentials`,
    change: auth({ overlooks: { [operation]: anyFault } }),
    killedBy: `${operation}.status.401`,
  })),
  ...detectedBy(every401, {
    'all-open': ['no operation requires credentials', ignoring(...anyFault)],
    'absent-is-403': [
      'a request without credentials is answered with 403',
      auth({ status: { absent: 403 } }),
    ],
  }),
  ...detectedBy([...every401, 'read.status.404'], {
    'swaps-401-404': [
      'without valid credentials every request is answered with 404, a read of an unknown task with 401',
      {
        auth: { status: { absent: 404, malformed: 404, 'unknown user': 404, 'wrong password': 404 } },
        read: { unknown: 401 },
      },
    ],
  }),
  ...detectedBy('auth.wrong-password', {
    'any-password': ['the right user is accepted with any password', ignoring('wrong password')],
    'wrong-password-is-403': [
      'a wrong password is answered with 403',
      auth({ status: { 'wrong password': 403 } }),
    ],
  }),
  ...detectedBy(['auth.unknown-user', 'auth.wrong-password'], {
    'any-login': ['any user is accepted with any password', ignoring('unknown user', 'wrong password')],
  }),
  ...detectedBy('auth.unknown-user', {
    'unknown-user-is-404': [
      'an unknown user is answered with 404, which reveals the existing users',
      auth({ status: { 'unknown user': 404 } }),
    ],
  }),
  ...detectedBy('auth.malformed', {
    'malformed-accepted': ['a malformed Authorization header is accepted', ignoring('malformed')],
    'malformed-is-400': [
      'a malformed Authorization header is answered with 400',
      auth({ status: { malformed: 400 } }),
    ],
  }),
  ...detectedBy('auth.www-authenticate', {
    'no-challenge': ['a 401 has no WWW-Authenticate header', auth({ challenge: null })],
  }),
  ...detectedBy('auth.scheme-case', {
    'scheme-case-matters': ['`Basic` is accepted, but not `basic`', auth({ schemeCase: 'exact' })],
  }),
];

const effects: readonly Mutant[] = [
  ...detectedBy('auth.no-effect', {
    'cancels-then-401': [
      'a cancel without valid credentials is answered with 401, but cancels',
      auth({ actsAnyway: { cancel: anyFault } }),
    ],
    'cancels-then-401-for-wrong-password': [
      'a cancel with a wrong password is answered with 401, but cancels: only the user is checked first',
      auth({ actsAnyway: { cancel: ['wrong password'] } }),
    ],
  }),
  ...detectedBy('auth.read-no-effect', {
    'reads-then-401': [
      'a read without valid credentials is answered with 401, but its X-Result-TTL takes effect',
      auth({ actsAnyway: { read: anyFault } }),
    ],
    'reads-then-401-for-unknown-user': [
      'only a read by an unknown user is answered with 401, but its X-Result-TTL takes effect',
      auth({ actsAnyway: { read: ['unknown user'] } }),
    ],
    'verbose-reads-then-401': [
      'only a read with verbose=true and without valid credentials is answered with 401, but its X-Result-TTL takes effect',
      auth({ actsAnyway: { read: anyFault } }),
      { when: { operation: 'read', verbose: 'true' } },
    ],
    'reads-then-401-without-credentials': [
      'only a read without credentials is answered with 401, but its X-Result-TTL takes effect',
      auth({ actsAnyway: { read: ['absent'] } }),
    ],
  }),
];

// ── one fault for each operation, phase, value of force, and fault of the credentials ──

const id = (fault: CredentialFault): string => fault.replace(' ', '-');
/** Faults of the credentials, in words and with the clause that covers them. */
const credentials = [
  { fault: 'malformed', words: 'a malformed header', killedBy: 'auth.malformed' },
  { fault: 'unknown user', words: 'an unknown user', killedBy: 'auth.unknown-user' },
  { fault: 'wrong password', words: 'a wrong password', killedBy: 'auth.wrong-password' },
] as const;
const cancels = [
  { phase: 'queued', force: 'omitted' },
  { phase: 'running', force: 'omitted' },
  { phase: 'running', force: 'true' },
] as const;

const families: readonly Mutant[] = [
  ...perRow(cross(axis('operation', operations), credentials), ({ operation, fault, words, killedBy }) => ({
    id: `${operation}-overlooks-${id(fault)}`,
    breaks: `only the ${operation} operation accepts ${words}`,
    change: auth({ overlooks: { [operation]: [fault] } }),
    killedBy,
  })),
  ...perShape(axis('operation', operations), ({ operation }) => ({
    id: `${operation}-has-no-challenge`,
    breaks: `only a 401 of the ${operation} operation has no WWW-Authenticate header`,
    change: auth({ challenge: null }),
    killedBy: 'auth.www-authenticate',
  })),
  ...perShape(axis('operation', ['read', 'cancel']), ({ operation }) => ({
    id: `${operation}-looks-up-first`,
    breaks: `only the ${operation} operation answers 404 to an unknown id before it checks the credentials`,
    change: auth({ lookupFirst: true }),
    killedBy: 'auth.before-lookup',
  })),
  ...perShape(cancels, ({ phase, force }) => ({
    id: `${phase}-force-${force}-cancel-open`,
    breaks: `only a cancel of a ${phase} task ${withForce(force)} requires no credentials`,
    change: auth({ overlooks: { cancel: ['absent'] } }),
    when: { operation: 'cancel' },
    killedBy: 'cancel.status.401',
  })),
  ...detectedBy('read.status.401', {
    'first-read-open': [
      'only the first read of a task requires no credentials',
      auth({ overlooks: { read: ['absent'] } }),
      { when: { operation: 'read', task: ({ timesRead }) => timesRead === 0 } },
    ],
    'verbose-before-login': [
      'only a read with a malformed verbose is answered with 400 before its credentials are checked',
      badRequest,
      { when: { operation: 'read', verbose: 'maybe' } },
    ],
    'ttl-before-login': [
      'only a read with a malformed TTL is answered with 400 before its credentials are checked',
      badRequest,
      { when: { operation: 'read', ttl: 'soon' } },
    ],
  }),
  ...detectedBy('cancel.status.401', {
    'force-before-login': [
      'only a cancel with a malformed force is answered with 400 before its credentials are checked',
      badRequest,
      { when: { operation: 'cancel', context: ({ query }) => query.get('force') === 'maybe' } },
    ],
    'cancel-trusts-the-connection': [
      'a cancel requires no credentials on a connection that was used with the right ones',
      auth({ overlooks: { cancel: ['absent'] } }),
      { when: { operation: 'cancel', context: ({ afterLogin }) => afterLogin } },
    ],
  }),
  ...perShape(
    [
      ...cross(cancels, [{ fault: 'absent', words: 'without credentials' }]),
      { phase: 'running', force: 'omitted', fault: 'malformed', words: 'with a malformed header' },
      { phase: 'running', force: 'omitted', fault: 'unknown user', words: 'by an unknown user' },
    ] as const,
    ({ phase, force, fault, words }) => ({
      id: `${phase}-force-${force}-cancels-then-401-${id(fault)}`,
      breaks: `only a cancel ${words} of a ${phase} task ${withForce(force)} is answered with 401, but cancels`,
      change: auth({ actsAnyway: { cancel: [fault] } }),
      when: { operation: 'cancel' },
      killedBy: 'auth.no-effect',
    }),
  ),
];

export const authMutants: readonly Mutant[] = [...access, ...effects, ...families];
