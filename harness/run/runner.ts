/**
 * Runs the checks of a selection in one environment: all at once where tasks don't disturb each other, each with a
 * context of its own. It records what each check comes to, and attributes every exchange once.
 */
import type { Register } from '../../spec/register.ts';
import { semaphore } from '../http/environment.ts';
import { globalClauses } from '../judge/global-checks.ts';
import type { Exchange } from '../model/exchange.ts';
import type { Recorder } from '../model/report.ts';
import { shuffled } from '../model/settings.ts';
import {
  atLevel,
  type CheckRecord,
  type CutShortBy,
  type Finding,
  isBroken,
  type Level,
} from '../model/verdict.ts';
import { isAssigning } from '../provision/recorded.ts';
import { Attribution } from './attribution.ts';
import { CheckContext } from './check-context.ts';
import { Removals, tryCheck } from './check-try.ts';
import { type Check, type CheckBook, plannedChecks, withControls } from './clause.ts';
import { type Exploration, exploreRun } from './explore.ts';
import { acceptedLogins, isOfExploration, sentByScripts } from './explored-answers.ts';
import { probeIsolation } from './isolation-probe.ts';
import { explorationName } from './oracle-settings.ts';
import type { RunPowers } from './powers.ts';
import { conclusionOf, Prerequisites } from './prerequisites.ts';
import { type GivenContext, type RunContext, taskRecord } from './run-context.ts';
import { judgeTwice } from './second-judgement.ts';
import { firstChecksMs, TimeBudget } from './time-budget.ts';
import { type CheckOutcome, decided, isWorthAnother, pausesMs, wavesOf } from './tries.ts';

export interface RunnerOptions {
  readonly book: CheckBook;
  readonly register: Register;
  /** Clause ids; their positive controls come along. */
  readonly selection: readonly string[];
  readonly runContext: GivenContext;
  readonly record: Recorder;
  /** All exchanges of the run, as they are recorded. */
  readonly evidence: () => readonly Exchange[];
  /** Clauses whose failures are known. */
  readonly knownFailures?: readonly string[];
  /** Aborted, with the fault as its reason, when the run is cut short: for the environment, which then sends no more. */
  readonly over?: AbortController;
}

export class Runner {
  readonly #options: RunnerOptions;
  /** The clauses of the run: the selection with its controls. */
  readonly #clauses: readonly string[];
  readonly #checks: readonly Check[];
  readonly #reach: RunPowers;
  readonly #runContext: RunContext;
  readonly #attribution: Attribution;
  readonly #prerequisites: Prerequisites;
  readonly #cutShort: AbortController;
  readonly #outcomes: ReadonlyMap<Check, PromiseWithResolvers<CheckOutcome>>;
  readonly #records: CheckRecord[] = [];
  /** How often each check was tried. */
  readonly #tries = new Map<Check, number>();
  /** The clause that the isolation probe has seen broken; empty where it has seen none. */
  #disturbs = '';
  #explored: Exploration | undefined;
  readonly #removals = new Removals();

