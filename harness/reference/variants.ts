/** Servers of a different taste that keep the contract all the same: none may be called non-conformant. */
import { contractBut, type RulesChange } from './change.ts';
import { rules } from './contract.ts';
import { type Field, type Rules, refusedWith } from './rules.ts';

export interface Variant {
  readonly id: string;
  /** One line for people: what is different. */
  readonly says: string;
  readonly rules: Rules;
  /** The clauses that must end as `warn`; none may end as `fail`. */
  readonly warns: readonly string[];
}

const always: readonly Field[] = rules.task.fields.running;
const refused409 = refusedWith(409);

/** One switch each, so that a variant can combine some. */
const switches = {
  minimalBodies: {
    task: {
      fields: {
        queued: [],
        running: [],
        committing: [],
        finished: ['crdb_guid'],
        failed: ['crdb_guid', 'errors'],
      },
    },
  },
  endedInList: { list: { holds: { finished: true, failed: true } } },
  queuedInList: { list: { holds: { queued: true } } },
  newestFirst: { list: { order: 'newest first' } },
  emptyRefusals: { transport: { refusalBody: 'none' } },
  problemRefusals: { transport: { refusalBody: 'problem' } },
  emptyCancelBody: { cancel: { says: () => undefined } },
  reaperEverySecond: { retention: { reaperStepMs: 1000 } },
  wholeSecondClock: { retention: { clockStepMs: 1000 } },
  cancelShowsLate: { cancel: { effect: { graceful: { afterMs: 1500 }, forced: { afterMs: 1500 } } } },
  cancelShowsVeryLate: { cancel: { effect: { graceful: { afterMs: 3000 }, forced: { afterMs: 3000 } } } },
  cancelShowsAtOnce: { cancel: { effect: { graceful: { afterMs: 0 }, forced: { afterMs: 0 } } } },
  endedIs409: {
    cancel: {
      outcome: {
        finished: { graceful: refused409, forced: refused409 },
        failed: { graceful: refused409, forced: refused409 },
      },
    },
  },
  secondCancelRefused: { cancel: { again: refusedWith(406) } },
  ttlFromThatRead: { retention: { readTtl: { from: 'that read' } } },
  badTtlIgnored: { retention: { readTtl: { malformed: 'ignored' } } },
  badVerboseIgnored: { read: { verbose: { malformed: 'plain' } } },
  nullForAbsent: {
    task: {
      absent: 'null',
      fields: {
        queued: [...always, 'ended', 'errors'],
        running: [...always, 'ended', 'errors'],
        committing: [...always, 'ended', 'errors'],
        finished: [...always, 'ended', 'errors'],
      },
    },
  },
  endShownWhileCancelling: {
    task: {
      fields: {
        queued: [...always, 'ended', 'errors'],
        running: [...always, 'ended', 'errors'],
        committing: [...always, 'ended', 'errors'],
      },
    },
    cancel: { effect: { graceful: { afterMs: 1000 }, forced: { afterMs: 1000 } } },
  },
  failedForGood: {
    retention: { share: { failed: Number.POSITIVE_INFINITY, cancelled: Number.POSITIVE_INFINITY } },
  },
  slowAnswers: { transport: { afterMs: { list: 200, read: 200, cancel: 200 } } },
  chunked: { transport: { framing: 'chunked' } },
  closing: { transport: { connection: 'close' } },
  zipped: { transport: { gzip: true } },
  lowerCaseHeaders: { transport: { headerNames: 'lower' } },
  charset: {
    transport: {
      mediaType: { list: 'application/json; charset=utf-8', read: 'Application/JSON;charset="UTF-8"' },
    },
  },
  malformedIds400: { ids: { refuses: (id) => (/^[A-Za-z0-9._~-]{1,64}$/.test(id) ? null : 400) } },
  getOnCancel404: { paths: { wrongMethod: refusedWith(404) } },
  idsOfAnyCase: { ids: { match: 'any case' } },
  controlForgetsExpired: { control: { knowsExpired: false, namesGuid: false } },
} satisfies Record<string, RulesChange>;

