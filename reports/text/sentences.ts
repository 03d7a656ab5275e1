/**
 * The sentences of every report: verdict, headline, reasons, known failures, what is not proven, the next step. The
 * terminal, Markdown, HTML, JUnit and GitHub's annotations say the same because they take it from here. Pure.
 */
import type { Exchange } from '../../harness/model/exchange.ts';
import type {
  CheckResult,
  ClauseResult,
  MetExpectation,
  OutdatedExpectation,
  Report,
} from '../../harness/model/report.ts';
import type { Verdict } from '../../harness/model/verdict.ts';
import { printable } from './escape.ts';

export const verdictOrder = [
  'pass',
  'fail',
  'warn',
  'inconclusive',
  'skip',
  'observed',
] as const satisfies readonly Verdict[];

/** What a part of a report is called that lists clauses or checks of one verdict. */
export const titles: Readonly<
  Record<Exclude<Verdict, 'pass'> | 'suspicious' | 'known' | 'outdated', string>
> = {
  fail: 'Broken',
  warn: 'Warnings',
  suspicious: 'Worth a look: inconclusive, but it looks like a fault',
  inconclusive: 'Inconclusive',
  skip: 'Not tested',
  observed: 'Observed',
  known: 'Known failures',
  outdated: 'Known failures to remove',
};

export const loginHint = 'The cURL lines take the login from $CRDB_USER and $CRDB_PASSWORD.';
const noCheck = 'not checked in this run';

/** `1 check`, `2 checks` */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `and 3 more clauses: see report.json` */
export const andMore = (count: number, what: string): string =>
  `and ${counted(count, `more ${what}`)}: see report.json`;

/** `850 ms`, `6.2 s`, `8 min 20 s` */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `incomplete: 31 of 48 must clauses proven (33 within reach), none broken` */
export const headline = (report: Report): string => `${report.verdict}: ${tally(report)}`;

/** The headline without its first word. */
export const tally = (report: Report): string => counts(report) + knownTally(report);

function counts({ verdict, summary: { must, warn }, run: { settings } }: Report): string {
  // With a selection only a part of the contract was tested: its verdict must not read as that of the whole.
  const what = settings.selection === undefined ? 'must clause' : 'selected must clause';
  const all = counted(must.total, what);
  const reach = must.reachable === must.total ? '' : ` (${must.reachable} within reach)`;
  if (must.broken > 0) return `${must.broken} of ${all} broken, ${must.proven} proven${reach}`;

  const strictly =
    verdict === 'non-conformant' ? `, ${counted(warn, 'should clause')} broken (--strict)` : '';
  if (must.total === 0) return `no must clause was selected${strictly}`;
  if (verdict === 'conformant') return must.total === 1 ? `the one ${what} is proven` : `all ${all} proven`;
  return `${must.proven} of ${all} proven${reach}, none broken${strictly}`;
}

function knownTally({ expectations }: Pick<Report, 'expectations'>): string {
  if (!expectations) return '';
  const { met, unexpected, outdated } = expectations;
  const parts = [
    ...(unexpected.length > 0 ? [counted(unexpected.length, 'unexpected failure')] : []),
    ...(unexpected.length === 0 && met.length > 0 ? ['every failure is known'] : []),
    ...(outdated.length > 0 ? [`${counted(outdated.length, 'known failure')} to remove`] : []),
  ];
  return parts.map((part) => `; ${part}`).join('');
}

/** Undefined where the run came to its end. */
export const cutShortSentence = ({ run }: Pick<Report, 'run'>): string | undefined =>
  run.cutShort === null ? undefined : `The run was cut short: ${run.cutShort}`;

const insecureSentence =
  'Insecure: the certificate was not verified (--insecure), so the identity of the server is not proven';

/** What random scripts tried; undefined where the run did not explore. */
export function exploredSentence({ oracle, settings }: Report['run']): string | undefined {
  if (!oracle?.exploration) return undefined;
  const { scripts, requests, clauses } = oracle.exploration;
  const what = settings.replay === undefined ? counted(scripts, 'random script') : 'the script of --replay';
  const tested = clauses === undefined ? '' : ` tested ${counted(clauses, 'clause')}`;
  return `${what} with ${counted(requests, 'request')}${tested}`;
}

/** On a target where every kind of task can be made, a second of exploration tries 29 clauses. */
const fewClauses = 20;

/** Undefined where the run did not explore, or tried most of what can be tried. */
const littleExplored = ({ oracle, settings }: Report['run']): string | undefined => {
  const { clauses = fewClauses } = oracle?.exploration ?? {};
  return settings.replay === undefined && clauses < fewClauses
    ? `Little was explored: ${counted(clauses, 'clause')} tested; explore for longer (--explore), or with a provisioner that makes tasks in every phase`
    : undefined;
};

