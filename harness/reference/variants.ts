/**
 * Servers that keep the contract in another way: what the docs leave open, decided differently. None may be called
 * non-conformant.
 */
import { contractBut, type RulesChange, rules, wholeSeconds } from './contract.ts';
import { type Field, type ReadRules, type Rules, refusedWith, type TaskBody } from './rules.ts';
import { isEnded } from './task.ts';

interface VariantDetails {
  /** The clauses that must end as `warn`; none may end as `fail`. */
  readonly warns?: readonly string[];
  /** Whether only a client on the wire can see it. */
  readonly onTheWire?: boolean;
}

/** One choice that the docs leave open, as a row of a table. */
type Choice = readonly [says: string, change: RulesChange, details?: VariantDetails];

export interface Variant extends VariantDetails {
  readonly id: string;
  /** One line for people: what is different. */
  readonly says: string;
  readonly change: RulesChange;
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

/** What is left of the default retention, with no regard to X-Result-TTL: such a field may say anything. */
const countingDown: ReadRules['rewriteVerbose'] = (task, { phase }, { upMs }) =>
  isEnded(phase) ? { ...task, kept_for_ms: rules.retention.defaultS * 1000 - upMs } : task;

const choices = {
  'minimal-bodies': [
    'a task shows little more than its id and status',
    {
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
  ],
  'ended-in-list': [
    'ended tasks are listed while they are kept',
    { list: { holds: { finished: true, failed: true } } },
  ],
  'queued-in-list': ['queued tasks are listed', { list: { holds: { queued: true } } }],
  'newest-first': ['the list starts with the newest task', { list: { order: 'newest first' } }],
  'empty-refusals': ['refusals have no body', { transport: { refusalBody: 'none' } }],
  'problem-refusals': [
    'refusals have problem documents as bodies',
    { transport: { refusalBody: 'problem' } },
  ],
  'empty-cancel': ['the reply to an accepted cancel has no body', { cancel: { says: () => undefined } }],
  reaper: ['expired tasks are removed once a second', { retention: { reaperStepMs: 1000 } }],
  'whole-second-clock': [
    'retention is counted in whole seconds of the clock',
    { retention: { clockStepMs: 1000 } },
  ],
  'cancel-in-1500-ms': [
    'a cancelled task ends after 1.5 s',
    { cancel: { effect: { graceful: { afterMs: 1500 }, forced: { afterMs: 1500 } } } },
  ],
  'cancel-in-3-s': [
    'a cancelled task ends after 3 s',
    { cancel: { effect: { graceful: { afterMs: 3000 }, forced: { afterMs: 3000 } } } },
  ],
  'cancel-at-once': [
    'a cancelled task has ended before the cancel is answered',
    { cancel: { effect: { graceful: { afterMs: 0 }, forced: { afterMs: 0 } } } },
  ],
  'ended-is-409': [
    'a cancel of an ended task is refused with 409',
    {
      cancel: {
        outcome: {
          finished: { graceful: refused409, forced: refused409 },
          failed: { graceful: refused409, forced: refused409 },
        },
      },
    },
  ],
  'second-cancel-refused': [
    'a second cancel is refused with 406, also while the first takes effect',
    { cancel: { again: refusedWith(406) } },
  ],
  'ttl-from-that-read': [
    'X-Result-TTL counts from the read that carried it',
    { retention: { readTtl: { from: 'that read' } } },
  ],
  'bad-ttl-ignored': [
    'an X-Result-TTL that is no number is ignored',
    { retention: { readTtl: { malformed: 'ignored' } } },
  ],
  'bad-verbose-ignored': [
    'a verbose that is no boolean is ignored',
    { read: { verbose: { malformed: 'plain' } } },
  ],
  'null-for-absent': [
    'a field without a value is null',
    {
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
    { warns: ['list.absent-not-null', 'read.absent-not-null'] },
  ],
  'end-shown-early': [
    'a cancelled task shows `ended` and `errors` while its status is still started',
    {
      task: {
        fields: {
          queued: [...always, 'ended', 'errors'],
          running: [...always, 'ended', 'errors'],
          committing: [...always, 'ended', 'errors'],
        },
      },
      cancel: { effect: { graceful: { afterMs: 1000 }, forced: { afterMs: 1000 } } },
    },
  ],
  'failed-for-good': [
    'failed and cancelled tasks never expire',
    {
      retention: { share: { failed: Number.POSITIVE_INFINITY, cancelled: Number.POSITIVE_INFINITY } },
    },
  ],
  slow: ['every reply takes 200 ms', { transport: { afterMs: { list: 200, read: 200, cancel: 200 } } }],
  chunked: ['bodies are sent in chunks', { transport: { framing: 'chunked' } }, { onTheWire: true }],
  closing: [
    'the connection is closed after each reply',
    { transport: { connection: 'close' } },
    { onTheWire: true },
  ],
  zipped: ['bodies are compressed', { transport: { gzip: true } }, { onTheWire: true }],
  'lower-case-headers': [
    'header names are in lower case',
    { transport: { headerNames: 'lower' } },
    { onTheWire: true },
  ],
  charset: [
    'the content type has a charset and upper-case letters',
    {
      transport: {
        mediaType: { list: 'application/json; charset=utf-8', read: 'Application/JSON;charset="UTF-8"' },
      },
    },
  ],
  'malformed-ids-400': [
    'a malformed id is refused with 400',
    { ids: { refuses: (id) => (/^[A-Za-z0-9._~-]{1,64}$/.test(id) ? null : 400) } },
  ],
  'get-on-cancel-404': [
    'GET on the cancel path is answered with 404',
    { paths: { wrongMethod: refusedWith(404) } },
  ],
  'slash-is-the-list': [
    'a path that ends in a slash is the list',
    {
      routes: [{ operation: 'list', method: 'GET', path: '/v1/crdb_tasks/' }, ...rules.routes],
    },
  ],
  'ids-of-any-case': ['ids that differ in case alone name the same task', { ids: { match: 'any case' } }],
  'forgetful-control': [
    'the control protocol forgets expired tasks, and shows no guid',
    { control: { knowsExpired: false, namesGuid: false } },
  ],
  'mixed-case-headers': [
    'header names are in mixed case',
    { transport: { headerNames: 'mixed' } },
    { onTheWire: true },
  ],
  'upper-case-headers': [
    'header names are in upper case',
    { transport: { headerNames: 'upper' } },
    { onTheWire: true },
  ],
  'http-1-0': ['replies are HTTP/1.0', { transport: { version: '1.0' } }, { onTheWire: true }],
  unicode: [
    'names and texts contain characters beyond ASCII',
    { read: { rewrite: foreign }, list: { rewriteRow: foreign } },
  ],
  'unknown-fields': [
    'a task has undocumented fields',
    { read: { rewrite: richer }, list: { rewriteRow: richer } },
  ],
  'undocumented-field-changes': [
    'an ended task has an undocumented field that differs from read to read',
    { read: { rewrite: countingDown }, list: { rewriteRow: countingDown } },
  ],
  'fractions-of-seconds': [
    'timestamps have fractions of seconds',
    { task: { timestamp: (epochMs) => new Date(epochMs).toISOString() } },
  ],
  'offset-zero': [
    'timestamps end in +00:00',
    { task: { timestamp: (epochMs) => wholeSeconds(epochMs).replace('Z', '+00:00') } },
  ],
} satisfies Record<string, Choice>;

export type VariantId = keyof typeof choices;
const choice: Readonly<Record<VariantId, Choice>> = choices;

/** Variants that differ in one choice. */
export const singleVariants: readonly Variant[] = Object.entries(choice).map(
  ([id, [says, change, details]]) => ({
    id,
    says,
    change,
    rules: contractBut(change),
    warns: [],
    ...details,
  }),
);

/** Choices that are combined, or that show something only beside another. */
const combined = (id: string, says: string, ids: readonly VariantId[]): Variant => {
  const combination = contractBut(...ids.map((one) => choice[one][1]));
  return {
    id,
    says,
    change: combination,
    rules: combination,
    warns: ids.flatMap((one) => choice[one][2]?.warns ?? []),
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
