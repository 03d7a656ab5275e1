/** What the documents leave open, as switches of the cluster: each is another taste, and none breaks the contract. */
import type { Body } from './body.ts';
import type { RulesChange } from './change.ts';
import { rules, wholeSeconds } from './contract.ts';
import { type Field, refusedWith } from './rules.ts';

export interface Switch {
  readonly id: string;
  /** One line for people: what is different. */
  readonly says: string;
  readonly change: RulesChange;
  /** The clauses that may end as `warn`; none may end as `fail`. */
  readonly warns?: readonly string[];
  /** Whether only a client on the wire can tell. */
  readonly onTheWire?: boolean;
}

const always: readonly Field[] = rules.task.fields.running;
const refused409 = refusedWith(409);

const foreign = (task: Body): Body => ({ ...task, operation: 'změna', worker_name: 'работник-1 \u202e💥' });
const richer = (task: Body): Body => ({ ...task, result: { steps: [1, 2] }, tags: [] });

export const switches = {
  minimalBodies: {
    id: 'minimal-bodies',
    says: 'a task shows little more than its id and status',
    change: {
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
  },
  endedInList: {
    id: 'ended-in-list',
    says: 'ended tasks are listed while they are kept',
    change: { list: { holds: { finished: true, failed: true } } },
  },
  queuedInList: {
    id: 'queued-in-list',
    says: 'queued tasks are listed',
    change: { list: { holds: { queued: true } } },
  },
  newestFirst: {
    id: 'newest-first',
    says: 'the list has its newest task first',
    change: { list: { order: 'newest first' } },
  },
  emptyRefusals: {
    id: 'empty-refusals',
    says: 'refused requests are answered without a body',
    change: { transport: { refusalBody: 'none' } },
  },
  problemRefusals: {
    id: 'problem-refusals',
    says: 'refused requests are answered with problem documents',
    change: { transport: { refusalBody: 'problem' } },
  },
  emptyCancelBody: {
    id: 'empty-cancel',
    says: 'an accepted cancel is answered without a body',
    change: { cancel: { says: () => undefined } },
  },
  reaperEverySecond: {
    id: 'reaper',
    says: 'expired tasks go once a second',
    change: { retention: { reaperStepMs: 1000 } },
  },
  wholeSecondClock: {
    id: 'whole-second-clock',
    says: 'retention is counted in whole seconds of the clock',
    change: { retention: { clockStepMs: 1000 } },
  },
  cancelShowsLate: {
    id: 'cancel-in-1500-ms',
    says: 'a cancelled task ends after 1.5 s',
    change: { cancel: { effect: { graceful: { afterMs: 1500 }, forced: { afterMs: 1500 } } } },
  },
  cancelShowsVeryLate: {
    id: 'cancel-in-3-s',
    says: 'a cancelled task ends after 3 s',
    change: { cancel: { effect: { graceful: { afterMs: 3000 }, forced: { afterMs: 3000 } } } },
  },
  cancelShowsAtOnce: {
    id: 'cancel-at-once',
    says: 'a cancelled task has ended when the cancel is answered',
    change: { cancel: { effect: { graceful: { afterMs: 0 }, forced: { afterMs: 0 } } } },
  },
  endedIs409: {
    id: 'ended-is-409',
    says: 'a cancel of an ended task is refused with 409',
    change: {
      cancel: {
        outcome: {
          finished: { graceful: refused409, forced: refused409 },
          failed: { graceful: refused409, forced: refused409 },
        },
      },
    },
  },
  secondCancelRefused: {
    id: 'second-cancel-refused',
    says: 'a second cancel is refused with 406, also while the first takes effect',
    change: { cancel: { again: refusedWith(406) } },
  },
  ttlFromThatRead: {
    id: 'ttl-from-that-read',
    says: 'X-Result-TTL counts from the read that carried it',
    change: { retention: { readTtl: { from: 'that read' } } },
  },
  badTtlIgnored: {
    id: 'bad-ttl-ignored',
    says: 'an X-Result-TTL that is no number is ignored',
    change: { retention: { readTtl: { malformed: 'ignored' } } },
  },
  badVerboseIgnored: {
    id: 'bad-verbose-ignored',
    says: 'a verbose that is no boolean is ignored',
    change: { read: { verbose: { malformed: 'plain' } } },
  },
  nullForAbsent: {
    id: 'null-for-absent',
    says: 'a field without a value is null',
    warns: ['list.absent-not-null', 'read.absent-not-null'],
    change: {
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
  },
  endShownWhileCancelling: {
    id: 'end-shown-early',
    says: '`ended` and `errors` are shown while a cancelled task still says started',
    change: {
      task: {
        fields: {
          queued: [...always, 'ended', 'errors'],
          running: [...always, 'ended', 'errors'],
          committing: [...always, 'ended', 'errors'],
        },
      },
      cancel: { effect: { graceful: { afterMs: 1000 }, forced: { afterMs: 1000 } } },
    },
  },
  failedForGood: {
    id: 'failed-for-good',
    says: 'failed and cancelled tasks never go',
    change: {
      retention: { share: { failed: Number.POSITIVE_INFINITY, cancelled: Number.POSITIVE_INFINITY } },
    },
  },
  slowAnswers: {
    id: 'slow',
    says: 'every answer takes 200 ms',
    change: { transport: { afterMs: { list: 200, read: 200, cancel: 200 } } },
  },
  chunked: {
    id: 'chunked',
    says: 'bodies come in chunks',
    onTheWire: true,
    change: { transport: { framing: 'chunked' } },
  },
  closing: {
    id: 'closing',
    says: 'the connection is closed after each answer',
    onTheWire: true,
    change: { transport: { connection: 'close' } },
  },
  zipped: {
    id: 'zipped',
    says: 'bodies are compressed',
    onTheWire: true,
    change: { transport: { gzip: true } },
  },
  lowerCaseHeaders: {
    id: 'lower-case-headers',
    says: 'header names are in lower case',
    onTheWire: true,
    change: { transport: { headerNames: 'lower' } },
  },
  charset: {
    id: 'charset',
    says: 'the content type has a charset, and capitals',
    change: {
      transport: {
        mediaType: { list: 'application/json; charset=utf-8', read: 'Application/JSON;charset="UTF-8"' },
      },
    },
  },
  malformedIds400: {
    id: 'malformed-ids-400',
    says: 'an id that can not exist is refused with 400',
    change: { ids: { refuses: (id) => (/^[A-Za-z0-9._~-]{1,64}$/.test(id) ? null : 400) } },
  },
  getOnCancel404: {
    id: 'get-on-cancel-404',
    says: 'GET on the cancel path is answered with 404',
    change: { paths: { wrongMethod: refusedWith(404) } },
  },
  idsOfAnyCase: {
    id: 'ids-of-any-case',
    says: 'ids that differ in case alone name the same task',
    change: { ids: { match: 'any case' } },
  },
  controlForgetsExpired: {
    id: 'forgetful-control',
    says: 'the control protocol forgets expired tasks, and names no guid',
    change: { control: { knowsExpired: false, namesGuid: false } },
  },
  mixedCaseHeaders: {
    id: 'mixed-case-headers',
    says: 'header names are in mixed case',
    onTheWire: true,
    change: { transport: { headerNames: 'mixed' } },
  },
  upperCaseHeaders: {
    id: 'upper-case-headers',
    says: 'header names are in upper case',
    onTheWire: true,
    change: { transport: { headerNames: 'upper' } },
  },
  oldHttp: {
    id: 'http-1-0',
    says: 'answers are HTTP/1.0',
    onTheWire: true,
    change: { transport: { version: '1.0' } },
  },
  unicode: {
    id: 'unicode',
    says: 'names and texts are beyond ASCII',
    change: { read: { rewrite: foreign }, list: { rewriteRow: foreign } },
  },
  unknownFields: {
    id: 'unknown-fields',
    says: 'a task has fields that nobody told of',
    change: { read: { rewrite: richer }, list: { rewriteRow: richer } },
  },
  fractions: {
    id: 'fractions-of-seconds',
    says: 'timestamps have fractions of seconds',
    change: { task: { timestamp: (epochMs) => new Date(epochMs).toISOString() } },
  },
  offsets: {
    id: 'offset-zero',
    says: 'timestamps end in +00:00',
    change: { task: { timestamp: (epochMs) => wholeSeconds(epochMs).replace('Z', '+00:00') } },
  },
} satisfies Record<string, Switch>;

/** All of them, in that order. */
export const allSwitches: readonly Switch[] = Object.values(switches);
