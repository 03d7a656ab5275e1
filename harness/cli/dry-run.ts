/**
 * `run --dry-run`: every kind of request that a run would send, and what it would make. Nothing is sent: the same run is
 * made in simulated time on a reference cluster in this process, and the requests of that run are shown.
 */

import { loginInWords } from '../../reports/text/evidence.ts';
import { counted } from '../../reports/text/sentences.ts';
import { field, parsedJson } from '../../spec/record.ts';
import { settingsOf } from '../config/options.ts';
import type { RunOptions } from '../config/run-options.ts';
import { imageNamed } from '../container/images.ts';
import type { Exchange } from '../model/exchange.ts';
import { scopeOf, selectedClauses, wantedProvision } from '../run/plan.ts';
import { gather, judgeRun } from '../run/report.ts';
import { foreseenBySpeed, foreseenText } from '../simulate/foresee.ts';
import { type Provision, simulations } from '../simulate/likeness.ts';
import { simulate } from '../simulate/simulation.ts';
import { containerOptions } from './reach.ts';
import type { Terminal } from './terminal.ts';

/** Random scripts of so many seconds send each kind of request; more would take long to simulate. */
const mostExploredS = 10;

/** Shows what a run would send. @throws {UserError} exit 2: the options contradict each other */
export async function dryRun(given: RunOptions, io: Pick<Terminal, 'write'>): Promise<void> {
  const { container } = given;
  const named =
    container === undefined ? given : { ...containerOptions(given), target: imageNamed(container) };
  const { exploreS = 0 } = settingsOf(named);
  const options = exploreS > mostExploredS ? { ...named, explore: mostExploredS } : named;
  if (container !== undefined)
    io.write(
      `The run would start ${options.target}, send POST /v1/bootstrap/create_cluster to it, and remove it at the end.\n`,
    );
  const provision = wantedProvision(options) ?? 'control';
  const { selection, contract } = await scopeOf(options);
  const { start, ...how } = simulations[provision](options);
  const events = await simulate(start, {
    ...how,
    contract,
    selection,
    settings: settingsOf(options),
    readsOnly: options.readOnly === true,
  });
  const exchanges = events.flatMap((event) => (event.type === 'exchange' ? [event.exchange] : []));
  io.write(described(options, provision, exchanges));
  const clauses = selectedClauses(options, contract.book);
  const { must } = judgeRun(gather(events).checks, clauses, contract.register, { strict: false }).summary;
  io.write(`It could test ${must.reachable} of ${must.total} must clauses.\n`);
  if (exploreS > mostExploredS && options.readOnly !== true && !['none', 'fixed'].includes(provision))
    io.write(`Of the ${exploreS} s of random scripts, ${mostExploredS} s are in these numbers.\n`);
  if (provision !== 'crdbs') return;
  for (const { operationS, ...run } of await foreseenBySpeed(events, options, { contract, selection }))
    io.write(`Where an operation takes ${operationS} s: ${foreseenText(run)}.\n`);
}

/** A kind of request: what differs in nothing but the ids. */
interface RequestKind {
  readonly request: string;
  readonly times: number;
}

/** The kinds of some requests, those that could change something first. */
export function kindsOf(exchanges: readonly Pick<Exchange, 'request'>[]): readonly RequestKind[] {
  const ownIds = new Set(
    exchanges.flatMap(({ request: { path, body } }) =>
      path.endsWith('/_control/v1/tasks') ? String(field(parsedJson(body ?? ''), 'id')) : [],
    ),
  );
  const byKind = Map.groupBy(exchanges, ({ request }) => kindOf(request, ownIds));
  return [...byKind]
    .map(([request, alike]) => ({ request, times: alike.length }))
    .sort(
      (a, b) =>
        Number(a.request.startsWith('GET')) - Number(b.request.startsWith('GET')) ||
        (a.request < b.request ? -1 : 1),
    );
}