  constructor(options: RunnerOptions) {
    const { book, register, selection, runContext, record, over = new AbortController() } = options;
    this.#options = options;
    this.#cutShort = over;
    this.#clauses = withControls(selection, book);
    this.#reach = reachOf(runContext);
    this.#checks = plannedChecks(book, this.#clauses, this.#reach);
    this.#outcomes = new Map(this.#checks.map((check) => [check, Promise.withResolvers()]));
    this.#prerequisites = new Prerequisites(book, (check) => this.#outcomes.get(check)?.promise);
    this.#attribution = new Attribution(
      runContext.validators,
      (clause) => register.byId.has(clause),
      (fault) => record({ type: 'fault', fault }),
    );
    this.#runContext = {
      ...runContext,
      slowestEffectMs: 0,
      cutShort: over.signal,
      removed: new Set(),
      timeBudget: new TimeBudget(),
      recordTask: (task) => record({ type: 'task', task: taskRecord(task) }),
      recordAssignment: (assignment) => {
        if (isAssigning(runContext.provisioner.name)) record({ type: 'assigned', assignment });
      },
    };
  }

  /** Ends the run early: what is done stays, what isn't becomes `inconclusive`, and tasks are removed. */
  cutShort(reason: string, fault: CutShortBy): void {
    if (this.#cutShort.signal.aborted) return;
    this.#options.record({ type: 'cut-short', reason, fault });
    this.#cutShort.abort(fault);
  }

  /** Runs everything. Call it once. */
  async run(): Promise<void> {
    const { record } = this.#options;
    const everyExchange =
      this.#checks.length === 0 ? 0 : this.#clauses.filter((id) => globalClauses.includes(id)).length;
    record({ type: 'planned', checks: this.#checks.length, everyExchange });
    const { environment, provisioner, settings, timeBudget } = this.#runContext;
    if (provisioner.operationMs && settings.profile === 'quick')
      timeBudget.limitRun(provisioner.operationMs, environment);
    const at = (moment: Check['moment']) => this.#checks.filter((check) => check.moment === moment);
    const concluded = this.#checks.map((check) => this.#conclude(check));
    await Promise.all(at('empty').map((check) => this.#tryOnce(check)));
    const [first, isolated] = await Promise.all([this.#tryFirst(at('first')), this.#isolated()]);
    // Where tasks disturb each other, what was tried beside the probe proves nothing.
    const done = new Map(isolated ? first : []);
    for (const [check, outcome] of done) await this.#decide(check, [outcome]);
    const left = at('first').filter((check) => !done.has(check));
    await this.#tryAll([...left, ...at('between')], isolated);
    await this.#explore();
    await this.#removals.again(this.#runContext);
    for (const check of at('last')) await this.#tryOnce(check);
    await this.#removals.again(this.#runContext);
    await Promise.all(concluded);
    const explained = new Set(await this.#prerequisites.explained(this.#checks));
    explained.delete(this.#disturbs); // the reason why its own checks may be left out
    this.#judgeExplored();
    for (const check of this.#attribution.records(this.#clauses, explained)) this.#recordCheck(check);
    this.#judgeTwice();
    record({ type: 'end' });
  }

  /** One by one, while they take little time. @returns those that were tried */
  async #tryFirst(checks: readonly Check[]): Promise<readonly (readonly [Check, CheckOutcome])[]> {
    const nowMs = () => this.#runContext.environment.now().earliestMs;
    const fromMs = nowMs();
    const tried: (readonly [Check, CheckOutcome])[] = [];
    for (const check of checks) {
      if (nowMs() - fromMs > firstChecksMs) break;
      tried.push([check, await this.#try(check)]);
    }
    return tried;
  }

  async #tryOnce(check: Check): Promise<void> {
    await this.#decide(check, [await this.#try(check)]);
  }

  /** Wave by wave, in an order that nothing may depend on; a check is decided after its last try. */
  async #tryAll(checks: readonly Check[], isolated: boolean): Promise<void> {
    const turn = semaphore(isolated ? Number.POSITIVE_INFINITY : 1);
    const { provisioner, settings } = this.#runContext;
    // Many tries only where tasks cost nothing, and where they don't have to go one by one.
    const waves = wavesOf[isolated && provisioner.moves ? settings.profile : 'quick'];
    const tries = new Map(checks.map((check): [Check, Promise<CheckOutcome>[]] => [check, []]));
    for (const [index, { afterS, times }] of waves.entries()) {
      await this.#until(afterS);
      const wave = checks.flatMap((check) => Array.from({ length: times }, () => check));
      const order = shuffled(wave, settings.seed + index);
      for (const check of this.#runContext.timeBudget.inOrder(longestFirst(order))) {
        tries.get(check)?.push(turn(() => this.#try(check)));
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
    this.#recordWait(waitMs, `faults that show only after ${afterS} s`);
    await environment.wait(waitMs, this.#cutShort.signal);
  }

  #recordWait(waitMs: number, why: string): void {
    this.#options.record({ type: 'waiting', clause: 'every clause', name: why, waitMs, why });
  }

  /** Whether tasks leave each other alone. What the probe sees is evidence like that of any check. */
  async #isolated(): Promise<boolean> {
    if (this.#checks.length === 0) return true;
    const name = 'isolation probe';
    const context = new CheckContext(this.#runContext, name);
    try {
      const findings = await probeIsolation(context, this.#runContext.provisioner);
      const clause = findings[0]?.attributedTo ?? 'cancel.that-task-alone';
      this.#attribution.enter({ clause, name }, findings, context.sent, true);
      const first = withControls([clause], this.#options.book);
      if (findings.length > 0) this.#disturbs = clause;
      if (findings.length > 0 && this.#runContext.settings.profile === 'quick')
        this.#runContext.timeBudget.goOneByOne(clause, first);
      return findings.length === 0;
    } catch {
      return true; // the probe could not be made: the checks themselves will say why
    } finally {
      await this.#removals.dismiss(context);
    }
  }

  #try(check: Check): Promise<CheckOutcome> {
    const serial = (this.#tries.get(check) ?? 0) + 1;
    this.#tries.set(check, serial);
    return tryCheck(check, serial, {
      runContext: this.#runContext,
      reach: this.#reach,
      record: this.#options.record,
      removals: this.#removals,
      onFault: (why) => this.cutShort(why, 'harness'),
    });
  }

  /** Decides a check by its tries, and by some more where all of them were lost. */
  async #decide(check: Check, made: readonly CheckOutcome[], turn = semaphore(1)): Promise<void> {
    const tries = [...made];
    for (const pauseMs of pausesMs) {
      if (!isWorthAnother(tries) || this.#cutShort.signal.aborted || this.#runContext.timeBudget.isOver)
        break;
      await this.#runContext.environment.wait(pauseMs, this.#cutShort.signal);
      tries.push(await turn(() => this.#try(check)));
    }
    this.#outcomes.get(check)?.resolve(decided(tries));
    const { environment, provisioner, settings, timeBudget } = this.#runContext;
    if (!provisioner.moves || settings.profile !== 'quick') return; // a real cluster may take minutes for one check
    void timeBudget.countDecided(this.#checks.length, environment, this.#cutShort.signal);
  }

  /** Waits for a check and its prerequisites, attributes its exchanges, and records what it comes to. */
  async #conclude(check: Check): Promise<void> {
    const outcome = await this.#outcomes.get(check)?.promise;
    if (!outcome) return;
    const lacking = await this.#prerequisites.lacking(check);
    const findings = lacking?.verdict === 'skip' ? [] : outcome.findings;
    // Where tasks move by themselves, an answer to a preparing request proves nothing about the clause of that request.
    const attributable = this.#runContext.provisioner.moves ? findings : findings.map(withoutAttribution);
    this.#attribution.enter(check, attributable, outcome.sent, lacking === undefined);
    const { verdict, ...rest } = lacking ?? conclusionOf(outcome);
    const record: CheckRecord = {
      clause: check.clause,
      name: check.name,
      suite: check.suite,
      ...(check.sharpens ? { sharpens: true } : {}),
      verdict: atLevel(verdict, this.#levelOf(check.clause)),
      ...rest,
      exchanges: [...new Set(outcome.findings.flatMap((found) => found.exchanges.map(({ id }) => id)))],
    };
    this.#recordCheck(record);
  }

  #recordCheck(check: CheckRecord): void {
    if (check.verdict === 'fail') this.#runContext.timeBudget.proveBroken(check.clause);
    this.#records.push(check);
    this.#options.record({ type: 'check', check });
  }

  /** Random scripts, or the one script of a replay. What the suites have found broken is known by then. */
  async #explore(): Promise<void> {
    const { exploreS, replay } = this.#runContext.settings;
    if (exploreS === undefined && replay === undefined) return;
    const tried = this.#checks.filter(({ moment }) => moment !== 'last');
    const outcomes = await Promise.all(tried.map((check) => this.#outcomes.get(check)?.promise));
    const broken = tried.filter((_, at) => isBroken({ verdict: outcomes[at]?.verdict ?? 'skip' }));
    const known = [...(this.#options.knownFailures ?? []), ...broken.map(({ clause }) => clause)];
    if (exploreS !== undefined && replay === undefined)
      this.#recordWait(exploreS * 1000, `random scripts for ${exploreS} s`);
    this.#explored = await exploreRun(this.#runContext, new Set(known));
  }

  /** What single answers of an exploration show. */
  #judgeExplored(): void {
    const exchanges = this.#options.evidence().filter(isOfExploration);
    const broken = new Set(this.#records.filter(isBroken).map(({ clause }) => clause));
    const accepted = this.#runContext.authenticates ? acceptedLogins(exchanges, broken) : [];
    this.#attribution.enter(
      { clause: explorationName, name: 'a script' },
      accepted,
      sentByScripts(exchanges),
      true,
    );
  }

  /** The oracle looks at everything that was sent. */
  #judgeTwice(): void {
    const { evidence, knownFailures = [], register, record } = this.#options;
    const { provisioner, settings } = this.#runContext;
    const { checks, coverage } = judgeTwice({
      exchanges: evidence(),
      checks: this.#records,
      settings,
      provisioner: provisioner.name,
      known: knownFailures,
      explored: this.#explored,
      levelOf: (clause) => register.byId.get(clause)?.level,
    });
    for (const check of checks) this.#recordCheck(check);
    record({ type: 'oracle', coverage });
  }

  #levelOf(clause: string): Level {
    return this.#options.register.byId.get(clause)?.level ?? 'must';
  }
}

const reachOf = ({ provisioner, settings }: Pick<RunContext, 'provisioner' | 'settings'>): RunPowers => ({
  provisioner: provisioner.name,
  capabilities: provisioner.capabilities,
  allowForce: settings.allowForce,
  profile: settings.profile,
  replay: settings.replay,
});

/** What lets time pass is begun first, before all what waits for an expiry: the others are done meanwhile. */
const longestFirst = (checks: readonly Check[]): readonly Check[] => {
  const rank = ({ way, letsTimePass }: Check): number => (way === 'waiting' ? 2 : letsTimePass ? 1 : 0);
  return checks.toSorted((a, b) => rank(b) - rank(a));
};

const withoutAttribution = ({ attributedTo: _, ...found }: Finding): Finding => found;
