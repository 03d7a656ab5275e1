/** Credentials and connections. */
import { faultsOf, nth } from '../fault.ts';
import { problem, type Reply, type Rules, refusedLogin, type Task } from '../rules.ts';
import { givesTtl, loginOf, named } from '../tools.ts';

/** Some refused logins get another answer than 401. */
const refusing = (own: Rules, answer: (authorization: string, user: string) => Reply | undefined) =>
  ({
    serve: async (call, world) => {
      const other = own.admits(call, world) ? undefined : answer(call.authorization ?? '', world.user);
      return other ?? own.serve(call, world);
    },
  }) satisfies Partial<Rules>;
const decoded = (authorization: string) => loginOf({ authorization } as Parameters<typeof loginOf>[0]);

export const login = faultsOf('login', {
  'v-empty-password': {
    says: 'A known user with an empty password is admitted, as by an unauthenticated bind of LDAP.',
    breaks: 'Wrong credentials: exactly 401',
    change: (own) => ({
      knows: (text, world) => own.knows(text, world) || text === `${world.user}:`,
    }),
  },
  'v-compared-to-its-length': {
    says: 'The password is compared only up to the length of the right one: more letters behind it are ignored.',
    breaks: 'Wrong credentials: exactly 401',
    change: (own) => ({
      knows: (text, world) => own.knows(text.slice(0, `${world.user}:${world.password}`.length), world),
    }),
  },
  'v-password-in-any-case': {
    says: 'The password is compared by a collation of the database that takes no notice of case.',
    breaks: 'Wrong credentials: exactly 401',
    change: () => ({
      knows: (text, { user, password }) =>
        text.startsWith(`${user}:`) && text.slice(user.length + 1).toLowerCase() === password.toLowerCase(),
    }),
  },
  'v-any-user': {
    says: 'Only the password is looked at, as if it were a key of the API: any user name will do.',
    breaks: 'Unknown credentials: exactly 401',
    change: () => ({ knows: (text, { password }) => text.slice(text.indexOf(':') + 1) === password }),
  },
  'v-other-schemes-pass': {
    says: 'The check is for Basic only: a header with another scheme, such as Bearer, passes unchecked.',
    breaks: 'Unknown credentials: exactly 401',
    change: (own) => ({
      admits: (call, world) =>
        own.admits(call, world) || /^(?!basic)[a-z]+ +\S/i.test(call.authorization ?? ''),
    }),
  },
  'v-blank-basic-is-guest': {
    says: 'A header with the scheme alone and no credentials behind it is admitted as a guest.',
    breaks: 'Malformed credentials: exactly 401',
    change: (own) => ({
      admits: (call, world) => own.admits(call, world) || /^basic *$/i.test(call.authorization ?? ''),
    }),
  },
  'v-query-unguarded': {
    says: 'The guard compares the whole address with its patterns: with a query behind it, it lets all pass.',
    breaks: 'No credentials: exactly 401 on each operation',
    change: (own) => ({ admits: (call, world) => own.admits(call, world) || call.query.size > 0 }),
  },
  'v-escapes-unguarded': {
    says: 'The guard knows ids of letters, digits and hyphens: one with an escape such as `%31` passes by it.',
    breaks: 'No credentials: exactly 401 on each operation',
    change: (own) => ({ admits: (call, world) => own.admits(call, world) || call.segment.includes('%') }),
  },
  'v-sticky-refusal': {
    says: 'After a refused login, everything else on the same connection is refused too.',
    breaks: 'Status by phase; what the list must hold (a valid login is answered 401)',
    change: (own) => ({
      admits(call, world) {
        if (!own.admits(call, world)) call.connection.refused = 1;
        return !call.connection.refused;
      },
    }),
  },
  'v-address-locked': {
    says: 'Four refused logins, of whatever user, lock the address of the client: its valid logins get 401 too.',
    breaks: 'Status by phase; what the list must hold (a valid login is answered 401)',
    change: (own) => ({
      admits(call, world) {
        const admitted = own.admits(call, world);
        if (!admitted) nth(world.notes, 'refused');
        return admitted && (world.notes.refused ?? 0) < 4;
      },
    }),
  },
  'v-403-for-known-user': {
    says: 'A wrong password for a user that exists is answered with 403.',
    breaks: 'Wrong credentials: exactly 401',
    change: (own) =>
      refusing(own, (header, user) =>
        decoded(header)?.startsWith(`${user}:`) ? problem(403, 'Forbidden') : undefined,
      ),
  },
  'v-not-utf8-500': {
    says: 'Credentials that are not UTF-8 cannot be decoded, and the answer is 500.',
    breaks: 'Malformed credentials: exactly 401',
    change: (own) =>
      refusing(own, (header) =>
        decoded(header)?.includes('\uFFFD') ? problem(500, 'invalid start byte') : undefined,
      ),
  },
  'v-user-cached': {
    says: 'A valid login is remembered for a minute by its user: any password of that user will do meanwhile.',
    breaks: 'Wrong credentials: exactly 401',
    change: (own) => ({
      knows(text, world) {
        if (own.knows(text, world)) world.notes.admittedMs = world.now();
        const recent = world.now() - (world.notes.admittedMs ?? Number.NEGATIVE_INFINITY) < 60_000;
        return own.knows(text, world) || (recent && text.startsWith(`${world.user}:`));
      },
    }),
  },
  'v-refused-yet-kept': {
    says: 'X-Result-TTL is handled before the login: a read that is answered 401 changes the retention.',
    breaks: 'No credentials: 401, and nothing has happened',
    change: (own) => ({
      async serve(call, world) {
        const task = call.operation === 'read' ? named(call, world) : undefined;
        if (task && givesTtl(call)) own.retain(task, call, world);
        return own.serve(call, world);
      },
    }),
  },
  'v-cut-when-unknown': {
    says: 'A cancel of an unknown task kills the worker process: the connection is cut without an answer.',
    breaks: 'One shape of request whose connection is always cut; cancel unknown: 404',
    change: (own) => ({
      cancel(call, world) {
        const reply = own.cancel(call, world);
        return reply.code === 404 ? { ...reply, cut: true } : reply;
      },
    }),
  },
  'v-body-left-over': {
    says: 'The body of a cancel is left in the connection: the next request on it is answered with 400.',
    breaks: 'Status by phase; what the list must hold',
    change: (own) => ({
      async serve(call, world) {
        const left = call.connection.left;
        call.connection.left = call.operation === 'cancel' && !left ? 1 : 0;
        return left ? problem(400, 'Bad request line') : own.serve(call, world);
      },
    }),
  },
  'v-header-of-connection': {
    says: 'The X-Result-TTL of a read stays with its connection: later plain reads on it set it for their tasks.',
    breaks: 'Retention: for that task alone',
    change: (own) => ({
      retain(task, call, world) {
        if (givesTtl(call)) call.connection.ttl = Number(call.resultTtl);
        const { ttl } = call.connection;
        own.retain(task, ttl === undefined ? call : { ...call, resultTtl: String(ttl) }, world);
      },
    }),
  },
  'v-session-snapshot': {
    says: 'Each connection has its session with the store: a task that was read on it is not loaded again.',
    breaks: 'A phase change shows in both reads',
    change: (own) => {
      const sessions = new WeakMap<object, Map<Task, Reply>>();
      return {
        read(call, world) {
          const session = sessions.get(call.connection) ?? new Map<Task, Reply>();
          sessions.set(call.connection, session);
          const task = named(call, world);
          const reply = (task && session.get(task)) ?? own.read(call, world);
          if (task && reply.code === 200) session.set(task, reply);
          return reply;
        },
      };
    },
  },
  'v-first-user-of-connection': {
    says: 'The login is checked for the first request of a connection only; what comes after has that user.',
    breaks: 'No or wrong credentials: exactly 401 on each operation',
    change: (own) => ({
      serve: async (call, world) => {
        call.connection.admitted ??= own.admits(call, world) ? 1 : 0;
        if (!call.connection.admitted) return refusedLogin;
        return own.serve(call, { ...world, rules: { ...world.rules, admits: () => true } });
      },
    }),
  },
});