/** `POST /v1/crdb_tasks/{task of this run}/actions/cancel?force=true, without credentials` */
function kindOf(
  { method, path, headers, credentials }: Exchange['request'],
  ownIds: ReadonlySet<string>,
): string {
  const [bare = '', query] = path.split('?');
  const shown = bare
    .replace(
      /^(\/v1\/crdb_tasks\/|\/_control\/v1\/tasks\/)([^/]+)/,
      (_, before, id) => `${before}{${whose(id, ownIds)}}`,
    )
    .replace(/^(\/v1\/crdbs\/)([^/]+)/, (_, before) => `${before}{database}`);
  const ttl = headers['X-Result-TTL'] === undefined ? '' : ', with X-Result-TTL';
  return `${method} ${shown}${query === undefined ? '' : `?${query}`}${ttl}${credentials === 'own' ? '' : `, ${loginInWords(credentials)}`}`;
}

const ownTask = /^(\d{37}|conformance-[^-]+-([0-9a-f]{10}-\d+|db\d?-made|timed|gone-.*))$/;
/** An id that is made from an own id, or made up: in the form of a UUID, or in no valid form. */
const unusedId =
  /^(%7B)?conformance-|%|^x{100}|^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/i;

/** @param ownIds the ids of all tasks, where the run makes each by the control protocol */
const whose = (rawId: string, ownIds: ReadonlySet<string>): string => {
  if (ownIds.has(rawId) || ownTask.test(rawId)) return 'task of this run';
  if (unusedId.test(rawId)) return 'id that no task has';
  return ownIds.size > 0 ? 'id that this run did not make' : 'existing or given task';
};

const made: Readonly<Record<Provision, (exchanges: readonly Exchange[]) => string>> = {
  control: (exchanges) =>
    `${tasksMade(exchanges, 'POST /_control/v1/tasks')} tasks, each removed at the end of its check`,
  crdbs: (exchanges) => {
    const databases = tasksMade(exchanges, 'POST /v1/crdbs');
    const changes = exchanges.filter(({ request }) => request.method === 'PATCH').length;
    const own = new Set(
      exchanges.filter(({ request }) => request.method === 'DELETE').map(({ request }) => request.path),
    ).size;
    return `${counted(own, 'database')} of 100 MiB (conformance-TAG-db…), deleted at the end, and about ${changes} tasks on ${own > 0 ? 'them' : 'the database of --crdb'}; ${databases - own} databases with credentials that no user has, which fail and are never created`;
  },
  fixed: () => 'nothing; all but the first task of each phase may be cancelled',
  command: (exchanges) =>
    `no tasks itself; it would run the program about ${new Set(exchanges.map(({ request }) => /by-the-program-\w+-\d+/.exec(request.path)?.[0])).size - 1} times`,
  none: () => 'nothing, and change nothing',
};

/** What is sent before the first check, beside a list, a read of an unknown id and the question for the control protocol. */
const beforehand: Readonly<Record<Provision, string>> = {
  control: 'some 25 requests that try the task control protocol on five tasks of its own',
  crdbs: 'GET /v1/nodes, for the release of the cluster',
  fixed: 'GET /v1/nodes, and a read of each configured task',
  command: 'GET /v1/nodes, and runs the program once, for a running task',
  none: 'GET /v1/nodes, for the release of the cluster',
};

const tasksMade = (exchanges: readonly Exchange[], request: string): number =>
  exchanges.filter(({ request: { method, path } }) => `${method} ${path}` === request).length;

function described(options: RunOptions, provision: Provision, exchanges: readonly Exchange[]): string {
  const kinds = kindsOf(exchanges);
  const by =
    options.provision === undefined && wantedProvision(options) === undefined
      ? 'control, or none (only GETs) if the target does not support it'
      : provision;
  return [
    `A run on ${options.target ?? 'the reference cluster'}, with tasks from --provision ${by}, would send these requests. Nothing was sent.`,
    '',
    ...kinds.map(({ request, times }) => `${String(times).padStart(6)} ×  ${request}`),
    '',
    `It would make ${made[provision](exchanges)}.`,
    'The numbers are from a simulated run; on a real cluster, waiting takes more reads, and busy databases more operations.',
    `Before its first check it also sends ${beforehand[provision]}.`,
    '',
  ].join('\n');
}
