/** The rules that keep the contract, with the plainest choice where the docs leave one, and changes of these rules. */
import { isRecord } from './messages.ts';
import {
  accepted,
  type CancelEffect,
  type Field,
  type RequestContext,
  type RequestOutcome,
  type Rules,
  type RulesInTime,
  refusedWith,
} from './rules.ts';

const collection = '/v1/crdb_tasks';
const refused: RequestOutcome = refusedWith(406);
const always: readonly Field[] = ['crdb_guid', 'operation', 'started'];

const effect: CancelEffect = {
  afterMs: 30,
  endsAs: 'failed',
  afterwards: null,
  forgets: false,
  alsoEnds: () => false,
  alsoForgets: () => false,
  takesBack: false,
};

/** RFC 3339, UTC, whole seconds. */
export const wholeSeconds = (epochMs: number): string =>
  `${new Date(epochMs).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`;

/** A whole number of seconds, not negative; null for anything else. */
export const secondsIn = (header: string): number | null => (/^\d+$/.test(header) ? Number(header) : null);

export const rules: Rules = {
  routes: [
    { operation: 'list', method: 'GET', path: collection },
    { operation: 'read', method: 'GET', path: `${collection}/{id}` },
    { operation: 'cancel', method: 'POST', path: `${collection}/{id}/actions/cancel` },
  ],
  paths: { unknown: 404, wrongMethod: refusedWith(405) },
  ids: { match: 'exact', tellsApart: null, clean: (id) => id, refuses: () => null },
  auth: {
    overlooks: { list: [], read: [], cancel: [] },
    schemeCase: 'any',
    accepts: () => false,
    status: { absent: 401, malformed: 401, 'unknown user': 401, 'wrong password': 401 },
    challenge: 'Basic realm="crdb_tasks", charset="UTF-8"',
    lookupFirst: false,
    actsAnyway: { list: [], read: [], cancel: [] },
  },
  list: {
    status: 200,
    holds: { queued: false, running: true, committing: true, finished: false, failed: false },
    times: { queued: 1, running: 1, committing: 1, finished: 1, failed: 1 },
    lagMs: 0,
    order: 'oldest first',
    answer: (rows) => rows,
    rewriteRow: (row) => row,
  },
  read: {
    status: { queued: 200, running: 200, committing: 200, finished: 200, failed: 200 },
    unknown: 404,
    expired: () => 404,
    lagMs: 0,
    verbose: { absent: 'plain', true: 'verbose', false: 'plain', malformed: 400 },
    rewrite: (body) => body,
    rewriteVerbose: (body) => body,
    moves: () => null,
    forgets: () => false,
  },
  cancel: {
    outcome: {
      queued: { graceful: accepted, forced: accepted },
      running: { graceful: accepted, forced: accepted },
      committing: { graceful: refused, forced: accepted },
      finished: { graceful: refused, forced: refused },
      failed: { graceful: refused, forced: refused },
    },
    unknown: 404,
    expired: 404,
    failing: { graceful: refusedWith(409), forced: refusedWith(409) },
    again: null,
    isForced: (force) => force?.toLowerCase() === 'true',
    effect: { graceful: effect, forced: effect },
    says: (id) => ({ id, message: 'The cancel was accepted.' }),
  },
  retention: {
    defaultS: 500,
    msPerSecond: 1000,
    from: 'completion',
    creationTtl: { on: 'that task', makes: (_default, given) => given },
    readTtl: {
      on: 'that task',
      from: 'completion',
      makes: (_before, header) => header,
      applies: () => true,
      parse: secondsIn,
      assumes: null,
      malformed: 400,
      holds: 'for good',
    },
    afterPlainReads: (before) => before,
    share: { finished: 1, failed: 1, cancelled: 1 },
    unfinished: 'kept',
    clockStepMs: 1,
    ageWrapsAtMs: Number.POSITIVE_INFINITY,
    reaperStepMs: 1,
    forgottenBy: { list: true, read: true, cancel: true },
    forgottenByVerbose: true,
  },
  task: {
    status: {
      queued: 'queued',
      running: 'started',
      committing: 'started',
      finished: 'finished',
      failed: 'failed',
    },
    fields: {
      queued: always,
      running: always,
      committing: always,
      finished: [...always, 'ended'],
      failed: [...always, 'ended', 'errors'],
    },
    absent: 'left out',
    timestamp: wholeSeconds,
  },
  transport: {
    afterMs: { list: 0, read: 0, cancel: 0 },
    mediaType: { list: 'application/json', read: 'application/json', cancel: 'application/json' },
    refusalBody: 'error',
    connection: 'keep-alive',
    framing: 'content-length',
    headerNames: 'canonical',
    version: '1.1',
    gzip: false,
    cache: { ms: { list: 0, read: 0, cancel: 0 }, byLogin: true },
    finish: (reply) => reply,
  },
  control: { knowsExpired: true, namesGuid: true, removedStaysListed: false },
};

type Change<Part> = Part extends (...given: never[]) => unknown
  ? Part
  : Part extends readonly unknown[]
    ? Part
    : Part extends object
      ? { readonly [Name in keyof Part]?: Change<Part[Name]> }
      : Part;

export type RulesChange = Change<Rules>;

/** The contract with some rules changed; later changes win. A change keeps what it doesn't name; lists are replaced. */
export const contractBut = (...changes: readonly RulesChange[]): Rules =>
  changes.reduce((before: Rules, change) => merged(before, change) as Rules, rules); // a change keeps the type

/**
 * The contract with a change for some requests only.
 * @param always changes for all requests
 */
export function contractButWhen(
  applies: (context: RequestContext) => boolean,
  change: RulesChange,
  always: readonly RulesChange[] = [],
): RulesInTime {
  const kept = contractBut(...always);
  const changed = contractBut(...always, change);
  return (context) => (applies(context) ? changed : kept);
}

function merged(before: unknown, change: unknown): unknown {
  if (!isRecord(before) || !isRecord(change)) return change;
  const named = Object.entries(change).map(([name, part]) => [name, merged(before[name], part)]);
  return { ...before, ...Object.fromEntries(named) };
}

/** The paths of all rules that a change sets: `read.verbose.true`. */
export const leavesOf = (change: RulesChange): readonly string[] => paths(change, []);

function paths(part: unknown, above: readonly string[]): readonly string[] {
  if (!isRecord(part)) return [above.join('.')];
  return Object.entries(part).flatMap(([name, inner]) => paths(inner, [...above, name]));
}

/** Whether two changes set one rule, or one sets what the other sets a part of. */
export function collide(one: RulesChange, other: RulesChange): boolean {
  const within = (inner: string, outer: string) => inner === outer || inner.startsWith(`${outer}.`);
  const others = leavesOf(other);
  return leavesOf(one).some((leaf) => others.some((its) => within(leaf, its) || within(its, leaf)));
}
