/** How a run would make tasks on the target, whether it may, and how to simulate that run. */
import { field, textOf } from '../../spec/record.ts';
import type { RunOptions } from '../config/options.ts';
import type { Login } from '../http/target.ts';
import type { Status } from '../judge/shown.ts';
import type { Exchange } from '../model/exchange.ts';
import type { ControlCapabilities } from '../provision/control.ts';
import { answerText, listedIn, okBody } from '../provision/databases.ts';
import { type ProtocolFindings, protocolRemedy } from '../provision/protocol.ts';
import type { Likeness, Provision } from '../simulate/likeness.ts';
import { mayFailWithTtl } from './answers.ts';
import { type Look, note, ok, problem } from './step.ts';

/** What the steps found out about tasks on the target. */
export interface TaskFacts extends DatabaseSide {
  readonly offered: ControlCapabilities | undefined;
  /** Where the target deviates from the control protocol; undefined where that was not tried. */
  readonly protocol: ProtocolFindings | undefined;
  readonly releases: readonly string[];
  /** Of the existing tasks. */
  readonly statuses: readonly Status[];
  /** The user's task ids that the target does not know. */
  readonly unknownIds: readonly string[];
}

/** @param wanted the user's choice; undefined: `control` where the target speaks it, otherwise `none` */
export const chosen = (wanted: Provision | undefined, { offered }: TaskFacts): Provision =>
  wanted ?? (offered ? 'control' : 'none');

export function judgeProvision(wanted: Provision | undefined, options: RunOptions, facts: TaskFacts): Look {
  return judges[chosen(wanted, facts)](options, facts, wanted);
}

const inWords = ({ phases, age, cancelFailure }: ControlCapabilities): string =>
  [...phases, ...(age ? ['age'] : []), ...(cancelFailure ? ['cancel_failure'] : [])].join(', ');

const judges: Readonly<
  Record<Provision, (options: RunOptions, facts: TaskFacts, wanted: Provision | undefined) => Look>
> = {
  control: (_, { offered, protocol: { faults, harmless } = { faults: [], harmless: [] } }) =>
    faults.length > 0
      ? problem(faults.join('; '), protocolRemedy)
      : offered
        ? (harmless.length > 0 ? note : ok)(
            [`the target speaks the task control protocol: ${inWords(offered)}`, ...harmless].join('; '),
          )
        : problem(
            'the target does not speak the task control protocol: GET /_control/v1 did not answer 200 with "protocol": 1',
            'Omit --provision control, or add the protocol to the target: see docs/mocks.md.',
          ),
  crdbs({ crdb }, { databases }) {
    const found = listedIn(databases);
    if (!found)
      return problem(
        `no databases to make tasks on: GET /v1/crdbs ${answerText(databases)}`,
        'Use a Redis Software cluster, a user who may see its databases, or another --provision.',
      );
    if (crdb === undefined) return ok(`tasks by /v1/crdbs, on a small database that the run creates`);
    return found.some(({ guid }) => guid === crdb)
      ? ok(`tasks by /v1/crdbs, on the database ${crdb}`)
      : problem(
          `the target has no database ${crdb}`,
          found.length === 0
            ? 'It has none at all: omit --crdb.'
            : `It has ${found.map(({ guid, name }) => `${guid} (${name})`).join(', ')}.`,
        );
  },
  fixed({ tasks = {} }, { unknownIds }) {
    const ids = Object.values(tasks).flat();
    if (ids.length === 0)
      return problem(
        '--provision fixed needs tasks',
        'Give their ids by phase under `tasks:` in --config FILE.',
      );
    return unknownIds.length === 0
      ? ok(`the target has all ${ids.length} configured tasks`)
      : note(
          `the target does not know ${unknownIds.length} of the ${ids.length} configured tasks: ${unknownIds.slice(0, 3).join(', ')}`,
          'Ended tasks expire (after 500 s by default): configure fresh ones.',
        );
  },
  command: ({ command }) =>
    command === undefined
      ? problem('--provision command needs a program', 'Give it with --command: examples/command has two.')
      : note('tasks by the program in --command; not tried, because it would make tasks'),
  none(_, { databases, statuses, login }, wanted) {
    const there = `a run makes no tasks and reads the ${statuses.length} existing ones`;
    if (wanted === 'none') return ok(there);
    return listedIn(databases) && login
      ? note(
          `no task control protocol, so ${there}`,
          'It has /v1/crdbs: --provision crdbs makes tasks and shows more.',
        )
      : note(
          `no task control protocol and no /v1/crdbs, so ${there}`,
          'A mock that speaks the protocol can be tested completely: see docs/mocks.md.',
        );
  },
};

