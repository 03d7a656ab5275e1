/** Small reports of every kind, and words that a reader could fall for: for tests alone. */
import type { Exchange } from '../../model/exchange.ts';
import {
  buildReport,
  type Judgement,
  type Report,
  type ReportedClause,
  type RunRecord,
} from '../../model/report.ts';
import {
  type CheckRecord,
  type Level,
  type RunVerdict,
  runVerdict,
  summarize,
  type Verdict,
} from '../../model/verdict.ts';

/** A clause of a sample, with its verdict and its checks. */
export interface SampleClause {
  readonly id: string;
  readonly level?: Level;
  readonly verdict: Verdict;
  readonly statement?: string;
  readonly checks?: readonly SampleCheck[];
}
export type SampleCheck = Partial<Omit<CheckRecord, 'clause'>>;

export interface SampleRun {
  readonly verdict?: RunVerdict;
  readonly clauses: readonly SampleClause[];
  readonly exchanges?: readonly Exchange[];
  readonly target?: Partial<RunRecord['target']>;
  readonly run?: Partial<RunRecord['run']>;
}

/** A read of task 7 that was answered with 200, unless something else is said. */
export function exchange(id: string, told: Partial<Omit<Exchange, 'id'>> = {}): Exchange {
  const request = { method: 'GET', path: '/v1/crdb_tasks/7', headers: {}, credentials: 'own' } as const;
  const response = {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"id":"7","status":"started"}',
  };
  const answer = told.lost === undefined ? { response } : {};
  return { id, operation: 'read', sentAt: 1000, receivedAt: 1012.5, attempt: 1, request, ...answer, ...told };
}

/** A cancel of task 7. */
export const cancelled = (id: string, status: number, query = ''): Exchange =>
  exchange(id, {
    operation: 'cancel',
    sentAt: 1020,
    receivedAt: 1043,
    request: {
      method: 'POST',
      path: `/v1/crdb_tasks/7/actions/cancel${query}`,
      headers: { 'Content-Type': 'application/json' },
      credentials: 'own',
    },
    response: { status, headers: {}, body: '' },
  });

/** What a run of the harness would have handed over. */
export function sampleRecord({ clauses, exchanges = [], target, run }: SampleRun): RunRecord {
  return {
    target: {
      name: 'my-mock',
      url: 'http://127.0.0.1:4010',
      server: 'Mock/1.0',
      provisioner: 'control',
      capabilities: ['queued', 'running', 'committing', 'finished', 'failed', 'age', 'cancel_failure'],
      ...target,
    },
    run: {
      id: 'run-1',
      startedAt: '2026-11-24T03:12:45.123Z',
      durationMs: 6240,
      profile: 'quick',
      seed: 42,
      settings: { timeoutS: 10, graceS: 2, settleS: 10, strict: false },
      stallMs: 12,
      cutShort: null,
      harnessVersion: '0.1.0',
      docsVersion: '7.8',
      hashes: { suites: 'a1', openapi: 'b2', clauses: 'c3' },
      ...run,
    },
    checks: clauses.flatMap(({ id, verdict, checks = [{}] }) =>
      checks.map((check, row) => ({
        clause: id,
        name: `case ${row + 1}`,
        suite: id.split('.')[0] ?? id,
        verdict,
        reason: 'GET /v1/crdb_tasks/7 answered 200',
        exchanges: [],
        ...check,
      })),
    ),
    tasks: [{ id: '7', phases: [{ phase: 'running', after: 990, before: 999.5 }] }],
    exchanges,
  };
}

const sampleClause = ({
  id,
  level = 'must',
  statement = `What ${id} says.`,
}: SampleClause): ReportedClause => ({
  id,
  level,
  basis: level === 'must' ? 'stated' : 'implied',
  operation: 'read',
  statement,
  reason: 'Stated for running and queued tasks.',
  source: {
    page: 'requests/crdb_tasks',
    anchor: 'get-crdb_task',
    url: 'https://redis.io/docs/latest/operate/rs/references/rest-api/requests/crdb_tasks/#get-crdb_task',
  },
});

