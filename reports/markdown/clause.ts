/** One clause, folded: what it says and where that stands, what was expected and seen, and how to see it again. */
import type { RootContent } from 'mdast';
import type { CheckResult, ClauseResult } from '../../harness/model/report.ts';
import type { Verdict } from '../../harness/model/verdict.ts';
import { type Evidence, kindOf } from '../evidence.ts';
import { excuse, type expectedIn } from '../expected.ts';
import { counted } from '../headline.ts';
import { code, folded, htmlCode, htmlSaid, link, paragraph, plain, said } from './text.ts';

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
