/** Faults of ids: what else names a task than its own id. */
import type { RulesChange } from './contract.ts';
import { detectedBy, type Mutant, perRow } from './mutant.ts';
import { decoded } from './operations.ts';

const clean = (change: (id: string) => string): RulesChange => ({ ids: { clean: change } });
const bothMalformed = ['robustness.malformed-id.read', 'robustness.malformed-id.cancel'];

/** What becomes of an id before it is looked up. */
const changes: Readonly<Record<string, readonly [breaks: string, change: (id: string) => string]>> = {
  'decoded-twice': ['an id is decoded twice', decoded],
  trimmed: ['white space around an id is ignored', (id) => id.trim()],
  'trimmed-at-its-beginning': ['blanks before an id are ignored', (id) => id.trimStart()],
  'without-line-break': ['a line break after an id is ignored', (id) => id.replace(/\n$/, '')],
  'without-tab': ['a tab after an id is ignored', (id) => id.replace(/\t$/, '')],
  'without-plus': ['a plus after an id is taken for a blank and ignored', (id) => id.replace(/\+$/, '')],
  'without-first-dots': ['dots before an id are ignored', (id) => id.replace(/^\.+/, '')],
  'up-to-semicolon': ['an id ends at a semicolon', (id) => id.split(';')[0] ?? ''],
  'up-to-comma': ['an id ends at a comma', (id) => id.split(',')[0] ?? ''],
  'up-to-question-mark': ['an id ends at an encoded question mark', (id) => id.split('?')[0] ?? ''],
  'up-to-number-sign': ['an id ends at an encoded number sign', (id) => id.split('#')[0] ?? ''],
  'after-last-slash': [
    'only what follows the last encoded slash of an id counts',
    (id) => id.split('/').at(-1) ?? '',
  ],
  unquoted: ['quotes around an id are ignored', (id) => id.replace(/^"(.*)"$/, '$1')],
  'without-name-space': ['urn:uuid: before an id is ignored', (id) => id.replace(/^urn:uuid:/, '')],
  normalised: ['compatible forms of a letter are the same in an id', (id) => id.normalize('NFKC')],
  'without-invisible': ['invisible characters of an id are ignored', (id) => id.replace(/\u200b/g, '')],
  'cut-at-64': ['an id ends after 64 characters', (id) => id.slice(0, 64)],
};

/** The same for characters that live ids have: tasks with such an id are not found any more. */
const ofLiveIds: typeof changes = {
  'without-last-dot': ['a dot after an id is ignored', (id) => id.replace(/\.$/, '')],
  'without-tilde': ['a tilde after an id is ignored', (id) => id.replace(/~$/, '')],
  'without-extension': ['an extension .json after an id is ignored', (id) => id.replace(/\.json$/, '')],
  'with-hyphens': ['an underscore of an id counts as a hyphen', (id) => id.replaceAll('_', '-')],
  'last-underscore-for-any': [
    'an underscore at the end of an id stands for any character',
    (id) => id.replace(/_$/, '1'),
  ],
  'last-full-stop-for-any': [
    'a full stop at the end of an id stands for any character',
    (id) => id.replace(/\.$/, '1'),
  ],
};

/** How an id may name another one. */
const patterns: Readonly<Record<string, readonly [breaks: string, change: (id: string) => string]>> = {
  asterisk: ['an asterisk at the end of an id stands for any character', (id) => id.replace(/\*$/, '1')],
  percent: ['a percent sign at the end of an id stands for any character', (id) => id.replace(/%$/, '1')],
  'question-mark': [
    'a question mark at the end of an id stands for any character',
    (id) => id.replace(/\?$/, '1'),
  ],
};

/** What other APIs make of an id. */
const elsewhere: typeof changes = {
  'up-to-colon': ['an id ends at a colon', (id) => id.split(':')[0] ?? ''],
  'up-to-at-sign': ['an id ends at an at sign', (id) => id.split('@')[0] ?? ''],
  'up-to-ampersand': ['an id ends at an ampersand', (id) => id.split('&')[0] ?? ''],
  'in-parentheses': ['parentheses around an id are ignored', (id) => id.replace(/^\((.*)\)$/, '$1')],
  'after-equals-sign': ['only what follows an equals sign counts', (id) => id.split('=').at(-1) ?? ''],
  'after-backslash': ['only what follows a backslash counts', (id) => id.split('\\').at(-1) ?? ''],
  'up-to-slash': ['an id ends at an encoded slash', (id) => id.split('/')[0] ?? ''],
};

