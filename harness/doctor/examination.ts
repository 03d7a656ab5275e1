/**
 * Examines the connection to a target step by step. Credentials are sent only to a trusted target, and only once where
 * they are refused. Nothing is sent that changes anything, except for tasks that it makes by the control protocol and removes.
 */
import { randomUUID } from 'node:crypto';
import { type RunOptions, settingsOf } from '../config/options.ts';
import { recordingClient } from '../http/client.ts';
import { realClock } from '../http/clock.ts';
import { agentsFor, type Target } from '../http/target.ts';
import { shownRows } from '../judge/shown.ts';
import type { Exchange } from '../model/exchange.ts';
import { list, type Request, read } from '../model/requests.ts';
import { unknownAmong } from '../provision/choice.ts';
import { askForControl, type ControlCapabilities, offeredControl } from '../provision/control.ts';
import {
  listDatabases,
  releasesIn,
  showCluster,
  showLicence,
  showNodes,
  showUsers,
} from '../provision/databases.ts';
import { guarding } from '../provision/guard.ts';
import { checkProtocol, type ProtocolFindings, protocolContext, removing } from '../provision/protocol.ts';
import { resourceLogInMemory } from '../provision/resource-log.ts';
import { newTag } from '../run/plan.ts';
import type { Provision } from '../simulate/likeness.ts';
import { judgeClock, judgeHttp, judgeLogin, judgeOperations, judgeVersion, optionsOf } from './answers.ts';
import { firstHopTo, handshake, judgeTls, lookUp, tryPort } from './connection.ts';
import { type DatabaseSide, judgeProvision, permissionOn, type TaskFacts } from './provisions.ts';
import { type Look, type Looked, note, ok, onlyLooking, type Step, steps } from './step.ts';

export interface Examination {
  readonly target: Target;
  readonly options: RunOptions;
  readonly wanted: Provision | undefined;
  readonly edition: string;
}

/** The first step that prevents a run, and what it found. */
export interface Broken {
  readonly step: Step;
  readonly look: Look;
}

/** Where one of these fails, later steps are not looked at. */
const needed: ReadonlySet<Step> = new Set(['DNS', 'TCP', 'TLS', 'HTTP', 'login']);
/** These steps need a response only, not a login. */
const withoutLogin: ReadonlySet<Step> = new Set(['clock']);

/**
 * Yields each step as it is done.
 * @returns the facts about its tasks, or the step that failed
 */
export async function* examine(examination: Examination): AsyncGenerator<Looked, TaskFacts | Broken> {
  const { target, options } = examination;
  const clock = realClock();
  const epochMs = Date.now() - clock.nowMs();
  const timeoutMs = settingsOf(options).timeoutS * 1000;
  const agents = agentsFor(target);
  // Without retries: a refused login must not be sent again.
  const asking = { target, agents, clock, timeoutMs };
  const ask = recordingClient({ ...asking, guard: onlyLooking });
  const playProtocol = (offered: ControlCapabilities): Promise<ProtocolFindings> => {
    const resourceLog = resourceLogInMemory(newTag());
    const adopted = new Set<string>();
    const send = recordingClient({ ...asking, guard: removing(adopted, guarding(resourceLog)) });
    const wait = (ms: number) => clock.sleep(ms);
    return checkProtocol(protocolContext({ send, wait }, resourceLog, adopted), offered);
  };
  const looking = looksAt(examination, ask, { epochMs, timeoutMs, playProtocol });
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
    return broken ?? (await looking.taskFacts());
  } finally {
    agents.close();
  }
}

type Ask = (request: Request) => Promise<Exchange>;
type Looks = Readonly<Record<Step, () => Promise<Look>>> & { readonly taskFacts: () => Promise<TaskFacts> };

/** A look for each step. Responses are shared between steps. */
function looksAt(
  { target, options, wanted, edition }: Examination,
  ask: Ask,
  {
    epochMs,
    timeoutMs,
    playProtocol,
  }: {
    readonly epochMs: number;
    readonly timeoutMs: number;
    readonly playProtocol: (offered: ControlCapabilities) => Promise<ProtocolFindings>;
  },
): Looks {
  const { url, login } = target;
  const hop = firstHopTo(target);
  const id = randomUUID();
  const resolved = once(() => lookUp(hop));
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
  const taskFacts = once(async (): Promise<TaskFacts> => {
    const rows = shownRows(await listed());
    const offered = offeredControl(await ask(askForControl()));
    return {
      offered,
      protocol: offered && (wanted ?? 'control') === 'control' ? await playProtocol(offered) : undefined,
      ...(await side()),
      releases: releasesIn(await nodes()),
      statuses: 'what' in rows ? rows.what.map(({ status }) => status) : [],
      unknownIds: await unknownAmong(Object.values(options.tasks ?? {}).flat(), ask),
    };
  });
  return {
    DNS: async () => (await resolved()).look,
    TCP: async () => tryPort((await resolved()).addresses, hop, timeoutMs),
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
    provisioner: async () => judgeProvision(wanted, options, await taskFacts()),
    taskFacts,
  };
}

/** The responses to the login: where it is refused, it is not sent again. */
async function knownBy(listed: Exchange, ask: Ask, id: string): Promise<readonly Exchange[]> {
  if (listed.lost !== undefined || listed.response?.status === 401) return [listed];
  // Some releases lack the list, and their 404 may not have checked the login.
  return [listed, await ask(read({ id }))];
}

const plain = (isLogin: boolean): Look =>
  isLogin
    ? note(
        'no TLS: everything, the password too, is sent in the clear',
        'Use https:// in --target if the target speaks TLS.',
      )
    : ok('no TLS, and nothing secret is sent');

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
