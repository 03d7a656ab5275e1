/**
 * Attributes the fault that an exchange shows once: to the check's own clause, else to the clause of a prerequisite that
 * the check names, else to the structural clauses of the operation.
 */
import type { Validators } from '../../spec/validators.ts';
import { cutShapes } from '../judge/cut-shapes.ts';
import { globalClauses, globalFindings } from '../judge/global-checks.ts';
import type { Exchange } from '../model/exchange.ts';
import type { AttributedFault } from '../model/report.ts';
import { type CheckRecord, type Finding, isBroken } from '../model/verdict.ts';
import { type Check, titleOf } from './clause.ts';

const statusOf = ({ operation, response }: Exchange): string => `${operation} ${response?.status}`;

/** Whether a finding was about an answer that should have been a success. */
const successWasDue = ({ expected }: Finding): boolean => expected === '200';

/** Further faults of one clause are counted and not listed: a reader needs each fault once. */
const listedFaults = 3;

type CheckTitle = Pick<Check, 'clause' | 'name'>;

interface Fault {
  readonly finding: Finding;
  readonly check: CheckTitle;
  /** Seen by a check that only observes the answer: there a refusal is as fair as a success. */
  readonly observed: boolean;
}

/** What the exchanges of a run show of one clause. */
interface ClauseFaults {
  answers: number;
  readonly faults: Fault[];
  /** Answers against this clause that are attributed to another one, which is named. */
  readonly elsewhere: { readonly exchange: Exchange; readonly clause: string }[];
}

export class Attribution {
  readonly #validators: Validators;
  readonly #known: (clause: string) => boolean;
  readonly #onFault: (fault: AttributedFault) => void;
  readonly #sent: Exchange[] = [];
  readonly #byClause = new Map<string, ClauseFaults>();
  /** Statuses of an operation that are the fault of some check's own clause, which is named: `read 410`. */
  readonly #explained = new Map<string, string>();
  /** Those of them where a refusal was expected, so that only the status is wrong, and not the refusal. */
  readonly #wrongRefusals = new Set<string>();

  /**
   * @param known whether the edition has a clause: nothing is attributed to another
   * @param onFault is called for the first faults of a clause as they come, for a run that may not reach its end
   */
  constructor(
    validators: Validators,
    known: (clause: string) => boolean,
    onFault: (fault: AttributedFault) => void = () => {},
  ) {
    this.#validators = validators;
    this.#known = known;
    this.#onFault = onFault;
  }

