/** Who is let in, and what a refused request does. */
import { contractBut, type RulesChange } from '../change.ts';
import type { Mutant } from '../mutant.ts';
import type { Doubt } from '../rules.ts';

const auth = (change: NonNullable<RulesChange['auth']>) => contractBut({ auth: change });
const everywhere = (...doubts: readonly Doubt[]) =>
  auth({ overlooks: { list: doubts, read: doubts, cancel: doubts } });
const anyDoubt: readonly Doubt[] = ['absent', 'malformed', 'unknown user', 'wrong password'];

export const authMutants: readonly Mutant[] = [
  {
    id: 'swaps-401-404',
    breaks: 'without valid credentials everything is answered with 404, a read of an unknown task with 401',
    rules: contractBut({
      auth: { status: { absent: 404, malformed: 404, 'unknown user': 404, 'wrong password': 404 } },
      read: { unknown: 401 },
    }),
    killedBy: ['list.status.401', 'read.status.401', 'cancel.status.401', 'read.status.404'],
    mayFail: [],
  },
  {
    id: 'list-open',
    breaks: 'the list asks for no credentials',
    rules: auth({ overlooks: { list: anyDoubt } }),
    killedBy: ['list.status.401'],
    mayFail: [],
  },
  {
    id: 'read-open',
    breaks: 'a read asks for no credentials',
    rules: auth({ overlooks: { read: anyDoubt } }),
    killedBy: ['read.status.401'],
    mayFail: [],
  },
  {
    id: 'cancel-open',
    breaks: 'a cancel asks for no credentials',
    rules: auth({ overlooks: { cancel: anyDoubt } }),
    killedBy: ['cancel.status.401'],
    mayFail: [],
  },
  {
    id: 'all-open',
    breaks: 'nothing asks for credentials',
    rules: everywhere(...anyDoubt),
    killedBy: ['list.status.401', 'read.status.401', 'cancel.status.401'],
    mayFail: [],
  },
  {
    id: 'any-password',
    breaks: 'any password of the right user is accepted',
    rules: everywhere('wrong password'),
    killedBy: ['auth.wrong-password'],
    mayFail: [],
  },
  {
    id: 'any-login',
    breaks: 'any user with any password is accepted',
    rules: everywhere('unknown user', 'wrong password'),
    killedBy: ['auth.unknown-user', 'auth.wrong-password'],
    mayFail: [],
  },
  {
    id: 'malformed-accepted',
    breaks: 'a malformed Authorization header is accepted',
    rules: everywhere('malformed'),
    killedBy: ['auth.malformed'],
    mayFail: [],
  },
  {
    id: 'malformed-is-400',
    breaks: 'a malformed Authorization header is answered with 400',
    rules: auth({ status: { malformed: 400 } }),
    killedBy: ['auth.malformed'],
    mayFail: [],
  },
  {
    id: 'absent-is-403',
    breaks: 'a request without credentials is answered with 403',
    rules: auth({ status: { absent: 403 } }),
    killedBy: ['list.status.401', 'read.status.401', 'cancel.status.401'],
    mayFail: [],
  },
  {
    id: 'unknown-user-is-404',
    breaks: 'an unknown user is answered with 404: it tells which users exist',
    rules: auth({ status: { 'unknown user': 404 } }),
    killedBy: ['auth.unknown-user'],
    mayFail: [],
  },
  {
    id: 'wrong-password-is-403',
    breaks: 'a wrong password is answered with 403',
    rules: auth({ status: { 'wrong password': 403 } }),
    killedBy: ['auth.wrong-password'],
    mayFail: [],
  },
  {
    id: 'cancels-then-401',
    breaks: 'a cancel without valid credentials is answered with 401, and cancels',
    rules: auth({ actsAnyway: { cancel: anyDoubt } }),
    killedBy: ['auth.no-effect'],
    mayFail: [],
  },
  {
    id: 'cancels-then-401-for-wrong-password',
    breaks:
      'a cancel with the wrong password is answered with 401, and cancels: only the user is looked at first',
    rules: auth({ actsAnyway: { cancel: ['wrong password'] } }),
    killedBy: ['auth.no-effect'],
    mayFail: [],
  },
  {
    id: 'reads-then-401',
    breaks: 'a read without valid credentials is answered with 401, and its X-Result-TTL counts',
    rules: auth({ actsAnyway: { read: anyDoubt } }),
    killedBy: ['auth.read-no-effect'],
    mayFail: [],
  },
  {
    id: 'reads-then-401-for-unknown-user',
    breaks: 'a read by an unknown user is answered with 401, and its X-Result-TTL counts',
    rules: auth({ actsAnyway: { read: ['unknown user'] } }),
    killedBy: ['auth.read-no-effect'],
    mayFail: [],
  },
  {
    id: 'lookup-before-auth',
    breaks: 'an unknown id is answered with 404 before the credentials are looked at',
    rules: auth({ lookupFirst: true }),
    killedBy: ['auth.before-lookup'],
    mayFail: [],
  },
  {
    id: 'no-challenge',
    breaks: 'a 401 carries no WWW-Authenticate',
    rules: auth({ challenge: null }),
    killedBy: ['auth.www-authenticate'],
    mayFail: [],
  },
  {
    id: 'scheme-case-matters',
    breaks: 'only `Basic` is accepted, not `basic`',
    rules: auth({ schemeCase: 'exact' }),
    killedBy: ['auth.scheme-case'],
    mayFail: [],
  },
];