/** A possible run, as far as its tasks are concerned. */
export interface Prospect {
  readonly provision: Provision;
  /** What must hold for it, where that is unknown or does not hold. */
  readonly condition?: string;
  readonly like: Likeness;
}

/** At most five tasks of each status, as many as any check needs: a list may be long. */
const fewOf = (statuses: readonly Status[]): readonly Status[] =>
  [...Map.groupBy(statuses, (status) => status).values()].flatMap((alike) => alike.slice(0, 5));

/** The run that the options ask for, then the alternatives that change how much it could test. */
export function prospects(wanted: Provision | undefined, facts: TaskFacts): readonly Prospect[] {
  const { offered, databases, releases } = facts;
  const statuses = fewOf(facts.statuses);
  const provision = chosen(wanted, facts);
  if (provision !== 'crdbs') {
    const plain = { provision, like: { statuses, ...(offered ? { offered } : {}) } };
    const couldMakeSome = wanted === undefined && provision === 'none' && listedIn(databases) !== undefined;
    return couldMakeSome ? [plain, ...prospects('crdbs', facts)] : [plain];
  }
  const { mayCreate: may } = permissionOn(facts);
  const without = { statuses, withoutDatabase: 'no database can be made' };
  const made: Prospect = { provision, like: { statuses } };
  return [
    may === false ? { provision, like: without } : made,
    ...(may === false ? [{ ...made, condition: 'if databases could be created' }] : []),
    ...(may === undefined ? [{ provision, like: without, condition: 'if no database can be created' }] : []),
    ...(may !== false && releases.some(mayFailWithTtl)
      ? [
          {
            provision,
            like: { statuses, refusesTtl: true },
            condition: 'if tasks fail with X-Result-TTL (RS171560)',
          },
        ]
      : []),
  ];
}

/** The responses about databases, and the login that asked for them. */
export interface DatabaseSide {
  /** The response of `GET /v1/crdbs`. */
  readonly databases: Exchange;
  /** The responses of `GET /v1/users` and `GET /v1/license`, where databases can be listed. */
  readonly users: Exchange | undefined;
  readonly licence: Exchange | undefined;
  readonly login: Login | undefined;
}

export interface Permission {
  /** Undefined: unknown without trying. */
  readonly mayCreate: boolean | undefined;
  readonly look: Look;
}

/** The roles that may create an Active-Active database. Source: the permissions of requests/crdbs */
const creating: readonly string[] = ['admin', 'cluster_member', 'db_member'];
const roles = creating.join(', ');

const no = (says: string, remedy?: string): Permission => ({ mayCreate: false, look: note(says, remedy) });

export function permissionOn({ databases, users, licence, login }: DatabaseSide): Permission {
  if (!login) return no('creating a database needs a login, and --no-auth gives none');
  if (databases.response?.status === 403)
    return no(
      `${login.user} may not list databases: ${answerText(databases)}`,
      `For --provision crdbs give the user one of the roles ${roles}.`,
    );
  if (!listedIn(databases))
    return no(`no databases to make tasks on: GET /v1/crdbs ${answerText(databases)}`);
  if (field(okBody(licence), 'expired') === true)
    return no('the cluster’s licence has expired, so it creates no databases', 'Install a new licence.');
  const role = users && roleIn(users, login.user);
  if (role === undefined)
    return {
      mayCreate: undefined,
      look: note(
        `${login.user} can’t see whether it may create databases; a run with --provision crdbs tries it`,
        `It needs one of the roles ${roles}, or a role with create_crdb, update_crdb and delete_crdb.`,
      ),
    };
  return creating.includes(role)
    ? { mayCreate: true, look: ok(`${login.user} has the role ${role}, which may create databases`) }
    : no(
        `${login.user} has the role ${role}, which may not create databases`,
        `For --provision crdbs it needs one of the roles ${roles}.`,
      );
}

function roleIn(users: Exchange, user: string): string | undefined {
  const rows = okBody(users);
  if (!Array.isArray(rows)) return undefined;
  const row: unknown = rows.find(
    (one: unknown) => textOf(one, 'email') === user || textOf(one, 'name') === user,
  );
  return textOf(row, 'role');
}
