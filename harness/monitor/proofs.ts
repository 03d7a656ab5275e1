/**
 * What traffic proves: the violations of tasks, the answers that break structural clauses, and how often each clause was
 * upheld. Of many violations the first are kept whole.
 */
import { field } from '../../spec/record.ts';
import type { Validators } from '../../spec/validators.ts';
import { type GlobalFinding, globalFindings } from '../judge/global-checks.ts';
import { judgeHeader } from '../judge/judge.ts';
import { judgeTimestamps } from '../judge/judge-fields.ts';
import { judgeAskedId } from '../judge/judge-task.ts';
import { named } from '../judge/oracle/diagnose.ts';
import type { TaskHistory } from '../judge/oracle/histories.ts';
import { isSeconds, type TaskOperation, wellFormed } from '../judge/oracle/operation.ts';
import { diagnosed, fairHistory, type Violation } from '../judge/oracle/oracle.ts';
import { type Exchange, json } from '../model/exchange.ts';
import type { ClauseCounts } from '../model/report.ts';
import type { Finding } from '../model/verdict.ts';
import { toleratedFor } from './exchange.ts';
import type { Contradiction } from './task-course.ts';

export interface Structural {
  answers: number;
  faults: number;
  readonly findings: Finding[];
}

/** What a judge says as soon as it is proven. */
export type Proven =
  | { readonly violation: Violation }
  | { readonly clause: string; readonly finding: Finding };

export interface FoundInTraffic {
  readonly upheld: ReadonlyMap<string, number>;
  readonly structural: ReadonlyMap<string, Structural>;
  /** By clause; of each the first ones, and how many there were. */
  readonly violations: ReadonlyMap<string, { readonly first: readonly Violation[]; readonly count: number }>;
}

/** So many violations are kept whole. */
const mostWhole = 200;
const listedFaults = 3;
/** Accepted cancels, and TTLs, that may be the cause of what is seen of another task. */
const effectsKept = 100;

/** By clause that an answer could have broken: how many upheld it, and how many broke it. */
export function clauseCounts({
  upheld,
  structural,
  violations,
}: FoundInTraffic): ReadonlyMap<string, ClauseCounts> {
  const counts = new Map<string, ClauseCounts>();
  const add = (clause: string, more: ClauseCounts): void => {
    const { upheld, broken } = counts.get(clause) ?? { upheld: 0, broken: 0 };
    counts.set(clause, { upheld: upheld + more.upheld, broken: broken + more.broken });
  };
  for (const [clause, count] of upheld) add(clause, { upheld: count, broken: 0 });
  for (const [clause, { answers, faults }] of structural)
    add(clause, { upheld: answers - faults, broken: faults });
  for (const [clause, { count }] of violations) add(clause, { upheld: 0, broken: count });
  return new Map([...counts].toSorted());
}

export class Proofs {
  readonly #validators: Validators;
  readonly #onProven: (proven: Proven) => void;
  readonly #upheld = new Map<string, number>();
  readonly #structural = new Map<string, Structural>();
  /** The first ones; how many more there were, by the clause that was named at once. */
  readonly #violations: Violation[] = [];
  readonly #more = new Map<string, number>();
  readonly #cancels: { readonly task: string; readonly earliestMs: number; readonly latestMs: number }[] = [];
  readonly #ttlsS = new Set<number>();

  constructor(validators: Validators, onProven: (proven: Proven) => void) {
    this.#validators = validators;
    this.#onProven = onProven;
  }

  uphold(clauses: readonly string[]): void {
    for (const clause of clauses) this.#upheld.set(clause, (this.#upheld.get(clause) ?? 0) + 1);
  }

