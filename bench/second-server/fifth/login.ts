/** Faults of the login: nearly right credentials, schemes, encodings, connections. */
import { faultsOf } from '../fault.ts';
import { flag, problem } from '../rules.ts';
import { givesTtl, loginOf, named } from '../tools.ts';

/** The user and the password of a login. */
function partsOf(login: string): [user: string, password: string] {
  const at = login.indexOf(':');
  return at < 0 ? [login, ''] : [login.slice(0, at), login.slice(at + 1)];
}

export const loginFaults = faultsOf('login', {
  'w-as-far-as-it-goes': {
    says: 'The password is compared only as far as the given one goes: any beginning of it is accepted.',
    breaks: 'Wrong credentials: exactly 401',
    change: () => ({
      knows(login, { user, password }) {
        const [name, given] = partsOf(login);
        return name === user && given !== '' && password.startsWith(given);
      },
    }),
  },
  'w-anonymous-bind': {
    says:
      'The right user with an empty password is accepted, as an LDAP server takes it for an anonymous ' +
      'bind.',
    breaks: 'Wrong credentials: exactly 401',
    change: (own) => ({
      knows: (login, world) => own.knows(login, world) || login === `${world.user}:`,
    }),
  },
  'w-split-at-every-colon': {
    says: 'The login is split at every colon and the third part ignored: `user:password:more` is accepted.',
    breaks: 'Wrong credentials: exactly 401',
    change: (own) => ({
      knows: (login, world) =>
        own.knows(login, world) || login.startsWith(`${world.user}:${world.password}:`),
    }),
  },
  'w-password-in-any-case': {
    says: 'The password is compared without regard to case, by the collation of the database.',
    breaks: 'Wrong credentials: exactly 401',
    change: () => ({
      knows(login, { user, password }) {
        const [name, given] = partsOf(login);
        return name === user && given.toLowerCase() === password.toLowerCase();
      },
    }),
  },
  'w-password-with-a-line-end': {
    says: 'Blanks and line ends around the password are trimmed away: a password with one more is accepted.',
    breaks: 'Wrong credentials: exactly 401',
    change: (own) => ({ knows: (login, world) => own.knows(login.trim(), world) }),
  },
  'w-any-user-with-the-password': {
    says: 'An unknown user with the right password is accepted for reads and the list, as by an API key.',
    breaks: 'Unknown or wrong credentials: exactly 401',
    change: (own) => ({
      admits(call, world) {
        if (own.admits(call, world)) return true;
        const login = loginOf(call);
        if (login === undefined || call.operation === 'cancel') return false;
        return login.includes(':') && partsOf(login)[1] === world.password;
      },
    }),
  },
  'w-scheme-is-not-read': {
    says: 'The scheme is cut off and not looked at: `Bearer` with the encoded login is accepted.',
    breaks: 'Malformed credentials: exactly 401',
    change: (own) => ({
      admits(call, world) {
        const authorization = call.authorization?.replace(/^[a-z]+ /i, 'Basic ');
        return own.admits({ ...call, authorization }, world);
      },
    }),
  },
  'w-forgiving-base64': {
    says:
      'The decoder skips characters that are no Base64: `Basic` with a `!` or `*` in the login is ' +
      'accepted.',
    breaks: 'Malformed credentials: exactly 401',
    change: (own) => ({
      admits(call, world) {
        const [scheme = '', encoded = ''] = (call.authorization ?? '').split(/ +(.*)/s);
        const cleaned = encoded.replace(/[^a-z0-9+/=]/gi, '');
        return own.admits({ ...call, authorization: `${scheme} ${cleaned}` }, world);
      },
    }),
  },
  'w-login-in-the-clear': {
    says: 'A login that is not encoded at all, `Basic user:password`, is accepted.',
    breaks: 'Malformed credentials: exactly 401',
    change: (own) => ({
      admits(call, world) {
        const clear = /^basic +(\S*:.*)$/i.exec(call.authorization ?? '')?.[1];
        return own.admits(call, world) || (clear !== undefined && world.rules.knows(clear, world));
      },
    }),
  },
  'w-login-of-the-connection': {
    says:
      'A connection that has once logged in stays so: later requests on it without credentials are ' +
      'served.',
    breaks: 'No credentials: exactly 401',
    change: (own) => ({
      admits(call, world) {
        const isKnown = own.admits(call, world);
        if (isKnown) call.connection.known = 1;
        return isKnown || (call.authorization === undefined && call.connection.known === 1);
      },
    }),
  },
  'w-login-cached-by-user': {
    says: 'After a good login its user is cached for five seconds, with any password.',
    breaks: 'Wrong credentials: exactly 401',
    change(own) {
      let untilMs = 0;
      return {
        knows(login, world) {
          const isKnown = own.knows(login, world);
          if (isKnown) untilMs = world.now() + 5000;
          return isKnown || (partsOf(login)[0] === world.user && world.now() < untilMs);
        },
      };
    },
  },
  'w-cancel-asks-for-the-user-only': {
    says: 'The cancel checks that the user exists, and trusts the gateway with the password.',
    breaks: 'Wrong credentials: exactly 401 on each operation, and nothing has happened',
    change: (own) => ({
      admits(call, world) {
        const isUser = loginOf(call)?.startsWith(`${world.user}:`) ?? false;
        return own.admits(call, world) || (call.operation === 'cancel' && isUser);
      },
    }),
  },
  'w-no-colon-crashes': {
    says: 'A login without a colon is answered 500: it cannot be unpacked into user and password.',
    breaks: 'Malformed credentials: exactly 401',
    change: (own) => ({
      async serve(call, world) {
        const crashes = loginOf(call)?.includes(':') === false;
        return crashes ? problem(500, 'not enough values to unpack') : own.serve(call, world);
      },
    }),
  },
  'w-bad-encoding-is-a-bad-request': {
    says: 'A `Basic` header whose rest is no Base64 is answered 400 instead of 401.',
    breaks: 'Malformed credentials: exactly 401',
    change: (own) => ({
      async serve(call, world) {
        const isBad = /^basic +/i.test(call.authorization ?? '') && loginOf(call) === undefined;
        return isBad ? problem(400, 'Malformed header') : own.serve(call, world);
      },
    }),
  },
  'w-known-user-is-forbidden': {
    says: 'A known user with a wrong password is answered 403 instead of 401.',
    breaks: 'Wrong credentials: exactly 401',
    change: (own) => ({
      async serve(call, world) {
        const isUser = loginOf(call)?.startsWith(`${world.user}:`);
        return isUser && !own.admits(call, world) ? problem(403, 'Forbidden') : own.serve(call, world);
      },
    }),
  },
  'w-refuses-and-goes-on': {
    says:
      'A cancel with a wrong login is answered 401, but the filter forgets to return and the task is ' +
      'cancelled.',
    breaks: 'Unknown credentials: 401 and nothing has happened',
    change: (own) => ({
      async serve(call, world) {
        const isStranger = loginOf(call) !== undefined && !own.admits(call, world);
        if (isStranger && call.operation === 'cancel') world.rules.cancel(call, world);
        return own.serve(call, world);
      },
    }),
  },
  'w-list-shows-the-login-page': {
    says: 'The list without credentials is answered 302 to a login page instead of 401.',
    breaks: 'No credentials: exactly 401 on each operation',
    change: (own) => ({
      async serve(call, world) {
        const isBrowser = call.operation === 'list' && call.authorization === undefined;
        return isBrowser ? { code: 302, headers: { Location: '/login' } } : own.serve(call, world);
      },
    }),
  },
  'w-login-is-url-decoded': {
    says: 'The login is decoded like a URL: a password with one character written as `%XX` is accepted.',
    breaks: 'Wrong credentials: exactly 401',
    change: (own) => ({
      knows(login, world) {
        try {
          return own.knows(login, world) || own.knows(decodeURIComponent(login), world);
        } catch {
          return false;
        }
      },
    }),
  },
  'w-refused-read-sets-the-ttl': {
    says: 'A read with X-Result-TTL and a wrong login is answered 401, but has set the retention before.',
    breaks: 'Wrong credentials: 401 and nothing has happened',
    change: (own) => ({
      async serve(call, world) {
        const task = call.operation === 'read' && givesTtl(call) ? named(call, world) : undefined;
        if (task && loginOf(call) !== undefined) own.retain(task, call, world);
        return own.serve(call, world);
      },
    }),
  },
  'w-verbose-reads-are-public': {
    says: 'The route of verbose reads is registered before the login filter: no credentials are asked for.',
    breaks: 'No credentials: exactly 401 on each operation',
    change: (own) => ({
      admits: (call, world) =>
        own.admits(call, world) || (call.operation === 'read' && flag(call, 'verbose') === true),
    }),
  },
});
