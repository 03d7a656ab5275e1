/** The report for a pull request: GitHub’s Markdown, folded, short enough for any comment. */
import type { PhrasingContent, RootContent } from 'mdast';
import type { CheckResult, ClauseResult, Report } from '../harness/model/report.ts';
import type { Verdict } from '../harness/model/verdict.ts';
import {
  code,
  fitted,
  fold,
  foldEnd,
  folded,
  htmlCode,
  htmlSaid,
  link,
  list,
  paragraph,
  plain,
  type Section,
  said,
  written,
} from './markdown-text.ts';
import { type Evidence, evidenceOf, kindsOf, repeatLines } from './text/evidence.ts';
import {
  andMore,
  byWorth,
  clauseReason,
  duration,
  exploredSentence,
  extent,
  groundOf,
  isSuspicious,
  knownIn,
  knownSentence,
  nextStep,
  outdatedSentences,
  reasonOf,
  remarksOn,
  tally,
  titles,
  verdictOrder,
} from './text/sentences.ts';
import { trafficText, trafficTitles } from './text/traffic.ts';

/** A comment on GitHub takes 65,536 characters. */
export const limitBytes = 60_000;

/** @returns Markdown of at most 60,000 bytes */
export function markdown(report: Report): string {
  const context = { evidence: evidenceOf(report), known: knownIn(report) };
  const of = (verdict: Verdict) => report.clauses.filter((clause) => clause.verdict === verdict);
  const whole = (verdict: 'fail' | 'warn', what: string): Section => ({
    before: `\n${written([heading(`${titles[verdict]}: ${of(verdict).length}`)])}`,
    entries: of(verdict).map((clause) => `\n${written(foldedClause(clause, verdict, context))}`),
    after: '',
    what,
  });
  const lines = (part: 'suspicious' | 'inconclusive' | 'skip', what: string): Section => {
    const clauses = of(part === 'suspicious' ? 'inconclusive' : part).filter(
      (clause) => isSuspicious(clause) === (part === 'suspicious'),
    );
    const entries = byWorth(clauses).map((clause) => written([list([clauseLine(clause)])]));
    return foldedSection(`${titles[part]}: ${entries.length}`, entries, what);
  };
  const observations = report.clauses.flatMap(({ id, checks }) =>
    checks
      .filter(({ verdict }) => verdict === 'observed')
      .map((check) =>
        written([
          list([[code(id, 100), plain(', '), code(check.name, 80), plain(': '), said(reasonOf(check), 300)]]),
        ]),
      ),
  );
  return fitted(
    written(head(report)),
    [
      whole('fail', 'broken clause'),
      ...trafficSections(report),
      lines('suspicious', 'clause that is worth a look'),
      outdated(report),
      whole('warn', 'warning'),
      lines('inconclusive', 'inconclusive clause'),
      lines('skip', 'clause'),
      foldedSection(`${titles.observed}: ${observations.length}`, observations, 'observation'),
    ],
    limitBytes,
  );
}

/** A section whose entries are hidden until its title is opened, below the head of their table. */
const foldedSection = (
  title: string,
  entries: readonly string[],
  what: string,
  head: readonly string[] = [],
): Section => ({
  before: `\n${written([fold(title)])}\n${head.map((line) => `${line}\n`).join('')}`,
  entries,
  after: `\n${written([foldEnd])}`,
  what,
});

/** Of judged traffic: which clauses it exercised, what the clients rely on, and what was left out. */
function trafficSections(report: Report): readonly Section[] {
  const traffic = trafficText(report);
  if (!traffic) return [];
  const { clauses, exercised, kinds, relied, unused, observations } = traffic;
  return [
    foldedSection(
      `${trafficTitles.exercised}: ${clauses}`,
      exercised.map(
        ({ id, level, upheld, broken }) => `| ${cell(id)} | ${level} | ${upheld} | ${broken} |\n`,
      ),
      'exercised clause',
      ['| clause | level | upheld | broken |', '| :-- | :-- | --: | --: |'],
    ),
    foldedSection(
      `${trafficTitles.relied}: ${kinds}`,
      relied.map(([kind, count]) => `| ${cell(kind)} | ${count} |\n`),
      'kind of requests',
      ['| request and answer | times |', '| :-- | --: |'],
    ),
    ...(['unused', 'observed'] as const).map((name) => {
      const lines = name === 'unused' ? unused : observations;
      const entries = lines.map((line) => written([list([[said(line)]])]));
      return foldedSection(`${trafficTitles[name]}: ${lines.length}`, entries, 'line');
    }),
  ];
}

/** Code in a cell of a table, where a bar would end the cell. */
const cell = (words: string): string =>
  written([paragraph(code(words, 200))])
    .trim()
    .replaceAll('|', '\\|');

/** Each fails a gate. */
function outdated(report: Report): Section {
  const entries = outdatedSentences(report);
  return {
    before: `\n${written([heading(`${titles.outdated}: ${entries.length}`)])}\n`,
    entries: entries.map((sentence) => written([list([[said(sentence)]])])),
    after: '',
    what: 'known failure',
  };
}

const heading = (title: string): RootContent => ({ type: 'heading', depth: 3, children: [plain(title)] });

