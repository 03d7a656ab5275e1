/** Faults of the login: what is nearly right, and the connection that it came on. */
import { type Fault, faultsOf, nth } from '../fault.ts';

const kind = 'login';
const never = 'Wrong credentials: exactly 401 on each operation';
const decoded = (encoded: string) => Buffer.from(encoded, 'base64').toString();

/** Splits a login at its first colon. */
function parts(login: string): readonly [string, string] {
  const colon = login.indexOf(':');
  return colon < 0 ? [login, ''] : [login.slice(0, colon), login.slice(colon + 1)];
}

/** A fault that compares passwords of the right user in a way of its own. */
const compares = (
  id: string,
  says: string,
  equal: (given: string, right: string) => boolean,
  breaks = never,
): Fault => ({
  ...{ id, kind, says, breaks },
  change: () => ({
    knows(login, { user, password }) {
      const [name, given] = parts(login);
      return name === user && equal(given, password);
    },
  }),
});

export const loginFaults: readonly Fault[] = [
  compares('password-beginning', 'a beginning of the password is enough', (given, right) =>
    right.startsWith(given),
  ),
  compares('password-and-more', 'characters after the password are ignored', (given, right) =>
    given.startsWith(right),
  ),
  compares(
    'password-any-case',
    'the case of the password does not count',
    (given, right) => given.toLowerCase() === right.toLowerCase(),
  ),
  compares(
    'password-trimmed',
    'blanks around the password do not count',
    (given, right) => given.trim() === right,
  ),
  compares(
    'password-8',
    'only the first eight characters of the password count',
    (given, right) => given.slice(0, 8) === right.slice(0, 8),
  ),
  compares(
    'password-nul',
    'the password ends at a zero byte',
    (given, right) => given.split('\0')[0] === right,
  ),
  compares(
    'password-third-part',
    'what follows a second colon in the login is ignored',
    (given, right) => given.split(':')[0] === right,
  ),
  compares(
    'password-empty',
    'an empty password is accepted',
    (given, right) => given === '' || given === right,
  ),
  ...faultsOf(kind, {
    'user-ignored': {
      says: 'only the password is compared',
      breaks: 'Unknown credentials: exactly 401',
      change: () => ({ knows: (login, { password }) => parts(login)[1] === password }),
    },
    'user-cut-at-domain': {
      says: 'the user is compared up to the @ only',
      breaks: 'Unknown credentials: exactly 401',
      change: () => ({
        knows(login, { user, password }) {
          const [name, given] = parts(login);
          return name.split('@')[0] === user.split('@')[0] && given === password;
        },
      }),
    },
    'user-trimmed': {
      says: 'blanks around the user do not count',
      breaks: never,
      change: () => ({
        knows(login, { user, password }) {
          const [name, given] = parts(login);
          return name.trim() === user && given === password;
        },
      }),
    },
    'any-scheme': {
      says: 'the scheme is not looked at: Bearer with the right base64 is accepted',
      breaks: 'Malformed credentials: exactly 401',
      change: () => ({
        admits: (call, world) =>
          world.rules.knows(decoded((call.authorization ?? '').split(' ')[1] ?? ''), world),
      }),
    },
    'any-bearer': {
      says: 'any Bearer token is accepted',
      breaks: 'Malformed credentials: exactly 401',
      change: (own) => ({
        admits: (call, world) => call.authorization?.startsWith('Bearer ') || own.admits(call, world),
      }),
    },
    'login-in-clear': {
      says: 'a login that is not encoded is accepted',
      breaks: 'Malformed credentials: exactly 401',
      change: (own) => ({
        admits: (call, world) =>
          own.knows((call.authorization ?? '').replace(/^basic +/i, ''), world) || own.admits(call, world),
      }),
    },
    'encoded-garbage': {
      says: 'characters that are not base64 are skipped',
      breaks: 'Malformed credentials: exactly 401',
      change: () => ({
        admits(call, world) {
          const encoded = /^basic +(.+)$/i.exec(call.authorization ?? '')?.[1];
          return encoded !== undefined && world.rules.knows(decoded(encoded), world);
        },
      }),
    },
    'connection-remembers': {
      says: 'a connection with one valid login needs no further one',
      breaks: 'No credentials: exactly 401',
      change: (own) => ({
        admits(call, world) {
          if (own.admits(call, world)) call.connection.known = 1;
          return call.connection.known === 1 && (call.authorization === undefined || own.admits(call, world));
        },
      }),
    },
    'connection-trusts': {
      says: 'after three valid logins on a connection, a wrong one is accepted on it',
      breaks: 'Unknown credentials: exactly 401',
      change: (own) => ({
        admits(call, world) {
          const admitted = own.admits(call, world);
          if (admitted) nth(call.connection, 'valid');
          return admitted || (call.authorization !== undefined && (call.connection.valid ?? 0) >= 3);
        },
      }),
    },
    'cache-by-user': {
      says: 'for a second after a valid login, its user is let in with any password',
      breaks: never,
      change: (own) => ({
        admits(call, world) {
          if (own.admits(call, world)) {
            world.notes.knownMs = world.now();
            return true;
          }
          const [name] = parts(decoded(call.authorization?.split(' ')[1] ?? ''));
          return name === world.user && world.now() - (world.notes.knownMs ?? -Infinity) < 1000;
        },
      }),
    },
    'wrong-password-403': {
      says: 'a wrong password of a known user is answered with 403',
      breaks: never,
      change: (own) => ({
        async serve(call, world) {
          const reply = await own.serve(call, world);
          const [name] = parts(decoded(call.authorization?.split(' ')[1] ?? ''));
          return reply.code === 401 && name === world.user ? { ...reply, code: 403 } : reply;
        },
      }),
    },
    'malformed-400': {
      says: 'a login without a colon is answered with 400',
      breaks: 'Malformed credentials: exactly 401',
      change: (own) => ({
        async serve(call, world) {
          const reply = await own.serve(call, world);
          const encoded = /^basic +(.+)$/i.exec(call.authorization ?? '')?.[1];
          const bare = encoded !== undefined && !decoded(encoded).includes(':');
          return reply.code === 401 && bare ? { ...reply, code: 400 } : reply;
        },
      }),
    },
  }),
];
