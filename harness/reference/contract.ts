/** The rules that keep the contract, with the plainest taste where the documents leave a choice. */
import { accepted, type CancelEffect, type Field, type Outcome, type Rules, refusedWith } from './rules.ts';

const collection = '/v1/crdb_tasks';
const refused: Outcome = refusedWith(406);
const always: readonly Field[] = ['crdb_guid', 'operation', 'started'];

const effect: CancelEffect = {
  afterMs: 30,
  endsAs: 'failed',
  afterwards: null,
  forgets: false,
  alsoEnds: 'no other task',
  alsoForgets: 'no other task',
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
  paths: { trailingSlash: 'another path', unknown: 404, wrongMethod: refusedWith(405) },
  ids: { match: 'exact', clean: (id) => id, refuses: () => null },
  auth: {
    overlooks: { list: [], read: [], cancel: [] },
    schemeCase: 'any',
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
      heeds: () => true,
      parse: secondsIn,
      assumes: null,
      malformed: 400,
      holds: 'for good',
    },
    afterPlainReads: (before) => before,
    share: { finished: 1, failed: 1, cancelled: 1 },
    unfinished: 'kept',
    clockStepMs: 1,
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
    verboseFields: ['progress', 'worker_name'],
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
