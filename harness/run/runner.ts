/**
 * Runs the checks of a selection against one environment: all at once where tasks don't disturb each other, each with a
 * context of its own; holds every check against its positive control; charges every exchange once.
 */
import type { Register } from '../../spec/register.ts';
import type { Validators } from '../../spec/validators.ts';
import { semaphore } from '../http/environment.ts';
import { LostRace, Unreachable } from '../model/errors.ts';
import type { Recorder } from '../model/events.ts';
import type { Task } from '../model/task.ts';
import { atLevel, type CheckRecord, type Finding, finding, type Level, worst } from '../model/verdict.ts';
import { inWords } from '../provision/guard.ts';
import { Attribution } from './attribution.ts';
import { CheckContext } from './check-context.ts';
import { type Check, titleOf } from './clause.ts';
import { probeIsolation } from './isolation-probe.ts';
import { CutShort, type RunContext } from './run-context.ts';
import { shuffled } from './shuffle.ts';
import {
  decided,
  isWorthAnother,
  type Outcome,
  pausesMs,
  type Wave,
  wasLost,
  wavesOf,
  withLosses,
} from './tries.ts';

export interface RunnerOptions {
  readonly book: ReadonlyMap<string, readonly Check[]>;
  readonly register: Register;
  readonly validators: Validators;
  /** Clause ids; their positive controls come along. */
  readonly selection: readonly string[];
  readonly runContext: Omit<RunContext, 'tellTask' | 'slowestEffectMs' | 'cutShort' | 'removed'>;
  readonly record: Recorder;
  /** Aborted, with the fault as its reason, when the run is cut short: for the environment, which then sends no more. */
  readonly over?: AbortController;
}

const together = 10_000; // checks at once where they don't disturb each other: all