const clauseLine = (clause: ClauseResult): readonly PhrasingContent[] => [
  code(clause.id, 100),
  plain(` (${clause.level}): `),
  said(clauseReason(clause), 300),
];

/** So many kinds of failure of a clause are shown, and so many lines and names of each. */
const shownKinds = 3;
const shownLines = 6;
const shownNames = 8;
/** A line that was cut could not be run. */
const longestLine = 1500;

interface Context {
  readonly evidence: (check: CheckResult) => Evidence;
  readonly known: ReturnType<typeof knownIn>;
}

/** One clause, folded, with the proof of its checks of that verdict. */
function foldedClause(clause: ClauseResult, verdict: Verdict, context: Context): readonly RootContent[] {
  const checks = clause.checks.filter((check) => check.verdict === verdict);
  const kinds = kindsOf(checks);
  const left = kinds.slice(shownKinds).flat().length;
  const counts = `${clause.level}; ${extent(checks, clause)}`;
  return folded(`<b>${verdict}</b> ${htmlCode(clause.id, 100)} (${counts}): ${htmlSaid(clause.statement)}`, [
    paragraph(said(groundOf(clause)), plain(' ('), link('docs', clause.source.url), plain(')')),
    ...kinds.slice(0, shownKinds).flatMap((alike) => proof(clause.id, alike, context)),
    ...(left > 0 ? [paragraph(plain(andMore(left, 'check')))] : []),
  ]);
}

/** The first of some checks that saw the same where the same was expected; the others by name. */
function proof(
  clause: string,
  [check, ...alike]: readonly CheckResult[],
  { evidence, known }: Context,
): readonly RootContent[] {
  if (!check) return [];
  const entry = known(clause, check.name);
  const lines = repeatLines(evidence(check), shownLines).filter(({ length }) => length <= longestLine);
  const compared = [
    ...(check.expected === undefined ? [] : [plain('; expected '), code(check.expected, 240)]),
    ...(check.seen === undefined ? [] : [plain(', seen '), code(check.seen, 240)]),
  ];
  return [
    paragraph(code(check.name, 120), plain(': '), said(reasonOf(check)), ...compared),
    ...(entry ? [paragraph(said(knownSentence(entry)))] : []),
    ...(lines.length === 0 ? [] : [shell(lines)]),
    ...sameFor(alike),
  ];
}

const shell = (lines: readonly string[]): RootContent => ({
  type: 'code',
  lang: 'sh',
  value: lines.join('\n'),
});

function sameFor(checks: readonly CheckResult[]): readonly RootContent[] {
  if (checks.length === 0) return [];
  const left = checks.length - shownNames;
  return [
    paragraph(
      plain('the same for '),
      ...checks
        .slice(0, shownNames)
        .flatMap(({ name }, index) => [...(index === 0 ? [] : [plain(', ')]), code(name, 80)]),
      ...(left > 0 ? [plain(` and ${left} more`)] : []),
    ),
  ];
}

const signs: Readonly<Record<Report['verdict'], string>> = {
  conformant: '✅',
  'non-conformant': '❌',
  incomplete: '⚠️',
};

function head(report: Report): readonly RootContent[] {
  const { target, run } = report;
  const next = nextStep(report);
  const explored = exploredSentence(run);
  const traffic = trafficText(report);
  const server = target.server === null ? [] : [plain(', server '), code(target.server, 60)];
  return [
    {
      type: 'heading',
      depth: 2,
      children: [plain(`${signs[report.verdict]} ${report.verdict}: ${tally(report)}`)],
    },
    ...remarksOn(report).map((remark) => paragraph(said(remark))),
    countsOf(report),
    paragraph(
      plain('Target '),
      code(target.name, 60),
      plain(', '),
      code(target.url, 200),
      ...server,
      ...(traffic
        ? [plain(`; traffic of others: ${traffic.seen}. It`)]
        : [
            plain('; tasks by '),
            code(target.provisioner, 30),
            plain(`. Profile ${run.profile}, seed ${run.seed},`),
          ]),
      plain(` took ${duration(run.durationMs)}; run `),
      code(run.id, 60),
      plain(', program version '),
      code(run.harnessVersion, 30),
      plain(explored === undefined ? '.' : `. Explored by ${explored}.`),
    ),
    ...(next === undefined ? [] : [paragraph(said(next))]),
  ];
}

/** Clauses by level and verdict, and the checks of all of them. */
function countsOf({ clauses }: Report): RootContent {
  const of = (level: string) => clauses.filter((clause) => clause.level === level);
  const rows: readonly (readonly [string, readonly { readonly verdict: Verdict }[]])[] = [
    ['must', of('must')],
    ['should', of('should')],
    ['may', of('may')],
    ['all clauses', clauses],
    ['checks', clauses.flatMap(({ checks }) => checks)],
  ];
  const counts = rows.map(([name, judged]) => [
    name,
    ...verdictOrder.map((wanted) => judged.filter(({ verdict }) => verdict === wanted).length),
  ]);
  const lines = [['', ...verdictOrder], [':--', ...verdictOrder.map(() => '--:')], ...counts];
  // Our own words and numbers alone: nothing in it needs escaping.
  return { type: 'html', value: lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n') };
}
