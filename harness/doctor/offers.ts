/** What the target offers, as far as looking can tell: operations, databases, and who may make them. */
import { type Exchange, json } from '../exchange.ts';
import { listedIn, said, textOf } from '../provision/databases.ts';
import { cancel, list, type Request, read } from '../requests.ts';
import type { Login } from '../target.ts';
import { type Look, note, ok } from './step.ts';

/** OPTIONS on the path of each operation; it changes nothing, and the task is nobody's. */
export const optionsOf = (
  id: string,
): readonly { readonly name: string; readonly method: string; readonly asks: Request }[] =>
  [
    { name: 'list', request: list() },
    { name: 'read', request: read({ id }) },
    { name: 'cancel', request: cancel({ id }) },
  ].map(({ name, request: { path, method } }) => ({
    name,
    method,
    asks: { operation: 'other', method: 'OPTIONS', path },
  }));

/** One operation, and what OPTIONS on its path was answered with. */
export interface Told {
  readonly name: string;
  readonly method: string;
  readonly answer: Exchange;
}

/** A hint, never proof: a target may answer OPTIONS as it likes. */
export function judgeOperations(told: readonly Told[]): Look {
  const missing = told.filter(({ answer }) => answer.response?.status === 404);
  const without = told.filter(({ method, answer: { response } }) => {
    const allowed = response?.headers.allow;
    return (
      allowed !== undefined &&
      response?.status !== 404 &&
      !allowed
        .toUpperCase()
        .split(/[\s,]+/)
        .includes(method)
    );
  });
  const silent = told.filter(({ answer }) => answer.response?.headers.allow === undefined);
  if (missing.length > 0 || without.length > 0)
    return note(
      [
        ...missing.map(({ name }) => `${name} may be missing: OPTIONS on its path answers 404`),
        ...without.map(
          ({ name, method, answer }) =>
            `${name} may be missing: its path allows ${answer.response?.headers.allow}, and not ${method}`,
        ),
      ].join('; '),
      'This is a hint and no proof. A run tells for certain, as one finding for each operation that is missing.',
    );
  if (silent.length > 0)
    return note(
      `OPTIONS tells nothing of ${silent.map(({ name }) => name).join(', ')}: ${silent.map(({ answer }) => said(answer)).join(', ')}`,
    );
  return ok('list, read and cancel are there, says OPTIONS');
}

export const showUsers = (): Request => ({ operation: 'crdbs', method: 'GET', path: '/v1/users' });

/** The roles that the docs let create an Active-Active database. */
const creating: readonly string[] = ['admin', 'cluster_member', 'db_member'];

/** Whether a user may make a database: by the role, where it can be seen. Undefined: only trying would tell. */
export function mayCreate(
  databases: Exchange,
  users: Exchange | undefined,
  login: Login | undefined,
): boolean | undefined {
  if (login === undefined || databases.response?.status === 403) return false;
  const role = users && roleIn(users, login.user);
  return role === undefined ? undefined : creating.includes(role);
}

function roleIn(users: Exchange, user: string): string | undefined {
  const rows: unknown = users.response?.status === 200 ? json(users)?.value : undefined;
  if (!Array.isArray(rows)) return undefined;
  const row: unknown = rows.find(
    (one: unknown) => textOf(one, 'email') === user || textOf(one, 'name') === user,
  );
  return textOf(row, 'role');
}

/** @param users the answer of `GET /v1/users`, where there are databases to be seen */
export function judgePermission(
  databases: Exchange,
  users: Exchange | undefined,
  login: Login | undefined,
): Look {
  const found = listedIn(databases);
  if (databases.response?.status === 403 && login)
    return note(
      `${login.user} may not see databases, and so makes none: ${said(databases)}`,
      `For --provision crdbs give that user the role ${creating.join(', ')}.`,
    );
  if (!found) return note(`it has no databases to make tasks on: GET /v1/crdbs ${said(databases)}`);
  if (!login) return note('a database is made only with a login, which --no-auth says is not needed');
  const role = users && roleIn(users, login.user);
  if (role === undefined)
    return note(
      `whether ${login.user} may create databases is not shown to that user; a run by crdbs tries it, and tells`,
      `It takes the role ${creating.join(', ')}, or one with create_crdb, update_crdb and delete_crdb.`,
    );
  return creating.includes(role)
    ? ok(`${login.user} has the role ${role}, which may create databases`)
    : note(
        `${login.user} has the role ${role}, which may not create databases`,
        `For --provision crdbs it takes the role ${creating.join(', ')}.`,
      );
}
