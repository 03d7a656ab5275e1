/**
 * Servers that keep the contract in another way: what the docs leave open, decided differently. None may be called
 * non-conformant.
 */
import { contractBut, type RulesChange, rules, wholeSeconds } from './contract.ts';
import { type Field, type Rules, refusedWith, type TaskBody } from './rules.ts';

/** One choice that the docs leave open. */
interface Choice {
  /** One line for people: what is different. */
  readonly says: string;
  readonly change: RulesChange;
  /** The clauses that must end as `warn`; none may end as `fail`. */
  readonly warns?: readonly string[];
  /** Whether only a client on the wire can see it. */
  readonly onTheWire?: boolean;
}

export interface Variant extends Choice {
  readonly id: string;
  readonly rules: Rules;
  readonly warns: readonly string[];
}

const always: readonly Field[] = rules.task.fields.running;
const refused409 = refusedWith(409);
const foreign = (task: TaskBody): TaskBody => ({
  ...task,
  operation: 'změna',
  worker_name: 'работник-1 \u202e💥',
});
const richer = (task: TaskBody): TaskBody => ({ ...task, result: { steps: [1, 2] }, tags: [] });

const choices = {
  'minimal-bodies': {
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
  'ended-in-list': {
    says: 'ended tasks are listed while they are kept',
    change: { list: { holds: { finished: true, failed: true } } },
  },
  'queued-in-list': {
    says: 'queued tasks are listed',
    change: { list: { holds: { queued: true } } },
  },
  'newest-first': {
    says: 'the list starts with the newest task',
    change: { list: { order: 'newest first' } },
  },
  'empty-refusals': {
    says: 'refusals have no body',
    change: { transport: { refusalBody: 'none' } },
  },
  'problem-refusals': {
    says: 'refusals have problem documents as bodies',
    change: { transport: { refusalBody: 'problem' } },
  },
  'empty-cancel': {
    says: 'the reply to an accepted cancel has no body',
    change: { cancel: { says: () => undefined } },
  },
  reaper: {
    says: 'expired tasks are removed once a second',
    change: { retention: { reaperStepMs: 1000 } },
  },
  'whole-second-clock': {
    says: 'retention is counted in whole seconds of the clock',
    change: { retention: { clockStepMs: 1000 } },
  },
  'cancel-in-1500-ms': {
    says: 'a cancelled task ends after 1.5 s',
    change: { cancel: { effect: { graceful: { afterMs: 1500 }, forced: { afterMs: 1500 } } } },
  },
  'cancel-in-3-s': {
    says: 'a cancelled task ends after 3 s',
    change: { cancel: { effect: { graceful: { afterMs: 3000 }, forced: { afterMs: 3000 } } } },
  },
  'cancel-at-once': {
    says: 'a cancelled task has ended before the cancel is answered',
    change: { cancel: { effect: { graceful: { afterMs: 0 }, forced: { afterMs: 0 } } } },
  },
  'ended-is-409': {
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
  'second-cancel-refused': {
    says: 'a second cancel is refused with 406, also while the first takes effect',
    change: { cancel: { again: refusedWith(406) } },
  },
  'ttl-from-that-read': {
    says: 'X-Result-TTL counts from the read that carried it',
    change: { retention: { readTtl: { from: 'that read' } } },
  },
  'bad-ttl-ignored': {
    says: 'an X-Result-TTL that is no number is ignored',
    change: { retention: { readTtl: { malformed: 'ignored' } } },
  },
  'bad-verbose-ignored': {
    says: 'a verbose that is no boolean is ignored',
    change: { read: { verbose: { malformed: 'plain' } } },
  },
  'null-for-absent': {
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
  'end-shown-early': {
    says: 'a cancelled task shows `ended` and `errors` while its status is still started',
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
  'failed-for-good': {
    says: 'failed and cancelled tasks never expire',
    change: {
      retention: { share: { failed: Number.POSITIVE_INFINITY, cancelled: Number.POSITIVE_INFINITY } },
    },
  },
  slow: {
    says: 'every reply takes 200 ms',
    change: { transport: { afterMs: { list: 200, read: 200, cancel: 200 } } },
  },
  chunked: {
    says: 'bodies are sent in chunks',
    onTheWire: true,
    change: { transport: { framing: 'chunked' } },
  },
  closing: {
    says: 'the connection is closed after each reply',
    onTheWire: true,
    change: { transport: { connection: 'close' } },
  },
  zipped: {
    says: 'bodies are compressed',
    onTheWire: true,
    change: { transport: { gzip: true } },
  },
  'lower-case-headers': {
    says: 'header names are in lower case',
    onTheWire: true,
    change: { transport: { headerNames: 'lower' } },
  },
  charset: {
    says: 'the content type has a charset and upper-case letters',
    change: {
      transport: {
        mediaType: { list: 'application/json; charset=utf-8', read: 'Application/JSON;charset="UTF-8"' },
      },
    },
  },
  'malformed-ids-400': {
    says: 'a malformed id is refused with 400',
    change: { ids: { refuses: (id) => (/^[A-Za-z0-9._~-]{1,64}$/.test(id) ? null : 400) } },
  },
  'get-on-cancel-404': {
    says: 'GET on the cancel path is answered with 404',
    change: { paths: { wrongMethod: refusedWith(404) } },
  },
  'ids-of-any-case': {
    says: 'ids that differ in case alone name the same task',
    change: { ids: { match: 'any case' } },
  },
  'forgetful-control': {
    says: 'the control protocol forgets expired tasks, and shows no guid',
    change: { control: { knowsExpired: false, namesGuid: false } },
  },
  'mixed-case-headers': {
    says: 'header names are in mixed case',
    onTheWire: true,
    change: { transport: { headerNames: 'mixed' } },
  },
  'upper-case-headers': {
    says: 'header names are in upper case',
    onTheWire: true,
    change: { transport: { headerNames: 'upper' } },
  },
  'http-1-0': {
    says: 'replies are HTTP/1.0',
    onTheWire: true,
    change: { transport: { version: '1.0' } },
  },
  unicode: {
    says: 'names and texts contain characters beyond ASCII',
    change: { read: { rewrite: foreign }, list: { rewriteRow: foreign } },
  },
  'unknown-fields': {
    says: 'a task has undocumented fields',
    change: { read: { rewrite: richer }, list: { rewriteRow: richer } },
  },
  'fractions-of-seconds': {
    says: 'timestamps have fractions of seconds',
    change: { task: { timestamp: (epochMs) => new Date(epochMs).toISOString() } },
  },
  'offset-zero': {
    says: 'timestamps end in +00:00',
    change: { task: { timestamp: (epochMs) => wholeSeconds(epochMs).replace('Z', '+00:00') } },
  },
} satisfies Record<string, Choice>;

type ChoiceId = keyof typeof choices;
const choice: Readonly<Record<ChoiceId, Choice>> = choices;

/** Variants that differ in one choice. */
export const singleVariants: readonly Variant[] = Object.entries(choice).map(([id, one]) => ({
  id,
  warns: [],
  ...one,
  rules: contractBut(one.change),
}));

/** Choices that are combined, or that show something only beside another. */
const combined = (id: string, says: string, ids: readonly ChoiceId[]): Variant => {
  const combination = contractBut(...ids.map((one) => choice[one].change));
  return {
    id,
    says,
    change: combination,
    rules: combination,
    warns: ids.flatMap((one) => choice[one].warns ?? []),
  };
};

export const variants: readonly Variant[] = [
  combined(
    'terse',
    'minimal bodies, ended tasks in the list, refusals and cancels without a body, whole-second clock',
    [
      'minimal-bodies',
      'ended-in-list',
      'empty-refusals',
      'empty-cancel',
      'whole-second-clock',
      'bad-ttl-ignored',
    ],
  ),
  combined(
    'leisurely',
    'a reaper once a second, cancels that show after 1.5 s, problem documents, queued tasks in the list',
    ['reaper', 'cancel-in-1500-ms', 'problem-refusals', 'ttl-from-that-read', 'queued-in-list'],
  ),
  combined('late-and-once', 'a cancelled task ends after 1.5 s, and a second cancel is refused until then', [
    'second-cancel-refused',
    'cancel-in-1500-ms',
  ]),
  ...singleVariants,
];