export const idMutants: readonly Mutant[] = [
  ...perRow(Object.entries(elsewhere), ([name, [breaks, change]]) => ({
    id: `id-${name}`,
    breaks,
    change: clean(change),
    killedBy: bothMalformed,
  })),
  ...detectedBy('list.holds-running', {
    'list-without-backups': [
      'a task whose id ends with a tilde is not listed',
      {
        list: {
          rewriteRow: (row) => (`${row.id}`.endsWith('~') ? {} : row),
          answer: (rows) => rows.filter(({ id }) => id !== undefined),
        },
      },
    ],
  }),
  ...detectedBy('cancel.running.accepted', {
    'cancel-of-no-dots': [
      'a task whose id has a dot is not found by a cancel',
      { ids: { refuses: (id) => (id.includes('.') ? 404 : null) } },
      { when: { operation: 'cancel', phase: 'running' } },
    ],
  }),
  ...detectedBy('read.schema', {
    'digits-as-a-number': [
      'an id of digits is shown as a number',
      { read: { rewrite: (body) => (/^\d+$/.test(`${body.id}`) ? { ...body, id: Number(body.id) } : body) } },
    ],
  }),
  ...perRow(Object.entries(changes), ([name, [breaks, change]]) => ({
    id: `id-${name}`,
    breaks,
    change: clean(change),
    killedBy: bothMalformed,
  })),
  ...perRow(Object.entries(ofLiveIds), ([name, [breaks, change]]) => ({
    id: `id-${name}`,
    breaks,
    change: clean(change),
    killedBy: ['read.status.200', 'robustness.malformed-id.cancel'],
  })),
  ...perRow(Object.entries(patterns), ([name, [breaks, change]]) => ({
    id: `${name}-stands-for-any`,
    breaks,
    change: clean(change),
    killedBy: bothMalformed,
  })),
  ...(['read', 'cancel'] as const).flatMap((operation) =>
    perRow(Object.entries(changes), ([name, [breaks, change]]) => ({
      id: `${operation}-id-${name}`,
      breaks: `only by a ${operation}, ${breaks}`,
      change: clean(change),
      when: { operation },
      killedBy: `robustness.malformed-id.${operation}`,
    })),
  ),
  ...detectedBy(bothMalformed, {
    'property-is-500': [
      'an id that is the name of a property of objects is answered with 500',
      { ids: { refuses: (id) => (id in {} ? 500 : null) } },
    ],
  }),
  ...detectedBy(bothMalformed, {
    'id-as-number': [
      'ids of digits are compared as numbers',
      clean((id) => (/^\d+(\.0+)?$/.test(id) ? id.replace(/^0+|\.0+$/g, '') : id)),
    ],
    'uuid-without-hyphens': [
      'a UUID names a task without its hyphens too',
      clean((id) =>
        id.replace(/^([\da-f]{8})([\da-f]{4})([\da-f]{4})([\da-f]{4})([\da-f]{12})$/, '$1-$2-$3-$4-$5'),
      ),
    ],
    'uuid-in-braces': [
      'a UUID names a task in braces too',
      clean((id) => id.replace(/^\{([\da-f-]{36})\}$/, '$1')),
    ],
    'uuid-with-name-space': [
      'a UUID names a task after urn:uuid: too',
      clean((id) => id.replace(/^urn:uuid:(?=[\da-f-]{36}$)/, '')),
    ],
  }),
  ...detectedBy('robustness.malformed-id.read', {
    'no-id-is-the-oldest': [
      'a path without an id names the oldest task',
      { ids: { match: 'oldest for none' } },
    ],
  }),
  ...detectedBy('read.asked-id', {
    'id-of-48-characters': [
      'of an id only 48 characters count, so that longer ones that begin alike name the oldest task',
      { ids: { tellsApart: (id) => id.slice(0, 48) } },
    ],
    'id-shown-in-small-letters': [
      'a read shows the id in small letters',
      { read: { rewrite: (body) => ({ ...body, id: `${body.id}`.toLowerCase() }) } },
    ],
    'id-without-its-last-character': [
      'the last character of an id does not count where there are several such tasks',
      { ids: { tellsApart: (id) => (id.length < 40 ? id : id.slice(0, -1)) } },
    ],
    'id-by-both-ends': [
      'of an id only the first 20 and the last 20 characters count',
      { ids: { tellsApart: (id) => (id.length < 60 ? id : id.slice(0, 20) + id.slice(-20)) } },
    ],
  }),
  ...detectedBy('read.status.200', {
    'asked-for-stays-unknown': [
      'a task that was asked for before it was made is not found',
      { ids: { refuses: () => 404 } },
      { when: { operation: 'read', task: ({ askedBefore }) => askedBefore } },
    ],
    'digits-not-found': [
      'a task whose id has digits only is not found',
      { ids: { refuses: (id) => (/^\d+$/.test(id) ? 404 : null) } },
    ],
    'uuid-not-found': [
      'a task whose id is a UUID is not found',
      { ids: { refuses: (id) => (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id) ? 404 : null) } },
    ],
    'dots-not-found': [
      'a task whose id has a dot in it is not found',
      { ids: { refuses: (id) => (/^[^%{]*-\d{3}\.(json)?$/.test(id) ? 404 : null) } },
    ],
    'tilde-not-found': [
      'a task whose id has a tilde in it is not found',
      { ids: { refuses: (id) => (id.includes('~') ? 404 : null) } },
    ],
    'long-id-not-found': [
      'a task whose id has 64 characters is not found',
      { ids: { refuses: (id) => (id.length === 64 ? 404 : null) } },
    ],
    'capital-not-found': [
      'a task whose id has a capital letter in it is not found',
      { ids: { clean: (id) => id.toLowerCase() } },
    ],
  }),
];
