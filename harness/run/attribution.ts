/**
 * Charges every exchange once: first to the check's own expectation, then to the clause that a check attributedTo for
 * what it stood on, and what is left to the structural clauses of its operation.
 */
import type { Validators } from '../../spec/validators.ts';
import { globalClauses, globalFindings } from '../judge/global-checks.ts';
import type { Charge } from '../model/events.ts';
import type { Exchange } from '../model/exchange.ts';
import type { CheckRecord, Finding } from '../model/verdict.ts';
import { type Check, titleOf } from './clause.ts';

const statusOf = ({ operation, response }: Exchange): string => `${operation} ${response?.status}`;

const isCharge = ({ verdict }: Finding): boolean => verdict === 'fail' || verdict === 'warn';

/** Whether a finding was about an answer that should have been a success. */
const successWasDue = ({ expected }: Finding): boolean => expected === '200';

/** Further charges against one clause are counted and not listed: one fault is read once. */
const listedCharges = 3;

interface Entry {
  readonly finding: Finding;
  readonly check: Check;
  /** Seen by a check that only observes what the answer is: there a refusal is as fair as a success. */
  readonly observed: boolean;
}

interface Account {
  answers: number;
  readonly charges: Entry[];
}

export class Attribution {
  readonly #validators: Validators;
  readonly #asked: (clause: string) => boolean;
  readonly #accounts = new Map<string, Account>();
  /** Statuses of an operation that some clause is charged with: `read 410`. */
  readonly #charged = new Set<string>();
  /** Those of them that came where a refusal was due, so that it is the status that is wrong, and not the refusing. */
  readonly #wrongRefusals = new Set<string>();

  readonly #tell: (charge: Charge) => void;

  /**
   * @param asked whether the edition asks for a clause: nothing is charged to another
   * @param tell is told of the first charges against a clause as they come, for a run that may not reach its end
   */
  constructor(
    validators: Validators,
    asked: (clause: string) => boolean,
    tell: (charge: Charge) => void = () => {},
  ) {
    this.#validators = validators;
    this.#asked = asked;
    this.#tell = tell;
  }

  /**
   * Enters a check's findings and everything that it sent.
   * @param judged false where what the check stands on is broken, or tasks move by themselves: then its doubts charge
   *   nobody
   */
  enter(
    check: Check,
    findings: readonly Finding[],
    sent: readonly { readonly exchange: Exchange; readonly tolerates: readonly number[] }[],
    judged: boolean,
  ): void {
    const charged = new Set<Exchange>();
    for (const found of findings.filter(isCharge)) this.#enterCharged(found, charged);
    const observed = new Set(
      findings.filter(({ verdict }) => verdict === 'observed').flatMap(({ exchanges }) => exchanges),
    );
    for (const found of findings) {
      if (found.attributedTo === undefined || found.exchanges.every((exchange) => charged.has(exchange)))
        continue;
      for (const exchange of found.exchanges) charged.add(exchange);
      if (judged)
        this.#charge(found.attributedTo, { finding: { ...found, verdict: 'fail' }, check, observed: false });
    }
    for (const { exchange, tolerates } of sent) {
      for (const found of globalFindings(exchange, tolerates, this.#validators)) {
        this.#account(found.clause).answers++;
        if (found.verdict === 'pass' || charged.has(exchange)) continue;
        this.#charge(found.clause, { finding: found, check, observed: observed.has(exchange) });
      }
    }
  }

  /**
   * What the exchanges of the run come to, as checks of the clauses that they speak for.
   * @param clauses those of the selection: the others are named only where something was charged to them
   * @param explained clauses that something they stand on explains: what was charged to them is that fault again
   */
  records(clauses: readonly string[], explained: ReadonlySet<string>): readonly CheckRecord[] {
    return [...this.#accounts].flatMap(([clause, { answers, charges: all }]) => {
      if (explained.has(clause)) return [];
      const charges = all
        .filter((entry) => !this.#chargedElsewhere(clause, entry))
        .toSorted((a, b) => severity(a) - severity(b) || bySending(a, b)); // no doubt may push a proof off the list
      const more = Math.max(0, charges.length - listedCharges);
      const listed = withNamesOfTheirOwn(
        charges
          .slice(0, listedCharges)
          .map((entry, index) => chargeRecord(clause, entry, index === 0 ? more : 0)),
      );
      const clean = charges.length === 0 && globalClauses.includes(clause) && clauses.includes(clause);
      return clean ? [cleanRecord(clause, answers)] : listed;
    });
  }

  #enterCharged(found: Finding, charged: Set<Exchange>): void {
    for (const exchange of found.exchanges) {
      charged.add(exchange);
      this.#charged.add(statusOf(exchange));
      if (!successWasDue(found)) this.#wrongRefusals.add(statusOf(exchange));
    }
  }

  /**
   * An undocumented status that a check's own expectation was charged with is that fault, not one more. But that some
   * request was refused that should not have been explains no status where a refusal would have been fair.
   */
  #chargedElsewhere(clause: string, { finding: { exchanges }, observed }: Entry): boolean {
    const explaining = observed ? this.#wrongRefusals : this.#charged;
    return clause.endsWith('.statuses') && exchanges.every((exchange) => explaining.has(statusOf(exchange)));
  }

  #account(clause: string): Account {
    const account = this.#accounts.get(clause) ?? { answers: 0, charges: [] };
    this.#accounts.set(clause, account);
    return account;
  }

  #charge(clause: string, entry: Entry): void {
    if (!this.#asked(clause)) return;
    const { charges } = this.#account(clause);
    charges.push(entry);
    if (charges.length > listedCharges) return;
    const { name, reason, exchanges } = chargeRecord(clause, entry, 0);
    this.#tell({ clause, name, reason, exchanges });
  }
}

/** The order in which checks end is chance; what was sent first is told first. */
const bySending = (a: Entry, b: Entry): number => {
  const [one, other] = [a.finding.exchanges[0], b.finding.exchanges[0]];
  if (!one || !other) return 0;
  return one.sentAt - other.sentAt || serialOf(one) - serialOf(other);
};

/** 7, of `cancel-7`. */
const serialOf = ({ id }: Exchange): number => Number(id.slice(id.lastIndexOf('-') + 1));

const severity = ({ finding: { verdict } }: Entry): number =>
  verdict === 'fail' ? 0 : verdict === 'warn' ? 1 : 2;

/** Two charges may have been seen in the same check. */
const withNamesOfTheirOwn = (records: readonly CheckRecord[]): readonly CheckRecord[] =>
  records.map((record, index) => {
    const before = records.slice(0, index).filter(({ name }) => name === record.name).length;
    return before === 0 ? record : { ...record, name: `${record.name}, answer ${before + 1}` };
  });

/** Under this suite stands what the exchanges come to, whoever sent them. */
export const everyExchange = 'every exchange';

const cleanRecord = (clause: string, answers: number): CheckRecord => ({
  clause,
  name: everyExchange,
  suite: everyExchange,
  verdict: 'pass',
  reason: `${answers} answers, each as documented`,
  exchanges: [],
});

function chargeRecord(clause: string, { finding, check }: Entry, more: number): CheckRecord {
  const { verdict, reason, expected, seen, exchanges } = finding;
  return {
    clause,
    name: `seen in ${titleOf(check)}`,
    suite: everyExchange,
    verdict,
    reason: more === 0 ? reason : `${reason} (and ${more} more such answers)`,
    ...(expected === undefined ? {} : { expected }),
    ...(seen === undefined ? {} : { seen }),
    exchanges: exchanges.map(({ id }) => id),
  };
}
