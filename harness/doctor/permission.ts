/** Whether databases can be made there, as far as looking can tell: without them a real cluster shows no fresh task. */

import type { Login } from '../http/target.ts';
import { type Exchange, json } from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import { answerText, listedIn, textOf } from '../provision/databases.ts';
import { type Look, note, ok } from './step.ts';

const looking = (path: string): Request => ({ operation: 'crdbs', method: 'GET', path });
export const showUsers = (): Request => looking('/v1/users');
export const showLicence = (): Request => looking('/v1/license');

/** What was asked of databases, and who asked. */
export interface DatabaseSide {
  /** The answer of `GET /v1/crdbs`. */
  readonly databases: Exchange;
  /** Those of `GET /v1/users` and `GET /v1/license`, where there are databases to be seen. */
  readonly users: Exchange | undefined;
  readonly licence: Exchange | undefined;
  readonly login: Login | undefined;
}

export interface Permission {
  /** Undefined: only trying would tell. */
  readonly mayCreate: boolean | undefined;
  readonly look: Look;
}

/** The roles that the docs let create an Active-Active database. */
const creating: readonly string[] = ['admin', 'cluster_member', 'db_member'];
const roles = creating.join(', ');

const no = (says: string, remedy?: string): Permission => ({ mayCreate: false, look: note(says, remedy) });

export function permissionOn({ databases, users, licence, login }: DatabaseSide): Permission {
  if (!login) return no('a database is made only with a login, which --no-auth says is not needed');
  if (databases.response?.status === 403)
    return no(
      `${login.user} may not see databases, and so makes none: ${answerText(databases)}`,
      `For --provision crdbs give that user one of the roles ${roles}.`,
    );
  if (!listedIn(databases))
    return no(`it has no databases to make tasks on: GET /v1/crdbs ${answerText(databases)}`);
  if (licence && hasRunOut(licence))
    return no(
      'its licence has run out, and without one a cluster makes no databases',
      'Give it a new licence.',
    );
  const role = users && roleIn(users, login.user);
  if (role === undefined)
    return {
      mayCreate: undefined,
      look: note(
        `whether ${login.user} may create databases is not shown to that user; a run by crdbs tries it, and tells`,
        `It takes one of the roles ${roles}, or one with create_crdb, update_crdb and delete_crdb.`,
      ),
    };
  return creating.includes(role)
    ? { mayCreate: true, look: ok(`${login.user} has the role ${role}, which may create databases`) }
    : no(
        `${login.user} has the role ${role}, which may not create databases`,
        `For --provision crdbs it takes one of the roles ${roles}.`,
      );
}

const bodyOf = (answer: Exchange): unknown =>
  answer.response?.status === 200 ? json(answer)?.value : undefined;

function roleIn(users: Exchange, user: string): string | undefined {
  const rows = bodyOf(users);
  if (!Array.isArray(rows)) return undefined;
  const row: unknown = rows.find(
    (one: unknown) => textOf(one, 'email') === user || textOf(one, 'name') === user,
  );
  return textOf(row, 'role');
}

function hasRunOut(licence: Exchange): boolean {
  const body = bodyOf(licence);
  return typeof body === 'object' && body !== null && 'expired' in body && body.expired === true;
}
