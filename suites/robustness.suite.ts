/**
 * Robustness: ids that can't exist, a malformed TTL, a cancel by GET, a second cancel, a cancel of another task.
 * Source: the 404 rows of requests/crdb_tasks
 */
import {
  type CheckContext,
  cancel,
  cancelByGet,
  clause,
  defaultRetentionS,
  type Exchange,
  endOf,
  everyPhase,
  type Force,
  forces,
  type IdForm,
  impossibleIds,
  judgeLeftAlone,
  judgeRetention,
  judgeShowsNone,
  judgeStatus,
  judgeUnchanged,
  observeStatus,
  rawCancel,
  rawRead,
  read,
  requires,
} from '../harness/run/suite.ts';
import { alikeLeftAlone, laterLeftAlone, namedAlike } from './ids.ts';
import { runningAfter } from './made.ts';
import { movingOn, onMocks, waiting } from './needs.ts';
import { ageAt, cancelled, gracefullyRunning, inTurn, othersKept } from './tasks.ts';

type MakesId = (context: CheckContext) => Promise<string>;

/** Ids as they stand in the path, escaped or not; some are made from the id of an existing task. */
const malformed = {
  'encoded slash': async () => impossibleIds['encoded slash'],
  'encoded slash after a live id': async ({ ownId }) => `${await ownId()}%2F`,
  'NUL after a live id': async ({ ownId }) => `${await ownId()}%00`,
  'live id in braces': async ({ ownId }) => `%7B${await ownId()}%7D`,
  'live id, cut': async ({ ownId }) => (await ownId()).slice(0, -1),
  'live id, longer': async ({ ownId }) => `${await ownId()}0`,
  quotes: async () => impossibleIds.quotes,
  'path traversal': async () => impossibleIds['path traversal'],
  'broken escape': async () => impossibleIds['broken escape'],
  'beyond ASCII': async () => impossibleIds['beyond ASCII'],
  '2,000 characters': async () => impossibleIds['2,000 characters'],
} as const satisfies Record<string, MakesId>;

type Respelling = (id: string) => string;

/** Other spellings of a live id: each becomes it by something that some server does with ids. Two are names in code. */
const spellings = {
  'name of a property': () => impossibleIds['name of a property'],
  'name of a method': () => impossibleIds['name of a method'],
  'encoded twice': (id) => id.replace(/^./, (letter) => `%25${letter.charCodeAt(0).toString(16)}`),
  'blank before': (id) => `%20${id}`,
  'blank after': (id) => `${id}%20`,
  'tab after': (id) => `${id}%09`,
  'line break after': (id) => `${id}%0A`,
  'plus after': (id) => `${id}+`,
  'dot after': (id) => `${id}.`,
  'dots before': (id) => `..${id}`,
  'extension after': (id) => `${id}.json`,
  'parameter after': (id) => `${id};v=1`,
  'second id after': (id) => `${id},x`,
  'encoded query after': (id) => `${id}%3Fverbose=true`,
  'encoded fragment after': (id) => `${id}%23x`,
  'encoded path before': (id) => `x%2F${id}`,
  'in quotes': (id) => `%22${id}%22`,
  'name space before': (id) => `urn:uuid:${id}`,
  'compatible letter': (id) => id.replace(/^./, (letter) => encodeURIComponent(fullWidth(letter))),
  'invisible character after': (id) => `${id}%E2%80%8B`,
  'other separators': (id) => id.replaceAll('-', '_'),
  'no separators': (id) => id.replaceAll('-', ''),
  'asterisk at the end': (id) => `${id.slice(0, -1)}*`,
  'percent sign at the end': (id) => `${id.slice(0, -1)}%25`,
  'underscore at the end': (id) => `${id.slice(0, -1)}_`,
  'full stop at the end': (id) => `${id.slice(0, -1)}.`,
  'question mark at the end': (id) => `${id.slice(0, -1)}%3F`,
  'longer than 64': (id) => `${id}x`,
} as const satisfies Record<string, Respelling>;
type Spelling = keyof typeof spellings;
const isSpelling = (id: Kind): id is Spelling => id in spellings;

/** A letter in its fullwidth form. */
const fullWidth = (letter: string): string => String.fromCharCode(letter.charCodeAt(0) + 0xfee0);
/** With it, the live id is as long as an id may be. */
const idEnds = 'x'.repeat(64);

/** Spellings of an id that is a number or a UUID: a server that takes it for one finds the task by them too. */
const spellingsOf: Readonly<Record<IdForm, Readonly<Record<string, Respelling>>>> = {
  digits: { 'zero before': (id) => `0${id}`, 'fraction after': (id) => `${id}.0` },
  uuid: {
    'no hyphens': (id) => id.replaceAll('-', ''),
    'in braces': (id) => `%7B${id}%7D`,
    'name space before': (id) => `urn:uuid:${id}`,
  },
};