  /**
   * Takes the findings of a check and everything that it sent.
   * @param judged false where a prerequisite of the check is broken, which explains what is attributed to another clause
   */
  enter(
    check: CheckTitle,
    findings: readonly Finding[],
    sent: readonly { readonly exchange: Exchange; readonly tolerates: readonly number[] }[],
    judged: boolean,
  ): void {
    const attributed = new Map<Exchange, string>();
    for (const found of findings.filter(isBroken)) this.#explainStatuses(found, check.clause, attributed);
    const observed = new Set(
      findings.filter(({ verdict }) => verdict === 'observed').flatMap(({ exchanges }) => exchanges),
    );
    for (const found of findings) {
      const { attributedTo, exchanges } = found;
      if (attributedTo === undefined || exchanges.every((exchange) => attributed.has(exchange))) continue;
      for (const exchange of exchanges) attributed.set(exchange, attributedTo);
      if (judged)
        this.#attribute(attributedTo, { finding: { ...found, verdict: 'fail' }, check, observed: false });
    }
    for (const { exchange, tolerates } of sent) {
      this.#sent.push(exchange);
      for (const found of globalFindings(exchange, tolerates, this.#validators)) {
        const { elsewhere } = this.#answered(found.clause);
        if (found.verdict === 'pass') continue;
        const clause = attributed.get(exchange);
        if (clause !== undefined && clause !== found.clause) elsewhere.push({ exchange, clause });
        if (clause === undefined)
          this.#attribute(found.clause, { finding: found, check, observed: observed.has(exchange) });
      }
    }
  }

  /**
   * What the exchanges of the run show, as checks of their clauses.
   * @param clauses those of the selection: another is named only where a fault is attributed to it
   * @param explained clauses that a broken prerequisite explains: their faults are that fault again
   */
  records(clauses: readonly string[], explained: ReadonlySet<string>): readonly CheckRecord[] {
    for (const found of cutShapes(this.#sent))
      this.#attribute(found.clause, { finding: found, check: everyCheck, observed: false });
    return [...this.#byClause].flatMap(([clause, { answers, faults: all, elsewhere }]) => {
      if (explained.has(clause)) return [];
      const faults = all
        .filter((fault) => this.#explanation(clause, fault) === undefined)
        .toSorted((a, b) => severity(a) - severity(b) || bySending(a, b)); // proofs first, so that each is listed
      const more = Math.max(0, faults.length - listedFaults);
      const listed = uniquelyNamed(
        faults
          .slice(0, listedFaults)
          .map((fault, at) => faultRecord(clause, fault.finding, sightOf(fault), at === 0 ? more : 0)),
      );
      if (faults.length > 0 || !globalClauses.includes(clause) || !clauses.includes(clause)) return listed;
      const others = [...elsewhere, ...all.flatMap((fault) => this.#explanation(clause, fault) ?? [])];
      return [others.length === 0 ? cleanRecord(clause, answers) : elsewhereRecord(clause, answers, others)];
    });
  }

  #explainStatuses(found: Finding, clause: string, attributed: Map<Exchange, string>): void {
    for (const exchange of found.exchanges) {
      attributed.set(exchange, clause);
      this.#explained.set(statusOf(exchange), clause);
      if (!successWasDue(found)) this.#wrongRefusals.add(statusOf(exchange));
    }
  }

  /**
   * An undocumented status that breaks a check's own clause is that fault, not one more. But a refusal where a success
   * was due explains no status where a refusal would have been fair.
   * @returns the clauses whose fault it is; undefined where it is a fault of its own
   */
  #explanation(
    clause: string,
    { finding: { exchanges }, observed }: Fault,
  ): ClauseFaults['elsewhere'] | undefined {
    if (!clause.endsWith('.statuses')) return undefined;
    const explained = exchanges.flatMap((exchange) => {
      const status = statusOf(exchange);
      const by = observed && !this.#wrongRefusals.has(status) ? undefined : this.#explained.get(status);
      return by === undefined ? [] : [{ exchange, clause: by }];
    });
    return explained.length === exchanges.length ? explained : undefined;
  }

  #of(clause: string): ClauseFaults {
    const known = this.#byClause.get(clause) ?? { answers: 0, faults: [], elsewhere: [] };
    this.#byClause.set(clause, known);
    return known;
  }

  #answered(clause: string): ClauseFaults {
    const known = this.#of(clause);
    known.answers++;
    return known;
  }

  #attribute(clause: string, fault: Fault): void {
    if (!this.#known(clause)) return;
    const { faults } = this.#of(clause);
    faults.push(fault);
    if (faults.length > listedFaults) return;
    const { name, reason, exchanges } = faultRecord(clause, fault.finding, sightOf(fault), 0);
    this.#onFault({ clause, name, reason, exchanges });
  }
}

const everyCheck = { clause: 'every check', name: 'all requests together' };

/** The order in which checks end is chance; what was sent first comes first. */
const bySending = (a: Fault, b: Fault): number => {
  const [one, other] = [a.finding.exchanges[0], b.finding.exchanges[0]];
  if (!one || !other) return 0;
  return one.sentAt - other.sentAt || serialOf(one) - serialOf(other);
};

/** 7, of `cancel-7`. */
const serialOf = ({ id }: Exchange): number => Number(id.slice(id.lastIndexOf('-') + 1));

/** The name of the check of a fault that another check has seen. */
const sightOf = ({ check }: Fault): string => `seen in ${titleOf(check)}`;

const severity = ({ finding: { verdict } }: Fault): number =>
  verdict === 'fail' ? 0 : verdict === 'warn' ? 1 : 2;

/** One check may have seen several faults. */
const uniquelyNamed = (records: readonly CheckRecord[]): readonly CheckRecord[] =>
  records.map((record, index) => {
    const before = records.slice(0, index).filter(({ name }) => name === record.name).length;
    return before === 0 ? record : { ...record, name: `${record.name}, answer ${before + 1}` };
  });

/** The suite of those checks that are made from the exchanges of all others. */
export const everyExchange = 'every exchange';

/** A check of a clause that all answers uphold. */
export const cleanRecord = (clause: string, answers: number): CheckRecord => ({
  clause,
  name: everyExchange,
  suite: everyExchange,
  verdict: 'pass',
  reason: `${answers} answers, each as documented`,
  exchanges: [],
});

/** A clause does not pass while the same report holds answers against it. */
function elsewhereRecord(clause: string, answers: number, others: ClauseFaults['elsewhere']): CheckRecord {
  const exchanges = [...new Set(others.map(({ exchange }) => exchange))].toSorted(
    (a, b) => a.sentAt - b.sentAt || serialOf(a) - serialOf(b),
  );
  const because = others.find(({ exchange }) => exchange === exchanges[0])?.clause ?? clause;
  const clean = `${answers - exchanges.length} of ${answers} answers are as documented`;
  const reason = `${clean}; the others are attributed to ${[...new Set(others.map((other) => other.clause))].join(', ')}`;
  return {
    clause,
    name: everyExchange,
    suite: everyExchange,
    verdict: 'inconclusive',
    reason,
    because,
    exchanges: exchanges.slice(0, listedFaults).map(({ id }) => id),
  };
}

/** A check that failed by an answer. @param more how many such answers have no check of their own */
export function faultRecord(
  clause: string,
  { verdict, reason, expected, seen, exchanges }: Finding,
  name: string,
  more: number,
): CheckRecord {
  return {
    clause,
    name,
    suite: everyExchange,
    verdict,
    reason: more === 0 ? reason : `${reason} (and ${more} more such answers)`,
    ...(expected === undefined ? {} : { expected }),
    ...(seen === undefined ? {} : { seen }),
    exchanges: exchanges.map(({ id }) => id),
  };
}