const variant = (
  id: string,
  says: string,
  changes: readonly RulesChange[],
  warns: readonly string[] = [],
): Variant => ({ id, says, rules: contractBut(...changes), warns });

export const variants: readonly Variant[] = [
  variant(
    'terse',
    'minimal bodies, ended tasks in the list, refusals and cancels without a body, whole-second clock',
    [
      switches.minimalBodies,
      switches.endedInList,
      switches.emptyRefusals,
      switches.emptyCancelBody,
      switches.wholeSecondClock,
      switches.badTtlIgnored,
    ],
  ),
  variant(
    'leisurely',
    'a reaper once a second, cancels that show after 1.5 s, problem documents, queued tasks in the list',
    [
      switches.reaperEverySecond,
      switches.cancelShowsLate,
      switches.problemRefusals,
      switches.ttlFromThatRead,
      switches.queuedInList,
    ],
  ),
  variant('minimal-bodies', 'a task shows little more than its id and status', [switches.minimalBodies]),
  variant('ended-in-list', 'ended tasks are listed while they are kept', [switches.endedInList]),
  variant('queued-in-list', 'queued tasks are listed', [switches.queuedInList]),
  variant('newest-first', 'the list has its newest task first', [switches.newestFirst]),
  variant('empty-refusals', 'refused requests are answered without a body', [switches.emptyRefusals]),
  variant('problem-refusals', 'refused requests are answered with problem documents', [
    switches.problemRefusals,
  ]),
  variant('empty-cancel', 'an accepted cancel is answered without a body', [switches.emptyCancelBody]),
  variant('reaper', 'expired tasks go once a second', [switches.reaperEverySecond]),
  variant('whole-second-clock', 'retention is counted in whole seconds of the clock', [
    switches.wholeSecondClock,
  ]),
  variant('cancel-at-once', 'a cancelled task has ended when the cancel is answered', [
    switches.cancelShowsAtOnce,
  ]),
  variant('cancel-in-3-s', 'a cancelled task ends after 3 s', [switches.cancelShowsVeryLate]),
  variant('ended-is-409', 'a cancel of an ended task is refused with 409', [switches.endedIs409]),
  variant('second-cancel-refused', 'a second cancel is refused with 406, also while the first takes effect', [
    switches.secondCancelRefused,
    switches.cancelShowsLate,
  ]),
  variant('ttl-from-that-read', 'X-Result-TTL counts from the read that carried it', [
    switches.ttlFromThatRead,
  ]),
  variant('bad-ttl-ignored', 'an X-Result-TTL that is no number is ignored', [switches.badTtlIgnored]),
  variant('bad-verbose-ignored', 'a verbose that is no boolean is ignored', [switches.badVerboseIgnored]),
  variant(
    'null-for-absent',
    'a field without a value is null',
    [switches.nullForAbsent],
    ['list.absent-not-null', 'read.absent-not-null'],
  ),
  variant('end-shown-early', '`ended` and `errors` are shown while a cancelled task still says started', [
    switches.endShownWhileCancelling,
  ]),
  variant('failed-for-good', 'failed and cancelled tasks never go', [switches.failedForGood]),
  variant('slow', 'every answer takes 200 ms', [switches.slowAnswers]),
  variant('chunked', 'bodies come in chunks', [switches.chunked]),
  variant('closing', 'the connection is closed after each answer', [switches.closing]),
  variant('zipped', 'bodies are compressed', [switches.zipped]),
  variant('lower-case-headers', 'header names are in lower case', [switches.lowerCaseHeaders]),
  variant('charset', 'the content type has a charset, and capitals', [switches.charset]),
  variant('malformed-ids-400', 'an id that can not exist is refused with 400', [switches.malformedIds400]),
  variant('get-on-cancel-404', 'GET on the cancel path is answered with 404', [switches.getOnCancel404]),
  variant('ids-of-any-case', 'ids that differ in case alone name the same task', [switches.idsOfAnyCase]),
  variant('forgetful-control', 'the control protocol forgets expired tasks, and names no guid', [
    switches.controlForgetsExpired,
  ]),
];
