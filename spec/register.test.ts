import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { parseClauses } from './clause.ts';
import { loadDocument } from './edition.ts';
import { docsRows, type Facts, factsOf, loadFacts, placeKey, placesIn } from './facts.ts';
import { parseMarkdown } from './markdown.ts';
import { SpecError } from './record.ts';
import { clausesFile, docsUrl, loadRegister, makeRegister, type Register } from './register.ts';

const text = readFileSync(clausesFile, 'utf8');
const facts = loadFacts();
const document = loadDocument();
const register = loadRegister();

/** Rows and sentences of the docs that no clause and no entry of `notTestable` covers. */
function uncovered({ clauses, notTestable }: Register, { statements }: Facts): readonly string[] {
  const entries = [...clauses, ...notTestable];
  const rows = new Set(entries.flatMap(({ covers }) => covers));
  const sources = new Set(entries.map(({ source }) => source.fingerprint));
  const isNew = ({ fingerprint }: { readonly fingerprint: string }) => !sources.has(fingerprint);
  return [
    ...docsRows(facts).flatMap(({ id, fact }) => (!rows.has(id) && isNew(fact) ? [id] : [])),
    ...statements.filter(isNew).map(({ page, anchor }) => `${page}#${anchor}`),
  ];
}

/** Clauses and untestable statements whose sentence the docs don't have at that place. */
const dangling = ({ clauses, notTestable }: Register): readonly string[] => {
  const places = placesIn(facts);
  return [...clauses, ...notTestable]
    .filter(({ source }) => !places.get(placeKey(source))?.has(source.anchor))
    .map((entry) => ('id' in entry ? String(entry.id) : entry.statement));
};

/** Ids are never changed or reused, because users name them in files and commands. The derived ones come last. */
const pinnedIds = `
  list.empty list.holds-running list.no-duplicates list.agrees-with-read list.absent-not-null
  list.queued list.ended
  read.asked-id read.named-guid
  status.queued status.started status.finished status.failed status.ended-stays
  read.changes-nothing read.timestamps read.absent-not-null read.id-case read.fields-by-status
  status.forward-only status.change-shows status.change-shows-at-once
  verbose.keeps-fields verbose.adds verbose.false-is-plain verbose.malformed
  expiry.default.kept expiry.default.gone expiry.at-creation.kept expiry.at-creation.gone
  expiry.on-read.kept expiry.on-read.gone expiry.that-task-alone expiry.plain-read-keeps
  expiry.from-completion expiry.unfinished expiry.failed.kept expiry.failed.gone expiry.cancelled.kept
  expiry.cancelled.gone expiry.cancel expiry.list expiry.malformed-ttl
  cancel.queued.accepted cancel.running.accepted cancel.forced.accepted cancel.commit-phase.refused
  cancel.commit-phase.untouched cancel.commit-phase.forced cancel.ended.refused cancel.ended.untouched
  cancel.leaves cancel.stays-out cancel.not-finished cancel.still-readable cancel.that-task-alone
  cancel.twice cancel.by-get.no-effect cancel.by-get.refused
  auth.malformed auth.unknown-user auth.wrong-password auth.no-effect auth.read-no-effect
  auth.www-authenticate auth.before-lookup auth.scheme-case
  robustness.malformed-id.read robustness.malformed-id.cancel
  list.status.200 list.status.401
  read.status.200 read.status.401 read.status.404
  cancel.status.401 cancel.status.404 cancel.status.409
  list.statuses list.media-type list.schema
  read.statuses read.media-type read.schema
  cancel.statuses
`;

test('the clauses have exactly these ids', () => {
  expect(register.clauses.map(({ id }) => id)).toEqual(pinnedIds.trim().split(/\s+/));
  expect(register.clauses.filter(({ derived }) => derived)).toHaveLength(15);
});

