/** Faults of the login: nearly right credentials, and what a connection or an address remembers. */
import { faultsOf, nth } from '../fault.ts';
import { problem } from '../rules.ts';
import { loginOf, named } from '../tools.ts';

const unknownOrWrong = 'Malformed, unknown or wrong credentials: exactly 401 on each operation';

export const loginFaults = faultsOf('login', {
  'password-cut-at-eight': {
    says: 'only the first eight characters of the password count',
    breaks: unknownOrWrong,
    change: () => ({
      knows(login, { user, password }) {
        const [start, rest] = [`${user}:`, login.slice(user.length + 1)];
        return login.startsWith(start) && rest.slice(0, 8) === password.slice(0, 8);
      },
    }),
  },
  'empty-password-binds': {
    says: 'the right user with an empty password is let in (an anonymous bind at the directory)',
    breaks: unknownOrWrong,
    change: (own) => ({
      knows: (login, world) => login === `${world.user}:` || own.knows(login, world),
    }),
  },
  'address-stays-logged-in': {
    says: 'for 300 ms after a good login a request without credentials is let in',
    breaks: 'No credentials: exactly 401 on each operation',
    change: (own) => ({
      admits(call, world) {
        if (own.admits(call, world)) {
          world.notes.loginMs = world.now();
          return true;
        }
        const sinceMs = world.now() - (world.notes.loginMs ?? Number.NEGATIVE_INFINITY);
        return call.authorization === undefined && sinceMs < 300;
      },
    }),
  },
  'login-split-at-colons': {
    says: 'what follows a second colon is ignored: user:password:anything is let in',
    breaks: unknownOrWrong,
    change: (own) => ({
      knows: (login, world) => own.knows(login.split(':').slice(0, 2).join(':'), world),
    }),
  },
  'wrong-password-is-403': {
    says: 'a known user with a wrong password gets 403, an unknown one 401',
    breaks: unknownOrWrong,
    change: (own) => ({
      async serve(call, world) {
        const isKnown = loginOf(call)?.startsWith(`${world.user}:`);
        return isKnown && !own.admits(call, world) ? problem(403, 'Wrong') : own.serve(call, world);
      },
    }),
  },
  'login-without-colon-is-500': {
    says: 'credentials without a colon give 500',
    breaks: unknownOrWrong,
    change: (own) => ({
      async serve(call, world) {
        const isCut = loginOf(call)?.includes(':') === false;
        return isCut ? problem(500, 'Error') : own.serve(call, world);
      },
    }),
  },
  'wrong-password-cancels': {
    says: 'a cancel by a known user with a wrong password is refused with 401, and has cancelled',
    breaks: 'Wrong credentials: exactly 401, and nothing has happened',
    change: (own) => ({
      serve(call, world) {
        const task = named(call, world);
        const isWrong = loginOf(call)?.startsWith(`${world.user}:`) && !own.admits(call, world);
        if (task && isWrong && call.operation === 'cancel' && own.decide(task, false, world) === 200)
          own.accept(task, world);
        return own.serve(call, world);
      },
    }),
  },
  'login-cached-by-user': {
    says: 'for 5 s after a good login any password of that user is good',
    breaks: unknownOrWrong,
    change: (own) => ({
      knows(login, world) {
        const isGood = own.knows(login, world);
        if (isGood) world.notes.loginMs = world.now();
        const sinceMs = world.now() - (world.notes.loginMs ?? Number.NEGATIVE_INFINITY);
        return isGood || (login.startsWith(`${world.user}:`) && sinceMs < 5000);
      },
    }),
  },
  'empty-list-needs-no-login': {
    says: 'while there is nothing to list, the list is answered without a login',
    breaks: 'No credentials: exactly 401 on each operation',
    change: (own) => ({
      admits: (call, world) =>
        (call.operation === 'list' && own.listed(world).length === 0) || own.admits(call, world),
    }),
  },
  'login-beyond-ascii-is-500': {
    says: 'a user name or a password with a character beyond ASCII gives 500',
    breaks: unknownOrWrong,
    change: (own) => ({
      async serve(call, world) {
        const isForeign = /[^\0-\x7f]/.test(loginOf(call) ?? '');
        return isForeign ? problem(500, 'Error') : own.serve(call, world);
      },
    }),
  },
  'cancel-trusts-the-connection': {
    says: 'a cancel without credentials is let in on a connection that has made a good request before',
    breaks: 'No credentials: exactly 401 on each operation',
    change: (own) => ({
      admits(call, world) {
        if (own.admits(call, world)) return nth(call.connection, 'good') > 0;
        const isTrusted = call.authorization === undefined && (call.connection.good ?? 0) > 0;
        return call.operation === 'cancel' && isTrusted;
      },
    }),
  },
});