export class Runner {
  /** The clauses that will be run: the selection with its controls. */
  readonly clauses: readonly string[];
  readonly #options: RunnerOptions;
  readonly #runContext: RunContext;
  readonly #attribution: Attribution;
  readonly #cutShort: AbortController;
  readonly #outcomes = new Map<Check, PromiseWithResolvers<Outcome>>();
  readonly #standings = new Map<Check, Promise<StoodOn | undefined>>();
  readonly #records = new Map<string, PromiseWithResolvers<CheckRecord>>();
  /** Scenes that may have left tasks behind. */
  readonly #untidy: CheckContext[] = [];
  #running: Promise<void> | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#cutShort = options.over ?? new AbortController();
    this.clauses = withControls(options.selection, options.book);
    this.#attribution = new Attribution(
      options.validators,
      (clause) => options.register.byId.has(clause),
      (charge) => options.record({ type: 'charge', charge }),
    );
    this.#runContext = {
      ...options.runContext,
      slowestEffectMs: 0,
      cutShort: this.#cutShort.signal,
      removed: new Set(),
      tellTask: (task) => this.#options.record({ type: 'task', task: taskRecord(task) }),
    };
    for (const check of this.#checks()) {
      this.#outcomes.set(check, Promise.withResolvers());
      this.#records.set(keyOf(check), Promise.withResolvers());
    }
  }

  /** Runs everything, once; later calls wait for the same run. */
  run(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  /** The record of one check, when it is there. */
  recordOf(check: Pick<Check, 'clause' | 'name'>): Promise<CheckRecord> | undefined {
    return this.#records.get(keyOf(check))?.promise;
  }

  /** Ends the run early: what is done stays, what isn't becomes `inconclusive`, and tasks are given back. */
  cutShort(reason: string, fault: 'interrupted' | 'target' | 'harness' | 'time'): void {
    if (this.#cutShort.signal.aborted) return;
    this.#options.record({ type: 'cut-short', reason, fault });
    this.#cutShort.abort(fault);
  }

  #checks(): readonly Check[] {
    return this.clauses.flatMap((id) => this.#options.book.get(id) ?? []);
  }

  async #run(): Promise<void> {
    const checks = this.#checks();
    this.#options.record({ type: 'planned', checks: checks.length });
    const at = (moment: Check['moment']) => checks.filter((check) => check.moment === moment);
    const records = checks.map((check) => this.#conclude(check));
    for (const check of at('first')) await this.#decide(check, [await this.#try(check, 1)]);
    await this.#tryAll(at('between'));
    await this.#tidyUp();
    for (const check of at('last')) await this.#decide(check, [await this.#try(check, 1)]);
    await Promise.all(records);
    for (const entry of this.#attribution.records(this.clauses, await this.#explained())) this.#tell(entry);
    this.#options.record({ type: 'end' });
  }

  /** Wave by wave, in an order that nothing may depend on; a check is decided after its last try. */
  async #tryAll(checks: readonly Check[]): Promise<void> {
    const apart = await this.#apart();
    const turn = semaphore(apart ? together : 1);
    const waves = this.#waves(apart);
    const tries = new Map(checks.map((check): [Check, Promise<Outcome>[]] => [check, []]));
    for (const [index, { afterS, times }] of waves.entries()) {
      await this.#until(afterS);
      const wave = checks.flatMap((check) => Array.from({ length: times }, () => check));
      for (const check of shuffled(wave, this.#runContext.settings.seed + index)) {
        const made = tries.get(check) ?? [];
        const serial = made.length + 1;
        made.push(turn(() => this.#try(check, serial)));
      }
      if (index + 1 < waves.length) await Promise.all([...tries.values()].flat());
    }
    await Promise.all(
      [...tries].map(async ([check, made]) => this.#decide(check, await Promise.all(made), turn)),
    );
  }

  async #until(afterS: number): Promise<void> {
    const { environment } = this.#runContext;
    const waitMs = afterS * 1000 - environment.now().earliestMs;
    if (waitMs <= 0) return;
    const why = `what shows only ${afterS} s after the start`;
    this.#options.record({ type: 'waiting', clause: 'every clause', name: why, waitMs, why });
    await environment.wait(waitMs, this.#cutShort.signal);
  }

  /** Many tries only where tasks cost nothing, and where they don't have to go one by one. */
  #waves(apart: boolean): readonly Wave[] {
    const { provisioner, settings } = this.#runContext;
    return wavesOf[apart && provisioner.moves ? settings.profile : 'quick'];
  }

  /** Whether tasks leave each other alone; if not, checks go one by one, so that one fault doesn't colour all. */
  async #apart(): Promise<boolean> {
    const context = new CheckContext(this.#runContext, 'isolationProbe');
    try {
      return !(await probeIsolation(context, this.#runContext.provisioner));
    } catch {
      return true; // the isolationProbe could not runPreflight: the checks themselves will say why
    } finally {
      if (!(await context.dismiss())) this.#untidy.push(context);
    }
  }

  async #try(check: Check, serial: number): Promise<Outcome> {
    const { clause, name } = check;
    this.#options.record({ type: 'begun', clause, name });
    const context = new CheckContext(
      this.#runContext,
      serial === 1 ? titleOf(check) : `${titleOf(check)}, try ${serial}`,
      (waitMs, why) => this.#options.record({ type: 'waiting', clause, name, waitMs, why }),
    );
    const findings = withLosses(await this.#find(check, context), context.sent);
    if (!(await context.dismiss())) this.#untidy.push(context);
    return { verdict: worst(findings.map(({ verdict }) => verdict)), findings, sent: context.sent };
  }

  /** Decides a check by its tries, and by some more where all of them were lost. */
  async #decide(check: Check, made: readonly Outcome[], turn = semaphore(1)): Promise<void> {
    const tries = [...made];
    for (const pauseMs of pausesMs) {
      if (!isWorthAnother(tries) || this.#cutShort.signal.aborted) break;
      await this.#runContext.environment.wait(pauseMs, this.#cutShort.signal);
      tries.push(await turn(() => this.#try(check, tries.length + 1)));
    }
    this.#outcomes.get(check)?.resolve(decided(tries));
  }

  /** Removes what could not be removed before: nothing is to be left behind, and the last checks find nothing about. */
  async #tidyUp(): Promise<void> {
    for (const pauseMs of [0, ...pausesMs]) {
      if (this.#untidy.length === 0 || (pauseMs > 0 && this.#cutShort.signal.aborted)) return;
      await this.#runContext.environment.wait(pauseMs, this.#cutShort.signal);
      const contexts = this.#untidy.splice(0);
      const tidy = await Promise.all(contexts.map((context) => context.dismiss()));
      this.#untidy.push(...contexts.filter((_, index) => !tidy[index]));
    }
  }

  async #find(check: Check, context: CheckContext): Promise<readonly Finding[]> {
    const seen = () => context.sent.map(({ exchange }) => exchange);
    try {
      return await check.run(context);
    } catch (error) {
      if (error instanceof Unreachable) return [finding('skip', error.message, seen())];
      if (error instanceof LostRace) {
        const details = error.byChance ? { byChance: true as const } : {};
        return [finding('inconclusive', error.message, seen(), details)];
      }
      if (error instanceof CutShort) return [finding('inconclusive', error.message, seen())];
      this.cutShort(`the check ${check.clause} (${check.name}) broke: ${inWords(error)}`, 'harness');
      return [finding('inconclusive', 'the harness itself failed in this check', seen())];
    }
  }

  /** Waits for a check and what it stands on, charges its exchanges, and writes its record. */
  async #conclude(check: Check): Promise<void> {
    const outcome = await this.#outcomes.get(check)?.promise;
    if (!outcome) return;
    const stood = await this.#standing(check);
    // Where tasks move by themselves, what a check stood on proves nothing about it.
    const judged = stood === undefined && this.#runContext.provisioner.moves !== undefined;
    this.#attribution.enter(check, stood?.verdict === 'skip' ? [] : outcome.findings, outcome.sent, judged);
    const { verdict, lost: _, ...rest }: StoodOn & ReturnType<typeof headline> = stood ?? headline(outcome);
    this.#tell({
      clause: check.clause,
      name: check.name,
      suite: check.suite,
      verdict: atLevel(verdict, this.#levelOf(check.clause)),
      ...rest,
      exchanges: [...new Set(outcome.findings.flatMap((found) => found.exchanges.map(({ id }) => id)))],
    });
  }

  /**
   * What a check comes to where what it stands on does not hold; undefined where it does. A positive control must have
   * passed; a clause whose fault would show here too must only not be broken.
   */
  #standing(check: Check): Promise<StoodOn | undefined> {
    const known = this.#standings.get(check) ?? this.#stand(check);
    this.#standings.set(check, known);
    return known;
  }

  async #stand(check: Check): Promise<StoodOn | undefined> {
    const { positiveControl, dependsOn, sameFaultAs, phase } = check;
    const own = await this.#outcomes.get(check)?.promise;
    const accuses =
      own?.verdict === 'fail' ||
      own?.verdict === 'warn' ||
      own?.findings.some(({ attributedTo }) => attributedTo !== undefined);
    for (const id of dependsOn) {
      const others = await this.#concluded(id, phase);
      // One of them may have come to nothing because of another, which was not seen to be broken in this phase.
      const broken = others.find(
        ({ verdict, because }) =>
          verdict === 'fail' ||
          (verdict === 'inconclusive' && because !== undefined && dependsOn.includes(because)),
      );
      if (broken) return unproven(id, broken);
      const lost = others.find((other) => other.lost); // it may be broken: then the fault is its own to show
      if (lost && accuses) return unproven(id, lost);
    }
    const same = own && sameFaultAs !== undefined ? await this.#sameFault(own, sameFaultAs) : undefined;
    if (same) return same;
    if (positiveControl === undefined) return undefined;
    const outcomes = await this.#concluded(positiveControl, phase);
    const lacking = outcomes.find(({ verdict }) => verdict !== 'pass' && verdict !== 'skip');
    if (lacking) return unproven(positiveControl, lacking);
    if (outcomes.some(({ verdict }) => verdict === 'pass')) return undefined;
    const reason = outcomes[0]?.reason ?? `its positive control ${positiveControl} is out of reach`;
    return { verdict: 'skip', reason };
  }

  /** What a failed check comes to where all that is known of `clause` failed on the same answer: one cause, one finding. */
  async #sameFault(own: Outcome, clause: string): Promise<StoodOn | undefined> {
    if (own.verdict !== 'fail') return undefined;
    const { seen } = headline(own);
    const known = (await this.#concluded(clause, undefined)).filter(({ lost }) => !lost);
    const [first] = known;
    return first && known.every((other) => other.verdict === 'fail' && other.seen === seen)
      ? unproven(clause, first)
      : undefined;
  }

  /** What the checks of a clause come to on what they stand on; with a phase that it has a row for, that row alone. */
  async #concluded(clause: string, phase: string | undefined): Promise<readonly StoodOn[]> {
    const checks = this.#options.book.get(clause) ?? [];
    const samePhase = phase === undefined ? [] : checks.filter((check) => check.phase === phase);
    return Promise.all(
      (samePhase.length > 0 ? samePhase : checks).map(async (check): Promise<StoodOn> => {
        const outcome = await this.#outcomes.get(check)?.promise;
        const own = outcome
          ? { ...headline(outcome), lost: wasLost(outcome) }
          : { verdict: 'skip' as const, reason: 'it is not part of this run' };
        return (await this.#standing(check)) ?? own;
      }),
    );
  }

  /** The clauses that something they stand on explains: nothing more is charged to them. */
  async #explained(): Promise<ReadonlySet<string>> {
    const standings = await Promise.all(
      this.#checks().map(async (check) =>
        (await this.#standing(check))?.because ? check.clause : undefined,
      ),
    );
    return new Set(standings.filter((clause) => clause !== undefined));
  }

  #levelOf(clause: string): Level {
    return this.#options.register.byId.get(clause)?.level ?? 'must';
  }

  #tell(check: CheckRecord): void {
    this.#options.record({ type: 'check', check });
    this.#records.get(keyOf(check))?.resolve(check);
  }
}