describe('the register', () => {
  test('derived clauses are must and stated, and read as sentences', () => {
    for (const clause of register.clauses.filter(({ derived }) => derived)) {
      expect(clause).toMatchObject({ level: 'must', basis: 'stated', since: '7.4' });
      expect(clause.statement).toMatch(/^[A-Z].*[^.]\.$/);
    }
    expect(register.byId.get('read.status.404')?.statement).toBe(
      'A read is answered with 404: no task has this id, or its status is no longer kept.',
    );
  });

  test('every clause and every entry of what is not testable rests on words of the docs', () => {
    expect(dangling(register)).toEqual([]);
  });

  test('every row, sentence and line of the overview has a clause, or a reason why not', () => {
    expect(uncovered(register, facts)).toEqual([]);
    expect(register.notTestable.every(({ reason }) => reason.length > 20)).toBe(true);
  });

  test('the clauses that name the default retention name the documented one', () => {
    const [retention] = factsOf(facts, 'read').durations;
    expect(retention).toMatchObject({ seconds: 500, byDefault: true });
    expect(register.byId.get('expiry.default.kept')?.statement).toContain(`${retention?.seconds} s`);
  });

  test('links to the public page', () => {
    const clause = register.byId.get('cancel.commit-phase.refused');
    if (!clause) throw new Error('the clause is gone');
    expect(docsUrl(clause, '7.8')).toBe(
      'https://redis.io/docs/latest/operate/rs/7.8/references/rest-api/requests/crdb_tasks/#post-crdb_task-cancel',
    );
    expect(docsUrl({ source: { page: 'objects/crdb_task', anchor: '', fingerprint: '' } }, '7.8')).toMatch(
      /crdb_task\/$/,
    );
  });
});

test('a clause dangles where its sentence is under another heading', () => {
  const altered = text.replace('anchor: get-all-response, fingerprint', 'anchor: get-response, fingerprint');
  expect(dangling(makeRegister({ clauses: altered, facts, document }))).toEqual(['list.empty']);
});

test.each([
  {
    from: /fingerprint: "\w+"/,
    to: `fingerprint: "${'0'.repeat(16)}"`,
    id: 'list.empty',
    reason: 'the docs of this edition lack the sentence',
  },
  {
    from: '[read.parameter.verbose]',
    to: '[read.parameter.loud]',
    id: 'verbose.keeps-fields',
    reason: 'the docs of this edition have no read.parameter.loud',
  },
])('$id is not asked for: $reason', ({ from, to, id, reason }) => {
  const made = makeRegister({ clauses: text.replace(from, to), facts, document });
  expect(made.notAsked).toEqual([{ id, reason }]);
});

test('a clause rests on its sentence in whichever of its words', () => {
  const other = '0'.repeat(16);
  const { fingerprint } = register.byId.get('cancel.commit-phase.forced')?.source ?? { fingerprint: '' };
  const known = text
    .replaceAll(`"${fingerprint}"`, `"${other}"`)
    .replaceAll(/otherWords: \[.*\]/g, `otherWords: ["${fingerprint}"]`);
  const made = makeRegister({ clauses: known, facts, document });
  expect(made.notAsked).toEqual([]);
  expect(made.byId.get('cancel.commit-phase.forced')?.source).toMatchObject({
    fingerprint,
    otherWords: [other],
  });
});

describe('a row that no hand-written clause covers gets a derived one', () => {
  const made = (clauses: string) => makeRegister({ clauses, facts, document });

  test('a parameter', () => {
    const clause = made(text.replace('covers: [read.parameter.verbose]', 'covers: []')).byId.get(
      'read.parameter.verbose',
    );
    expect(clause).toMatchObject({ derived: true, operation: 'read', covers: ['read.parameter.verbose'] });
    expect(clause?.source.fingerprint).toBe(register.byId.get('verbose.keeps-fields')?.source.fingerprint);
    expect(clause?.statement).toMatch(/^A read understands `verbose` \(query\): whether to return/);
  });

  test('a status', () => {
    const clause = made(text.replace('covers: [cancel.status.406]', 'covers: []')).byId.get(
      'cancel.status.406',
    );
    expect(clause?.statement).toMatch(/^A cancel is answered with 406: /);
  });
});

test('a new fact of the docs is uncovered until a clause covers it', () => {
  const more = {
    ...facts,
    statements: [
      ...facts.statements,
      { page: 'requests/crdb_tasks', anchor: 'x', fingerprint: '0'.repeat(16) },
    ],
  };
  expect(uncovered(register, more)).toEqual(['requests/crdb_tasks#x']);
});