/** More spellings, of one task: what comes before or after an id in other APIs. */
const otherApis: Readonly<Record<string, Respelling>> = {
  'method after a colon': (id) => `${id}:cancel`,
  'version after': (id) => `${id}@1`,
  'ampersand after': (id) => `${id}&verbose=true`,
  'tilde after': (id) => `${id}~`,
  'in parentheses': (id) => `(${id})`,
  'name before': (id) => `id=${id}`,
  'backslash before': (id) => `x%5C${id}`,
};

type Kind = keyof typeof malformed | Spelling;
const eachId = [
  ...(Object.keys(malformed) as (keyof typeof malformed)[]).map((id) => ({ id })), // keys() forgets its type
  ...(Object.keys(spellings) as Spelling[]).map((id) => ({ id, ...onMocks }) as const),
];
const formed = [
  { id: 'a number, in other spellings', form: 'digits', ...onMocks },
  { id: 'a UUID, in other spellings', form: 'uuid', ...onMocks },
] as const;
const otherSpellings = { id: 'spellings of other APIs', spelt: 'as in other APIs', ...onMocks } as const;
/** Some servers take such a path for the list. A cancel without an id could hit the task of anybody: none is sent. */
const none = { id: 'nothing', sharpens: true } as const;

async function rawId(id: Kind, context: CheckContext): Promise<string> {
  if (!isSpelling(id)) return malformed[id](context);
  const ownId = await context.ownId(id === 'longer than 64' ? { id: context.newId({ ends: idEnds }) } : {});
  return spellings[id](ownId);
}

/** Where tasks cost something: every spelling of one task that has ended and is still kept. */
const everySpelling = { phase: 'finished', id: 'every spelling', ...movingOn } as const;

/** Asks for one ended task in every spelling of its id. */
async function everySpelled(context: CheckContext, ask: typeof rawRead) {
  const { id } = await context.existing(everySpelling.phase);
  const asked = Object.entries({ ...spellings, ...otherApis }).filter(([name]) => name !== 'longer than 64');
  return spelled(context, id, asked, ask);
}

/** Asks for a task by other spellings of its id. */
const spelled = (
  { send }: CheckContext,
  id: string,
  asked: readonly (readonly [name: string, respell: Respelling])[],
  ask: typeof rawRead,
) =>
  inTurn(asked, async ([name, respell]) =>
    judgeRefusal(await send(ask(respell(id), { tolerates: tolerates(name) })), name),
  );

/** The same for a task whose id has a form. */
async function formedSpelled(context: CheckContext, form: IdForm, ask: typeof rawRead) {
  const id = await context.ownId({ id: context.newId({ form }) });
  return spelled(context, id, Object.entries(spellingsOf[form]), ask);
}

/** The same for a running task, in the spellings of other APIs. */
const elsewhereSpelled = async (context: CheckContext, ask: typeof rawRead) =>
  spelled(context, await context.ownId(), Object.entries(otherApis), ask);

/** Proxies and frameworks normalise encoded slashes and dot segments by themselves, and redirect to the result. */
const normalised: readonly string[] = [
  'encoded slash',
  'encoded slash after a live id',
  'path traversal',
  'encoded path before',
];
const redirects = [301, 302, 307, 308];
const refusals = [404, 400];

const tolerates = (id: string): readonly number[] => (normalised.includes(id) ? [400, ...redirects] : [400]);

/** A redirect to another origin never gets here: the client counts the exchange as lost, which is inconclusive. */
function judgeRefusal(exchange: Exchange, id: string) {
  const mayRedirect = normalised.includes(id) && exchange.response?.headers.location !== undefined;
  return judgeStatus(exchange, mayRedirect ? [...refusals, ...redirects] : refusals);
}

clause('robustness.malformed-id.read', {
  positiveControl: 'read.status.404',
  cases: [...eachId, ...formed, otherSpellings, none, everySpelling],
  async check(row, context) {
    if ('form' in row) return formedSpelled(context, row.form, rawRead);
    if ('spelt' in row) return elsewhereSpelled(context, rawRead);
    if (row.id === none.id)
      return [judgeShowsNone(await context.send({ ...rawRead(''), operation: 'other' }))];
    if (row.id === everySpelling.id) return everySpelled(context, rawRead);
    const raw = await rawId(row.id, context);
    return [judgeRefusal(await context.send(rawRead(raw, { tolerates: tolerates(row.id) })), row.id)];
  },
});

clause('robustness.malformed-id.cancel', {
  positiveControl: 'cancel.status.404',
  cases: [...eachId, ...formed, otherSpellings, everySpelling],
  async check(row, context) {
    if ('form' in row) return formedSpelled(context, row.form, rawCancel);
    if ('spelt' in row) return elsewhereSpelled(context, rawCancel);
    if (row.id === everySpelling.id) return everySpelled(context, rawCancel);
    const raw = await rawId(row.id, context);
    return [judgeRefusal(await context.send(rawCancel(raw, { tolerates: tolerates(row.id) })), row.id)];
  },
});

