/**
 * The way to a target, looked at step by step: what is wrong, and what to do. The credentials are sent only where the
 * target can be trusted, and once where they are refused. Nothing is sent that changes anything.
 */
import { randomUUID } from 'node:crypto';
import { type RunOptions, settingsOf } from '../config/options.ts';
import { recordingClient } from '../http/client.ts';
import { realClock } from '../http/clock.ts';
import { agentsFor, type Target } from '../http/target.ts';
import { shownRows } from '../judge/shown.ts';
import type { Exchange } from '../model/exchange.ts';
import { list, type Request, read } from '../model/requests.ts';
import { askForControl, offeredControl } from '../provision/control.ts';
import { listDatabases, showCluster } from '../provision/databases.ts';
import type { Provision } from '../simulate/simulations.ts';
import { judgeClock, judgeHttp, judgeLogin } from './answers.ts';
import { doorTo, knock, lookUp } from './connection.ts';
import { judgeOperations, optionsOf } from './offers.ts';
import { type DatabaseSide, permissionOn, showLicence, showUsers } from './permission.ts';
import { type Ground, judgeProvision } from './provisions.ts';
import { onlyLooking } from './read-only.ts';
import { judgeVersion, releasesIn, showNodes } from './release.ts';
import { type Look, type Looked, note, ok, type Step, steps } from './step.ts';
import { handshake, judgeTls } from './tls.ts';

export interface Patient {
  readonly target: Target;
  readonly options: RunOptions;
  /** How tasks are to come about, where the user says. */
  readonly wanted: Provision | undefined;
  /** Of the docs, that a run would hold it to. */
  readonly edition: string;
}

/** The first step that hinders a run, and what was seen there. */
export interface Broken {
  readonly step: Step;
  readonly look: Look;
}

/** Without these nothing after them can be looked at. */
const needed: ReadonlySet<Step> = new Set(['DNS', 'TCP', 'TLS', 'HTTP', 'login']);
/** All that a step of these needs is an answer, whoever it is for. */
const withoutLogin: ReadonlySet<Step> = new Set(['clock']);

/** Tasks that the user hands over are asked for up to so many. */
const mostIdsAsked = 50;

/**
 * Tells each step when it was looked at.
 * @returns what was found out of its tasks, or what is broken on the way
 */
export async function* examine(patient: Patient): AsyncGenerator<Looked, Ground | Broken> {
  const { target, options } = patient;
  const clock = realClock();
  const epochMs = Date.now() - clock.nowMs();
  const timeoutMs = settingsOf(options).timeoutS * 1000;
  const agents = agentsFor(target);
  // One request is one request: what is refused must not be sent again.
  const ask = recordingClient({ target, agents, clock, timeoutMs, guard: onlyLooking });
  const looking = looksAt(patient, ask, { epochMs, timeoutMs });
  let broken: Broken | undefined;
  try {
    for (const step of steps) {
      if (broken && !(withoutLogin.has(step) && broken.step === 'login')) {
        yield { step, mark: 'not looked at', says: `${broken.step} comes first` };
        continue;
      }
      const look = await looking[step]();
      yield { step, ...look };
      if (look.mark === 'problem' && needed.has(step)) broken = { step, look };
    }
    return broken ?? (await looking.ground());
  } finally {
    agents.close();
  }
}

type Ask = (request: Request) => Promise<Exchange>;
type Looks = Readonly<Record<Step, () => Promise<Look>>> & { readonly ground: () => Promise<Ground> };

/** One look for each step. What one has asked, a later one need not ask again. */
function looksAt(
  { target, options, wanted, edition }: Patient,
  ask: Ask,
  { epochMs, timeoutMs }: { readonly epochMs: number; readonly timeoutMs: number },
): Looks {
  const { url, login } = target;
  const door = doorTo(target);
  const id = randomUUID();
  const wayIn = once(() => lookUp(door));
  const anonymous = once(() => ask(list({ credentials: 'none' })));
  const listed = once(() => ask(list()));
  const known = once(async () => knownBy(await listed(), ask, id));
  const nodes = once(() => ask(showNodes()));
  const side = once(async (): Promise<DatabaseSide> => {
    const all = await ask(listDatabases());
    const hasSome = login !== undefined && all.response?.status === 200;
    return {
      databases: all,
      users: hasSome ? await ask(showUsers()) : undefined,
      licence: hasSome ? await ask(showLicence()) : undefined,
      login,
    };
  });
  const ground = once(async (): Promise<Ground> => {
    const rows = shownRows(await listed());
    return {
      offered: offeredControl(await ask(askForControl())),
      ...(await side()),
      releases: releasesIn(await nodes()),
      statuses: 'what' in rows ? rows.what.map(({ status }) => status) : [],
      unknownIds: await unknownAmong(Object.values(options.tasks ?? {}).flat(), ask),
    };
  });
  return {
    DNS: async () => (await wayIn()).look,
    TCP: async () => knock((await wayIn()).addresses, door, timeoutMs),
    TLS: async () =>
      url.protocol === 'https:'
        ? judgeTls(await handshake(target, timeoutMs), target, Date.now())
        : plain(login !== undefined),
    HTTP: async () => {
      const answer = await anonymous();
      const bootstrap =
        answer.response?.status === 503
          ? await ask({ operation: 'crdbs', method: 'GET', path: '/v1/bootstrap', credentials: 'none' })
          : undefined;
      return judgeHttp(answer, bootstrap, target);
    },
    login: async () => judgeLogin(await anonymous(), login ? await known() : [], target),
    version: async () => judgeVersion(await nodes(), await ask(showCluster()), edition),
    operations: async () => {
      const told = [];
      for (const { name, method, asks } of optionsOf(id))
        told.push({ name, method, answer: await ask(asks) });
      return judgeOperations(told, await listed());
    },
    clock: async () => judgeClock(await anonymous(), epochMs),
    permission: async () => permissionOn(await side()).look,
    provisioner: async () => judgeProvision(wanted, options, await ground()),
    ground,
  };
}

/** The answers to the credentials: where they are refused, they are not sent again. */
async function knownBy(listed: Exchange, ask: Ask, id: string): Promise<readonly Exchange[]> {
  if (listed.lost !== undefined || listed.response?.status === 401) return [listed];
  // Some releases lack the list, and what answers there then may not have looked at the login.
  return [listed, await ask(read({ id }))];
}

const plain = (isLogin: boolean): Look =>
  isLogin
    ? note(
        'none: what is sent, the password too, can be read on the way',
        'Name it with https:// if it speaks TLS.',
      )
    : ok('none, and nothing secret is sent');

async function unknownAmong(ids: readonly string[], ask: Ask): Promise<readonly string[]> {
  const unknown: string[] = [];
  for (const id of ids.slice(0, mostIdsAsked))
    if ((await ask(read({ id }))).response?.status === 404) unknown.push(id);
  return unknown;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