describe('a mistake in clauses.yaml is reported with its clause', () => {
  test.each([
    { from: '- id: list.empty', to: '- id: list.queued', says: 'the id `list.queued` is used twice' },
    { from: '- id: list.empty', to: '- id: List Empty', says: 'List Empty: id must match pattern' },
    {
      from: '- id: list.empty',
      to: '- idea: list.empty',
      says: "clauses[0] must have required property 'id'",
    },
    {
      from: 'level: must',
      to: 'level: shall',
      says: 'list.empty: level must be equal to one of the allowed values: must, should, may; it is "shall"',
    },
    { from: 'basis: stated', to: 'basis: guessed', says: 'list.empty: basis must be' },
    { from: 'operation: list', to: 'operation: delete', says: 'list.empty: operation must be' },
    { from: 'since: "7.4"', to: 'sinc: "7.4"', says: "list.empty must have required property 'since'" },
    {
      from: /fingerprint: "\w+"/,
      to: 'fingerprint: "12"',
      says: 'list.empty: source.fingerprint must match',
    },
    { from: '[read.parameter.verbose]', to: 'loud', says: 'verbose.keeps-fields: covers must be array' },
    { from: 'list.schema: {', to: 'list.scheme: {', says: '`derived` names list.scheme' },
    { from: 'clauses:', to: 'clauses: [', says: 'is not valid YAML' },
    {
      from: '- row: retention.3',
      to: '- rows: retention.3',
      says: "stanceNotCovered[0] must have required property 'row'",
    },
    { from: 'notTestable:', to: 'notTested:', says: "the file must have required property 'notTestable'" },
  ])('$says', ({ from, to, says }) => {
    const altered = text.replace(from, to);
    expect(altered).not.toBe(text);
    const make = () => makeRegister({ clauses: altered, facts, document });
    expect(make).toThrow(SpecError);
    expect(make).toThrow(says);
  });
});

const stanceFile = fileURLToPath(new URL('../../shared/domain.md', import.meta.url));
const hasStance = existsSync(stanceFile);

/** The rows under the heading Stance, by slug, with their levels. `….2` continues the question above it. */
function stanceRows(markdown: string): ReadonlyMap<string, readonly string[]> {
  const blocks = parseMarkdown(markdown, String)?.blocks ?? [];
  const table = blocks.find(({ kind, sections }) => kind === 'table' && sections.at(-1)?.title === 'Stance');
  const rows = new Map<string, readonly string[]>();
  let question = '';
  let number = 1;
  for (const row of table?.kind === 'table' ? table.rows : []) {
    const [first, levels] = [row.text(0), row.text(2)];
    number = first.startsWith('…') ? number + 1 : 1;
    if (number === 1)
      question = first
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '');
    rows.set(number === 1 ? question : `${question}.${number}`, levels.split(', '));
  }
  return rows;
}

describe.skipIf(!hasStance)(
  `the stance table${hasStance ? '' : ' [skipped: no ../shared/domain.md here]'}`,
  () => {
    const rows = hasStance
      ? stanceRows(readFileSync(stanceFile, 'utf8'))
      : new Map<string, readonly string[]>();
    const { clauses, notTestable } = register;
    const { stanceNotCovered } = parseClauses(text);
    const excused = new Set([
      ...notTestable.flatMap(({ stance }) => stance),
      ...stanceNotCovered.map(({ row }) => row),
    ]);

    test('has rows', () => expect(rows.size).toBeGreaterThan(30));

    test('each level of each row has a clause, or the row is named as not testable or not covered', () => {
      const missing = [...rows].flatMap(([slug, levels]) =>
        levels
          .filter(
            (level) => !clauses.some((clause) => clause.stance.includes(slug) && clause.level === level),
          )
          .filter(() => !excused.has(slug))
          .map((level) => `${level}: ${slug}`),
      );
      expect(missing).toEqual([]);
    });

    test('a row that is named as not covered lacks a clause, or its reason names the clause that falls short', () => {
      const stale = stanceNotCovered.filter(({ row, reason }) => {
        const covering = clauses.filter(({ stance }) => stance.includes(row));
        const lacks = rows.get(row)?.some((level) => !covering.some((clause) => clause.level === level));
        return !lacks && !covering.some(({ id }) => reason.includes(`\`${id}\``));
      });
      expect(stale).toEqual([]);
    });

    test('each clause has the level of one of its rows', () => {
      const odd = clauses.filter(
        ({ stance, level }) => stance.length > 0 && !stance.some((slug) => rows.get(slug)?.includes(level)),
      );
      expect(odd.map(({ id }) => id)).toEqual([]);
    });

    test('every row that is named exists', () => {
      const named = [...clauses.flatMap(({ stance }) => stance), ...excused];
      expect(named.filter((slug) => !rows.has(slug))).toEqual([]);
    });
  },
);