function judgement({ clauses, verdict, run }: SampleRun): Judgement {
  const summary = summarize(
    clauses.map(({ level = 'must', ...clause }) => ({ level, verdict: clause.verdict })),
  );
  return {
    verdict: verdict ?? runVerdict(summary, { strict: run?.settings?.strict === true }),
    summary,
    clauseVerdicts: new Map(clauses.map((clause) => [clause.id, clause.verdict])),
  };
}

/** A report of the clauses that are given, judged as they say. */
export const sampleReport = (run: SampleRun): Report =>
  buildReport(sampleRecord(run), run.clauses.map(sampleClause), judgement(run));

/** A big run: checks of every verdict, spread over the clauses, with two exchanges each. */
export function bigReport(checks: number, clauses = 60): Report {
  const verdicts = ['pass', 'fail', 'warn', 'skip', 'inconclusive', 'observed'] as const;
  return sampleReport({
    clauses: Array.from({ length: clauses }, (_, row) => {
      const verdict = verdicts[row % verdicts.length] ?? 'pass';
      return {
        id: `suite-${row % 8}.clause-${row}`,
        verdict,
        checks: Array.from({ length: checks / clauses }, (_, n) => ({
          name: `case ${n}`,
          reason: `GET /v1/crdb_tasks/${row}-${n} answered 200, expected 404`,
          exchanges: [`read-${row}-${n}`, `cancel-${row}-${n}`],
          ...(n % 2 === 0 ? { expected: '404', seen: `${n}` } : {}),
        })),
      };
    }),
    exchanges: Array.from({ length: checks }, (_, n) => {
      const id = `${n % clauses}-${Math.floor(n / clauses)}`;
      return [exchange(`read-${id}`), cancelled(`cancel-${id}`, 200)];
    }).flat(),
  });
}

/** The same report as if everything in it that is text had been chosen by somebody hostile. */
export const hostile = (report: Report, evil: string): Report => {
  const spoilt = /^(name|server|reason|expected|seen|statement|cutShort|body|lost|provisioner)$/;
  return JSON.parse(
    JSON.stringify(report, (key, value: unknown) =>
      spoilt.test(key) && typeof value === 'string' ? value + evil : value,
    ),
  );
};

export const evilText =
  '\u{1b}[2J\u{9b}1A\u{7}\r\nPASS\u{202e}\u{2028}\u{feff}\u{0}\u{ffff}\u{d800}]]></failure>&<\'"';

export interface Night extends Omit<SampleRun, 'clauses'> {
  /** Clause ids with their verdicts, or whole clauses. */
  readonly clauses?: Readonly<Record<string, Verdict>> | readonly SampleClause[];
  /** Hours after the first midnight; 24 a night where it isn't said. */
  readonly hour?: number;
}

const firstMs = Date.UTC(2026, 10, 1, 3, 0);

/** The id of a night's run: `night-09`. */
const nightId = (number: number): string => `night-${String(number).padStart(2, '0')}`;

/** Night 1 begins at 2026-11-01 03:00, and each of the others 24 hours after the one before. */
export function night(number: number, { clauses = {}, hour, run, ...told }: Night = {}): Report {
  const startedMs = firstMs + (hour ?? (number - 1) * 24) * 3_600_000;
  return sampleReport({
    clauses: isList(clauses) ? clauses : Object.entries(clauses).map(ofVerdict),
    exchanges: [exchange('read-1')],
    ...told,
    run: { id: nightId(number), startedAt: new Date(startedMs).toISOString(), ...run },
  });
}

const ofVerdict = ([id, verdict]: readonly [string, Verdict]): SampleClause => ({
  id,
  verdict,
  checks: [{ reason: `seen as ${verdict}`, exchanges: ['read-1'] }],
});

/** Array.isArray() alone knows nothing of readonly ones. */
const isList = (clauses: NonNullable<Night['clauses']>): clauses is readonly SampleClause[] =>
  Array.isArray(clauses);

export const evilWords = [
  evilText,
  '</details></summary><img src=x onerror=alert(1)> @octocat #1 GH-1 [a](javascript:alert(1)) ![b](http://x)',
  '\n::error::fake\r\n##[error]fake %0A::stop-commands::x',
  '\n\n# heading\n\n```\n| a | b |\n| - | - |\n[^1] $x$ https://evil.example www.evil.example a@evil.example',
].join(' ');
