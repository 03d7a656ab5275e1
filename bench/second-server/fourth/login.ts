/** The fourth set: nearly right logins. */
import { faultsOf } from '../fault.ts';
import { problem, refusedLogin, type World } from '../rules.ts';
import { loginOf, named } from '../tools.ts';

/** User and password, cut at the first colon. */
function parts(login: string): readonly [string, string] {
  const at = login.indexOf(':');
  return at < 0 ? [login, ''] : [login.slice(0, at), login.slice(at + 1)];
}
const right = ({ user, password }: World): string => `${user}:${password}`;

export const loginFaults = faultsOf('login', {
  'v-password-in-any-case': {
    says: 'The password is compared without regard to capitals.',
    breaks: 'Wrong credentials: 401',
    change: () => ({
      knows(login, world) {
        const [user, password] = parts(login);
        return user === world.user && password.toLowerCase() === world.password.toLowerCase();
      },
    }),
  },
  'v-start-of-the-password-will-do': {
    says: 'The password is compared as far as the given one goes: any start of it that is not empty passes.',
    breaks: 'Wrong credentials: 401',
    change: () => ({
      knows(login, world) {
        const [user, password] = parts(login);
        return user === world.user && password !== '' && world.password.startsWith(password);
      },
    }),
  },
  'v-password-may-go-on': {
    says: 'What follows a second colon in the login is dropped: user:password:anything is right.',
    breaks: 'Wrong credentials: 401',
    change: (own) => ({
      knows: (login, world) =>
        own.knows(login, world) || login.split(':').slice(0, 2).join(':') === right(world),
    }),
  },
  'v-any-user-with-the-password': {
    says: 'A user name that the server does not know is let in with the right password.',
    breaks: 'Unknown credentials: 401',
    change: () => ({ knows: (login, world) => parts(login)[1] === world.password }),
  },
  'v-mail-domain-is-dropped': {
    says: 'Of a user name that is a mail address, only what stands before the @ counts.',
    breaks: 'Unknown credentials: 401',
    change: () => ({
      knows(login, world) {
        const [user, password] = parts(login);
        return user.split('@')[0] === world.user.split('@')[0] && password === world.password;
      },
    }),
  },
  'v-blanks-around-the-login': {
    says: 'Blanks before the user name or after the password do not count.',
    breaks: 'Wrong credentials: 401',
    change: () => ({ knows: (login, world) => login.trim() === right(world) }),
  },
  'v-nul-ends-the-password': {
    says: 'The login ends at the first NUL character: what follows the right password is not looked at.',
    breaks: 'Wrong credentials: 401',
    change: () => ({ knows: (login, world) => login.split('\0')[0] === right(world) }),
  },
  'v-stray-characters-in-base64': {
    says: 'Characters that base64 does not have are skipped: a malformed header with the right login passes.',
    breaks: 'Malformed credentials: exactly 401',
    change: () => ({
      admits(call, world) {
        const encoded = /^basic +(\S+)$/i.exec(call.authorization ?? '')?.[1] ?? '';
        return world.rules.knows(Buffer.from(encoded, 'base64').toString(), world);
      },
    }),
  },
  'v-any-scheme': {
    says: 'The scheme is not looked at: a right login passes as Bearer or Digest as well.',
    breaks: 'Malformed credentials: exactly 401',
    change: (own) => ({
      admits: (call, world) =>
        own.admits({ ...call, authorization: call.authorization?.replace(/^[a-z]+ /i, 'Basic ') }, world),
    }),
  },
  'v-scheme-is-not-anchored': {
    says: 'The scheme is searched for anywhere in the header: `XBasic` or `Bearer x, Basic …` passes.',
    breaks: 'Malformed credentials: exactly 401',
    change: (own) => ({
      admits: (call, world) =>
        own.admits({ ...call, authorization: call.authorization?.replace(/^.*(?=basic )/i, '') }, world),
    }),
  },
  'v-login-without-base64': {
    says: 'A login that is not encoded, as in `Basic user:password`, passes.',
    breaks: 'Malformed credentials: exactly 401',
    change: (own) => ({
      admits: (call, world) => own.admits(call, world) || call.authorization === `Basic ${right(world)}`,
    }),
  },
  'v-connection-stays-logged-in': {
    says: 'Once a request on a connection had a right login, later ones on it need none.',
    breaks: 'No credentials: exactly 401',
    change: (own) => ({
      admits(call, world) {
        const isRight = own.admits(call, world);
        if (isRight) call.connection.loggedIn = 1;
        return isRight || (call.authorization === undefined && call.connection.loggedIn === 1);
      },
    }),
  },
  'v-password-is-cached-by-user': {
    says: 'For two seconds after a right login, the user passes with any password.',
    breaks: 'Wrong credentials: 401',
    change: (own) => {
      let untilMs = 0;
      return {
        knows(login, world) {
          if (own.knows(login, world)) untilMs = world.now() + 2000;
          return parts(login)[0] === world.user && world.now() < untilMs;
        },
      };
    },
  },
  'v-empty-login-is-a-guest': {
    says: 'An empty user with an empty password may read, though not cancel.',
    breaks: 'Unknown credentials: exactly 401 on each operation',
    change: (own) => ({
      admits: (call, world) =>
        own.admits(call, world) || (loginOf(call) === ':' && call.operation !== 'cancel'),
    }),
  },
  'v-anonymous-list-is-empty': {
    says: 'A list without a login is answered with 200 and [].',
    breaks: 'No credentials: exactly 401 on each operation',
    change: (own) => ({
      async serve(call, world) {
        const isAnonymous = call.operation === 'list' && call.authorization === undefined;
        return isAnonymous ? { code: 200, body: [] } : own.serve(call, world);
      },
    }),
  },
  'v-wrong-password-is-403': {
    says: 'A cancel with a known user and a wrong password is answered with 403.',
    breaks: 'Wrong credentials: exactly 401 on each operation',
    change: (own) => ({
      async serve(call, world) {
        const isKnown = parts(loginOf(call) ?? '')[0] === world.user && call.operation === 'cancel';
        return isKnown && !own.admits(call, world) ? problem(403, 'Forbidden') : own.serve(call, world);
      },
    }),
  },
  'v-login-without-colon-is-400': {
    says: 'A login whose decoded text has no colon is answered with 400.',
    breaks: 'Malformed credentials: exactly 401',
    change: (own) => ({
      async serve(call, world) {
        const login = loginOf(call);
        return login !== undefined && !login.includes(':')
          ? problem(400, 'Not enough values to unpack')
          : own.serve(call, world);
      },
    }),
  },
  'v-refused-login-still-cancels': {
    says: 'A cancel with a wrong login is answered with 401, but the task is cancelled nevertheless.',
    breaks: 'Wrong or unknown credentials: 401, and nothing has happened',
    change: (own) => ({
      async serve(call, world) {
        const isUnknown = loginOf(call) !== undefined && !own.admits(call, world);
        if (isUnknown && call.operation === 'cancel') world.rules.cancel(call, world);
        return own.serve(call, world);
      },
    }),
  },
  'v-refused-read-sets-the-ttl': {
    says: 'A read without a right login is answered with 401, but its X-Result-TTL counts.',
    breaks: 'No credentials: 401, and nothing has happened',
    change: (own) => ({
      async serve(call, world) {
        if (call.operation !== 'read' || own.admits(call, world)) return own.serve(call, world);
        const task = named(call, world);
        if (task) own.retain(task, call, world);
        return refusedLogin;
      },
    }),
  },
  'v-forced-cancel-needs-no-login': {
    says: 'A cancel with force=true and without an Authorization header is let through.',
    breaks: 'No credentials: exactly 401 on each operation, and nothing has happened',
    change: (own) => ({
      admits(call, world) {
        const isForced = call.operation === 'cancel' && call.query.get('force') === 'true';
        return own.admits(call, world) || (isForced && call.authorization === undefined);
      },
    }),
  },
});
