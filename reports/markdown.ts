/** The report for a pull request: GitHub’s Markdown, folded, short enough for any comment. */
import type { PhrasingContent, RootContent, TableRow } from 'mdast';
import type { CheckResult, ClauseResult, Report } from '../harness/model/report.ts';
import type { Verdict } from '../harness/model/verdict.ts';
import { type Evidence, evidenceOf, kindOf } from './evidence.ts';
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
import { counted, excuse, expectedIn, insecurity, tally, toBeDeleted, verdictOrder } from './sentences.ts';
import { duration } from './terminal/layout.ts';

/** A comment on GitHub takes 65,536 characters. */
export const limitBytes = 60_000;

/** @returns Markdown of at most 60,000 bytes */
export function markdown(report: Report): string {
  const context = { evidence: evidenceOf(report), expected: expectedIn(report) };
  const of = (verdict: Verdict) => report.clauses.filter((clause) => clause.verdict === verdict);
  const stories = (title: string, verdict: Verdict, what: string): Section => ({
    before: `\n${written([heading(`${title}: ${of(verdict).length}`)])}`,
    entries: of(verdict).map((clause) => `\n${written(clauseStory(clause, verdict, context))}`),
    after: '',
    what,
  });
  const lines = (title: string, verdict: Verdict, what: string): Section => ({
    before: `\n${written([fold(`${title}: ${of(verdict).length}`)])}\n`,
    entries: of(verdict).map((clause) => written([list([reasonOf(clause)])])),
    after: `\n${written([foldEnd])}`,
    what,
  });
  return fitted(
    written(head(report)),
    [
      stories('Broken', 'fail', 'broken clause'),
      outdated(report),
      stories('Warnings', 'warn', 'warning'),
      lines('Inconclusive', 'inconclusive', 'inconclusive clause'),
      lines('Not tested', 'skip', 'clause'),
      lines('Observed', 'observed', 'observation'),
    ],
    limitBytes,
  );
}

/** Expectations that don't hold any more: each fails a gate. */
function outdated({ expectations }: Report): Section {
  const entries = expectations?.outdated ?? [];
  return {
    before: `\n${written([heading(`Expectations to be deleted: ${entries.length}`)])}\n`,
    entries: entries.map((entry) => written([list([[said(toBeDeleted(expectations?.file ?? '', entry))]])])),
    after: '',
    what: 'expectation',
  };
}

const heading = (title: string): RootContent => ({ type: 'heading', depth: 3, children: [plain(title)] });

/** A line: the clause, and the first reason for its verdict. */
function reasonOf({ id, level, verdict, checks }: ClauseResult): readonly PhrasingContent[] {
  const check = checks.find((check) => check.verdict === verdict);
  const because =
    check?.because === undefined ? [] : [plain('because of '), code(check.because, 100), plain(': ')];
  const why = check ? [...because, said(check.seen ?? check.reason, 200)] : [plain('no check of it was run')];
  return [code(id, 100), plain(` (${level}): `), ...why];
}

/** So many kinds of checks are told, and so many lines and names of each. */
const shownKinds = 3;
const shownLines = 3;
const shownNames = 8;
/** A line that was cut could not be run. */
const longestLine = 1500;

/** What the stories of all clauses need. */
export interface Context {
  readonly evidence: (check: CheckResult) => Evidence;
  readonly expected: ReturnType<typeof expectedIn>;
}

/** @param verdict its checks with that verdict are told */
export function clauseStory(
  clause: ClauseResult,
  verdict: Verdict,
  context: Context,
): readonly RootContent[] {
  const checks = clause.checks.filter((check) => check.verdict === verdict);
  const kinds = [...Map.groupBy(checks, kindOf).values()];
  const left = kinds.slice(shownKinds).flat().length;
  const extent = `${clause.level}; ${checks.length} of ${counted(clause.checks.length, 'check')}`;
  return folded(`<b>${verdict}</b> ${htmlCode(clause.id, 100)} (${extent}): ${htmlSaid(clause.statement)}`, [
    paragraph(
      plain(`${clause.basis}: `),
      said(clause.reason),
      plain(' ('),
      link('docs', clause.source.url),
      plain(')'),
    ),
    ...kinds.slice(0, shownKinds).flatMap((alike) => proof(clause.id, alike, context)),
    ...(left > 0 ? [paragraph(plain(`and ${counted(left, 'other check')}`))] : []),
  ]);
}

/** The first of some checks that saw the same where the same was expected; the others by name. */
function proof(
  clause: string,
  [check, ...alike]: readonly CheckResult[],
  { evidence, expected }: Context,
): readonly RootContent[] {
  if (!check) return [];
  const known = expected(clause, check.name);
  const lines = evidence(check)
    .repeats.slice(0, shownLines)
    .filter(({ line }) => line.length <= longestLine);
  const compared = [
    ...(check.expected === undefined ? [] : [plain('; expected '), code(check.expected, 240)]),
    ...(check.seen === undefined ? [] : [plain(', seen '), code(check.seen, 240)]),
  ];
  return [
    paragraph(code(check.name, 120), plain(': '), said(check.reason), ...compared),
    ...(known ? [paragraph(plain('this failure was expected: '), said(excuse(known)))] : []),
    ...(lines.length === 0 ? [] : [shell(lines)]),
    ...likewise(alike),
  ];
}

const shell = (lines: Evidence['repeats']): RootContent => ({
  type: 'code',
  lang: 'sh',
  value: lines.map(({ line, times }) => (times > 1 ? `${line} # ${times} times` : line)).join('\n'),
});

function likewise(checks: readonly CheckResult[]): readonly RootContent[] {
  if (checks.length === 0) return [];
  const left = checks.length - shownNames;
  return [
    paragraph(
      plain('likewise '),
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

export function head(report: Report): readonly RootContent[] {
  const { target, run } = report;
  const unseen = insecurity(report);
  const server = target.server === null ? [] : [plain(', server '), code(target.server, 60)];
  return [
    {
      type: 'heading',
      depth: 2,
      children: [plain(`${signs[report.verdict]} ${report.verdict}: ${tally(report)}`)],
    },
    ...(run.cutShort === null ? [] : [paragraph(plain('The run was cut short: '), said(run.cutShort))]),
    ...(unseen === undefined ? [] : [paragraph(plain(`Insecure: ${unseen}.`))]),
    countsOf(report),
    paragraph(
      plain('Target '),
      code(target.name, 60),
      plain(', '),
      code(target.url, 200),
      ...server,
      plain('; tasks by '),
      code(target.provisioner, 30),
      plain(`. Profile ${run.profile}, seed ${run.seed}, took ${duration(run.durationMs)}; run `),
      code(run.id, 60),
      plain(', harness '),
      code(run.harnessVersion, 30),
      plain('.'),
    ),
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
  return {
    type: 'table',
    align: ['left', ...verdictOrder.map(() => 'right' as const)],
    children: [
      row(['', ...verdictOrder]),
      ...rows.map(([name, judged]) =>
        row([
          name,
          ...verdictOrder.map((wanted) => String(judged.filter(({ verdict }) => verdict === wanted).length)),
        ]),
      ),
    ],
  };
}

const row = (cells: readonly string[]): TableRow => ({
  type: 'tableRow',
  children: cells.map((cell) => ({ type: 'tableCell', children: [plain(cell)] })),
});