/** What limits a whole run: it was cut short, explored little, or did not verify the certificate of the server. */
export function remarksOn({ target, run }: Pick<Report, 'target' | 'run'>): readonly string[] {
  const isInsecure = run.settings.insecure === true && target.url.startsWith('https:');
  const remarks = [cutShortSentence({ run }), littleExplored(run), isInsecure ? insecureSentence : undefined];
  return remarks.filter((remark) => remark !== undefined);
}

/** What a reader does next, a command each; undefined where nothing is left to do. */
export function nextStep(report: Report): string | undefined {
  const { clauses, verdict, expectations, run } = report;
  const isKnown = knownIn(report);
  const broken = (wanted: Verdict) =>
    clauses.find(({ id, checks }) =>
      checks.some((check) => check.verdict === wanted && !isKnown(id, check.name)),
    );
  const first = broken('fail') ?? broken('warn');
  if (first && verdict === 'non-conformant')
    return `Next: crdb-conformance explain ${printable(first.id, 80)} says what the docs require`;
  if (expectations && expectations.outdated.length > 0)
    return printable(`Next: delete the known failures to remove from ${expectations.file}`);
  if (run.cutShort !== null) return undefined; // what is open was not reached, and an explanation would not help
  const open = clauses.find((clause) => isWorthALook(clause));
  return open && `Next: crdb-conformance explain ${printable(open.id, 80)} says what its proof needs`;
}

/** The suite of the checks that are made from the requests of all others. */
export const everyExchange = 'every exchange';

/** `2 of 5 checks; seen in 3 other checks`: those with a verdict among all of a clause. */
export function extent(
  checks: readonly CheckResult[],
  { checks: all }: Pick<ClauseResult, 'checks'>,
): string {
  const isOwn = ({ suite }: CheckResult): boolean => suite !== everyExchange;
  const [own, elsewhere] = [checks.filter(isOwn).length, checks.filter((check) => !isOwn(check)).length];
  const total = all.filter(isOwn).length;
  return [
    ...(total > 0 ? [`${own} of ${counted(total, 'check')}`] : []),
    ...(elsewhere > 0 ? [`seen in ${counted(elsewhere, total > 0 ? 'other check' : 'check')}`] : []),
  ].join('; ');
}

/** What a clause rests on: the docs state it, or it follows from them; of a `may` clause, they leave it open. */
export const basisOf = ({ level, basis }: Pick<ClauseResult, 'level' | 'basis'>): string =>
  level === 'may' ? 'left open' : basis;

/** The ground of a clause: `stated: The page says so for running tasks.` */
export const groundOf = (clause: Pick<ClauseResult, 'level' | 'basis' | 'reason'>): string =>
  `${basisOf(clause)}: ${clause.reason}`;

/** Why a check came to its verdict; of one that only observes, what it saw. */
export function reasonOf({ verdict, because, reason, seen }: CheckResult): string {
  if (because !== undefined)
    return reason.startsWith(notJudged(because)) ? reason : `${notJudged(because)}: ${reason}`;
  return verdict === 'observed' ? (seen ?? reason) : reason;
}

const notJudged = (prerequisite: string): string => `not judged: prerequisite ${prerequisite} did not pass`;

/** Why a clause has its verdict: the reason of the first check that decides it. */
export function clauseReason({ verdict, checks }: ClauseResult): string {
  const check = checks.find((one) => one.verdict === verdict);
  return check ? reasonOf(check) : noCheck;
}

/** Checks, or whole clauses, that are not proven for one reason. */
export interface NotProven {
  readonly part: 'suspicious' | 'inconclusive' | 'skip';
  readonly sentence: string;
  /** A clause is named once for each check; `whole` where none of its checks was run. */
  readonly clauses: readonly string[];
  readonly whole: boolean;
}

/**
 * What is not proven, by its cause: another clause, a lost response, or the check's own reason. What a reader can do
 * something about comes first: a doubt before a consequence of another clause, a skip that an option would lift before
 * one that the target can't lift, and last what holds no clause back.
 */