clause('cancel.by-get.no-effect', {
  letsTimePass: true,
  dependsOn: ['read.changes-nothing'],
  positiveControl: 'cancel.leaves',
  cases: [
    { phase: 'queued' },
    { phase: 'running' },
    // in each phase that a cancel can end
    ...everyPhase.slice(0, 3).map((row) => ({ ...row, force: 'each value', ...onMocks }) as const),
  ],
  async check({ phase, ...row }, { send, provision, watch }) {
    const task = await provision(phase);
    const before = await send(read(task));
    const values: readonly Force[] = 'force' in row ? forces : ['omitted'];
    await inTurn(values, (force) => send(cancelByGet(task, force)));
    return [judgeUnchanged([before, ...(await watch(task))], task)];
  },
});

clause('cancel.by-get.refused', {
  positiveControl: 'cancel.running.accepted',
  cases: [{ phase: 'running' }],
  async check({ phase }, { send, provision }) {
    return [judgeStatus(await send(cancelByGet(await provision(phase))), [404, 405])];
  },
});

clause('cancel.twice', {
  positiveControl: 'cancel.leaves',
  cases: [gracefullyRunning],
  async check(row, context) {
    const { task, accepted, ended } = await cancelled(context, row);
    const again = await context.send(cancel(task));
    return requires([accepted, ended], () => [observeStatus(again)]);
  },
});

clause('cancel.that-task-alone', {
  letsTimePass: true,
  dependsOn: (row) => [
    ...othersKept(row),
    ...('named' in row ? ['read.asked-id', 'read.status.200'] : []),
    ...('after' in row ? ['read.status.200', 'status.started'] : []),
  ],
  positiveControl: 'cancel.leaves',
  // The phase is that of the other task.
  cases: [
    ...everyPhase,
    ...namedAlike('with the id and more', 'alike but for the last character'),
    ...runningAfter('a cancelled task of its id'),
  ],
  async check({ phase, ...row }, context) {
    const { named } = { named: undefined, ...row };
    if (named) return alikeLeftAlone(context, named);
    if ('after' in row) return laterLeftAlone(context);
    const other = await context.provision(phase, { unfinishedForS: 8 }); // until the other one is cancelled
    const before = await context.send(read(other));
    const { accepted, ended } = await cancelled(context, gracefullyRunning);
    const watched = await context.watch(other);
    return requires([accepted, ended], () => [judgeLeftAlone([before, ...watched], other)]);
  },
});

clause('expiry.malformed-ttl', {
  dependsOn: (row) => [
    'status.change-shows', // a cache would show the same
    ...('phase' in row
      ? ['read.changes-nothing', 'status.forward-only']
      : ['expiry.that-task-alone', 'expiry.default.kept', 'expiry.default.gone', 'expiry.plain-read-keeps']),
  ],
  positiveControl: 'read.status.200',
  cases: [
    { by: 'ageing', ttl: '-1', due: 'kept' },
    { by: 'ageing', ttl: '-1', due: 'gone' },
    { by: 'ageing', ttl: 'soon', due: 'kept' },
    { by: 'ageing', ttl: 'soon', due: 'gone' },
    { by: 'ageing', ttl: '1.5', due: 'kept' },
    { by: 'ageing', ttl: '60s', due: 'kept' },
    { by: 'ageing', ttl: '', due: 'kept', ...onMocks },
    { by: 'ageing', ttl: 'soon', due: 'kept', verbose: 'true', ...onMocks },
    { phase: 'running', ttl: '-1', ...onMocks },
    { ...waiting, ttl: '-1', due: 'kept' },
    { ...waiting, ttl: '-1', due: 'gone' },
    { ...waiting, ttl: 'soon', due: 'kept' },
    { ...waiting, ttl: '1.5', due: 'kept', sharpens: true },
    { ...waiting, ttl: 'soon', due: 'gone', sharpens: true },
    { ...waiting, ttl: '1.5', due: 'gone', sharpens: true },
    { ...waiting, ttl: '60s', due: 'gone', sharpens: true },
  ],
  async check({ ttl, ...row }, context) {
    const { send, provision, elapse, retention } = context;
    const verbose = 'verbose' in row ? { verbose: row.verbose } : {};
    const isWaited = 'by' in row && row.by === 'waiting';
    const ttlS = isWaited ? 8 : defaultRetentionS;
    const task = await provision(
      'phase' in row ? row.phase : 'finished',
      isWaited ? { resultTtlS: ttlS } : {},
    );
    const before = await send(read(task));
    const answer = await send(read(task, { ttl, tolerates: [400], ...verbose }));
    const after = await send(read(task));
    const found = [
      judgeStatus(answer, [200, 400]),
      judgeStatus(after, [200]),
      judgeUnchanged([before, after], task),
    ];
    if ('phase' in row) return found;
    const aged = await elapse(task, ageAt(context, row.due, ttlS, row.by), row.by);
    const late = await send(read(aged));
    return [...found, judgeRetention(late, endOf(aged), row.due, retention(ttlS))];
  },
});