  /** An operation whose effect may be seen of other tasks too, where the target is faulty. */
  noteEffect({ action, answer, task, sentAt, receivedAt, ttlS, ttl = '' }: TaskOperation): void {
    const givenS = ttlS ?? (isSeconds(ttl) ? Number(ttl) : undefined);
    if (givenS !== undefined && this.#ttlsS.size < effectsKept) this.#ttlsS.add(givenS);
    if (action !== 'cancel' || answer?.status !== 200) return;
    this.#cancels.push({ task, earliestMs: sentAt, latestMs: receivedAt });
    if (this.#cancels.length > effectsKept) this.#cancels.shift();
  }

  /** @param others histories that break nothing */
  prove({ history, at, before, refusals }: Contradiction, others: readonly TaskHistory[]): void {
    const violation = diagnosed(
      {
        history: this.#among(history),
        course: { verdict: 'violation', at, before, refusals, most: before.length },
      },
      others.map((other) => this.#among(other)),
    );
    if (this.#violations.length < mostWhole) this.#violations.push(violation);
    else this.#more.set(violation.clause, (this.#more.get(violation.clause) ?? 0) + 1);
    this.#onProven({ violation });
  }

  /** A history with what happened to other tasks meanwhile. */
  #among(history: TaskHistory): TaskHistory {
    const cancels = this.#cancels.filter(({ task }) => task !== history.task);
    return { ...history, judging: { ...history.judging, neighbours: { cancels, ttlsS: [...this.#ttlsS] } } };
  }

  /** @param others histories that break nothing */
  found(others: readonly TaskHistory[]): FoundInTraffic {
    return { upheld: this.#upheld, structural: this.#structural, violations: this.#named(others) };
  }

  /** The violations by clause, named by all of them together: the more there are, the surer is the cause. */
  #named(others: readonly TaskHistory[]): FoundInTraffic['violations'] {
    const fair = others.map((other) => fairHistory(this.#among(other)));
    const clauses = named(this.#violations, fair);
    const byClause = Map.groupBy(
      this.#violations.map((violation, index) => ({
        ...violation,
        clause: clauses[index] ?? violation.clause,
      })),
      ({ clause }) => clause,
    );
    const all = new Set([...byClause.keys(), ...this.#more.keys()]);
    return new Map(
      [...all].flatMap((clause) => {
        const first = byClause.get(clause) ?? this.#violations.slice(0, 0);
        const count = first.length + (this.#more.get(clause) ?? 0);
        return first.length === 0 ? [] : [[clause, { first, count }] as const];
      }),
    );
  }

  /** Judges an answer for itself. @param operation what the exchange did to a task, if anything */
  judgeAnswer(exchange: Exchange, operation: TaskOperation | undefined): void {
    const found = globalFindings(exchange, toleratedFor(exchange), this.#validators);
    for (const { clause, ...finding } of [...found, ...beyondSchema(exchange, operation, found)]) {
      if (finding.verdict === 'inconclusive') continue; // such as a body that was cut
      const known = this.#structural.get(clause) ?? { answers: 0, faults: 0, findings: [] };
      this.#structural.set(clause, known);
      known.answers++;
      if (finding.verdict === 'pass') continue;
      known.faults++;
      if (known.findings.length < listedFaults) known.findings.push(finding);
      this.#onProven({ clause, finding });
    }
  }
}

/** What an answer alone shows beyond its status and schema: the challenge of a 401; the id and the times of a read. */
function beyondSchema(
  exchange: Exchange,
  operation: TaskOperation | undefined,
  found: readonly GlobalFinding[],
): readonly GlobalFinding[] {
  if (found.length === 0) return [];
  if (exchange.response?.status === 401)
    return [{ clause: 'auth.www-authenticate', ...judgeHeader(exchange, 'WWW-Authenticate') }];
  const isValid = found.some(({ clause, verdict }) => clause === 'read.schema' && verdict === 'pass');
  if (!isValid || exchange.redacted || operation?.action !== 'read' || !wellFormed.test(operation.task))
    return [];
  const task = { id: operation.task, held: true, history: [], agedS: 0 };
  const shown = field(json(exchange)?.value, 'id');
  const isOtherCase = shown !== task.id && String(shown).toLowerCase() === task.id.toLowerCase();
  return [
    ...(isOtherCase ? [] : [{ clause: 'read.asked-id', ...judgeAskedId(exchange, task) }]),
    { clause: 'read.timestamps', ...judgeTimestamps(exchange, task) },
  ];
}