export function notProven({ clauses, exchanges }: Report): readonly NotProven[] {
  const lost = new Map<string, Exchange['lost']>(exchanges.map((exchange) => [exchange.id, exchange.lost]));
  const open = clauses.flatMap((clause) =>
    clause.checks.flatMap((check) => {
      const { verdict, because } = check;
      if (verdict !== 'inconclusive' && verdict !== 'skip') return [];
      const loss = check.exchanges.map((id) => lost.get(id)).findLast((why) => why !== undefined);
      const sentence = because === undefined ? printable(loss ?? check.reason) : notJudged(because);
      const part: NotProven['part'] = check.suspicious ? 'suspicious' : verdict;
      return [{ id: clause.id, part, sentence, rank: rankOf(clause, check) }];
    }),
  );
  const rank = (alike: typeof open): number => Math.min(...alike.map((one) => one.rank));
  const causes = [...Map.groupBy(open, ({ part, sentence }) => `${part} ${sentence}`).values()];
  const untouched = clauses.filter(({ checks }) => checks.length === 0).map(({ id }) => id);
  return [
    ...causes
      .toSorted((a, b) => rank(a) - rank(b))
      .map((alike) => ({
        part: alike[0]?.part ?? 'skip',
        sentence: alike[0]?.sentence ?? '',
        clauses: alike.map(({ id }) => id),
        whole: false,
      })),
    ...(untouched.length > 0
      ? [{ part: 'skip' as const, sentence: noCheck, clauses: untouched, whole: true }]
      : []),
  ];
}

/** Of a check that is not proven, 0 for what deserves the first look. */
function rankOf(clause: ClauseResult, { verdict, because, reason, suspicious }: CheckResult): number {
  if (suspicious) return -1;
  const holdsBack = clause.verdict === verdict ? 0 : 4;
  if (verdict === 'inconclusive') return holdsBack + (because === undefined ? 0 : 2);
  return holdsBack + (namesOption(reason) ? 1 : 3);
}

const namesOption = (reason: string): boolean => /(^|[ (`])--[a-z]/.test(reason);

/** Whether a clause that is not proven may be proven by another run: its doubt is its own, or an option is missing. */
const isWorthALook = (clause: ClauseResult): boolean =>
  clause.checks.some(
    (check) =>
      check.verdict === clause.verdict &&
      ['inconclusive', 'skip'].includes(clause.verdict) &&
      rankOf(clause, check) < 2,
  );

/** Whether a clause that is not proven was seen to do what looks like a fault. */
export const isSuspicious = ({ checks }: ClauseResult): boolean =>
  checks.some(({ suspicious }) => suspicious);

const placeOf: Readonly<Record<Verdict, number>> = {
  fail: 0,
  warn: 1,
  inconclusive: 3,
  skip: 3,
  observed: 4,
  pass: 5,
};

/** Broken clauses, then those not proven that are worth a look, then the others that are not proven, then the rest. */
export const byWorth = (clauses: readonly ClauseResult[]): readonly ClauseResult[] => {
  const place = (clause: ClauseResult): number =>
    isSuspicious(clause) ? 1.5 : isWorthALook(clause) ? 2 : placeOf[clause.verdict];
  return clauses.toSorted((a, b) => place(a) - place(b));
};

/** @returns what finds the known failure that a failed check met, by its clause and its name */
export function knownIn({
  expectations,
}: Pick<Report, 'expectations'>): (clause: string, check: string) => MetExpectation | undefined {
  const met = new Map(
    (expectations?.met ?? []).flatMap((entry) =>
      entry.checks.map((check) => [JSON.stringify([entry.clause, check]), entry] as const),
    ),
  );
  return (clause, check) => met.get(JSON.stringify([clause, check]));
}

/** `known failure: since the upgrade (ops, https://…, until 2026-12-31)` */
export function knownSentence({ reason, owner, link, expires }: MetExpectation): string {
  const notes = [owner, link, expires === undefined ? undefined : `until ${expires}`].filter(
    (note) => note !== undefined,
  );
  return printable(`known failure: ${notes.length === 0 ? reason : `${reason} (${notes.join(', ')})`}`);
}

/** `expectations.yaml: list.empty passes again: delete lines 12 to 17` */
export function outdatedSentence(
  file: string,
  { clause, target, problem, expires, lines: [first, last] }: OutdatedExpectation,
): string {
  const lines = first === last ? `line ${first}` : `lines ${first} to ${last}`;
  const of = target === undefined ? clause : `${clause} (of ${target})`;
  const why = {
    'passes again': 'passes again',
    'not seen any more': 'no longer fails in this way',
    'past its date': `expired after ${expires}`,
  }[problem];
  return printable(`${file}: ${of} ${why}: delete ${lines}`);
}

export const outdatedSentences = ({ expectations }: Pick<Report, 'expectations'>): readonly string[] =>
  (expectations?.outdated ?? []).map((entry) => outdatedSentence(expectations?.file ?? '', entry));