const keyOf = ({ clause, name }: Pick<Check, 'clause' | 'name'>): string => `${clause} ${name}`;

/** What a check comes to, or what it stands on makes of it. */
type Concluded = Pick<CheckRecord, 'verdict' | 'reason' | 'because'>;

/** The same, and whether it was by chance that it came to nothing, or that what it stands on did. */
type StoodOn = Concluded & { readonly lost?: boolean; readonly seen?: string };

const unproven = (clause: string, { reason, lost }: StoodOn): StoodOn => ({
  verdict: 'inconclusive',
  reason: `it stands on ${clause}: ${reason}`,
  because: clause,
  ...(lost ? { lost } : {}),
});

/** The finding that decides a check, as its record says it. */
function headline({ verdict, findings }: Outcome): Concluded & Pick<CheckRecord, 'expected' | 'seen'> {
  const deciding = findings.find((found) => found.verdict === verdict);
  if (!deciding) return { verdict, reason: 'nothing was looked at' };
  const { reason, because, expected, seen } = deciding;
  return {
    verdict,
    reason,
    ...(because === undefined ? {} : { because }),
    ...(expected === undefined ? {} : { expected }),
    ...(seen === undefined ? {} : { seen }),
  };
}

/** A selection with the positive controls that it stands on, each once, in the order of the book. */
export function withControls(
  selection: readonly string[],
  book: ReadonlyMap<string, readonly Check[]>,
): readonly string[] {
  const wanted = new Set<string>();
  const want = (id: string): void => {
    if (wanted.has(id)) return;
    wanted.add(id);
    for (const { positiveControl } of book.get(id) ?? [])
      if (positiveControl !== undefined) want(positiveControl);
  };
  for (const id of selection) want(id);
  return [...book.keys()].filter((id) => wanted.has(id));
}

const taskRecord = ({ id, history }: Task) => ({
  id,
  phases: history.flatMap(({ phase, when }) =>
    when ? [{ phase, after: when.earliestMs, before: when.latestMs }] : [],
  ),
});
