/**
 * Exploration: scripts run at once on tasks of their own, the oracle judges what came back, and a script that breaks the
 * contract is shrunk until nothing can be left out, and confirmed alone.
 */

import { semaphore } from '../http/environment.ts';
import type { OracleOptions } from '../judge/oracle/histories.ts';
import { judgeHistory, type Violation } from '../judge/oracle/oracle.ts';
import { namesAccount } from '../model/requests.ts';
import { concurrencyOn, inFlightAtFirst } from '../model/settings.ts';
import type { ProvisionerName } from '../provision/provisioner.ts';
import { type ScriptPowers, scriptSource } from './explore-generate.ts';
import { ScriptRun } from './explore-run.ts';
import {
  parseScript,
  renumbered,
  type Script,
  type ScriptStep,
  scriptText,
  sizeOf,
  smallerThan,
  tasksOf,
} from './explore-script.ts';
import { explorationName, oracleSettings } from './oracle-settings.ts';
import type { RunContext } from './run-context.ts';

/** What an exploration comes to. */
export interface Exploration {
  readonly found: readonly Found[];
  readonly scripts: number;
  readonly requests: number;
  /** Pairs of a state and a request, and of two requests, that were tried. */
  readonly pairs: number;
  /** By clause: how many answers could have broken it, and did not. */
  readonly upheld: ReadonlyMap<string, number>;
}

/** A script that breaks the contract. */
export interface Found {
  readonly violation: Violation;
  readonly script: Script;
  /** It also broke the contract while no other script ran. */
  readonly alone: boolean;
  /** How many scripts broke the clause. */
  readonly times: number;
}

/** Scripts at once for each request in flight: on a mock, where tasks cost nothing, most scripts wait. Elsewhere two in all. */
const lanesPerRequest = 8;
const lanesElsewhere = 2;
/** So many clauses are looked into, the most frequent first. */
const mostShrunk = 3;
/** How long each may take; what has begun is finished. */
const shrunkForMs = 10_000;
/** How many requests each may take. Those that are shrunk side by side share what all of them may take. */
const shrunkByRequests = 3000;
const pauseMs = 1000;
/** So many smaller scripts are tried at once. */
const triedAtOnce = 40;

/** What the provisioner of a run can do for scripts; undefined where it makes no tasks. */
export function powersOf({
  provisioner,
  settings,
  readsOnly,
  authenticates,
}: Pick<RunContext, 'provisioner' | 'settings' | 'readsOnly' | 'authenticates'>): ScriptPowers | undefined {
  const { name, reaches, moves, ages, capabilities } = provisioner;
  if (readsOnly || reaches.size === 0 || name === 'none' || name === 'fixed') return undefined;
  const isMock = name === 'control';
  return {
    phases: reaches,
    moves: moves !== undefined,
    ages: ages !== undefined,
    removes: isMock,
    cancelFailure: capabilities.includes('cancel_failure'),
    wrongPassword: isMock,
    credentials: authenticates,
    force: isMock || settings.allowForce,
    graceS: settings.graceS,
  };
}

/** Why a provisioner can't do a script; undefined where it can. */
export function whyOutOfPower(
  script: Script,
  name: ProvisionerName,
  powers: ScriptPowers | undefined,
): string | undefined {
  if (!powers) return `the provisioner ${name} makes no tasks`;
  const lacking = (step: ScriptStep): string | undefined => {
    if (step.do === 'together') return step.steps.map(lacking).find((why) => why !== undefined);
    if (step.do === 'create' && !powers.phases.has(step.phase)) return `${name} makes no ${step.phase} task`;
    if (step.do === 'create' && step.cancelFails && !powers.cancelFailure)
      return `${name} makes no task whose cancel fails`;
    if (step.do === 'move' && !powers.moves) return `${name} can’t move a task`;
    if (step.do === 'age' && !powers.ages) return `${name} can’t age a task`;
    if (step.do === 'remove' && !powers.removes) return `${name} can’t remove a task at once`;
    if (step.do === 'cancel' && step.force === 'true' && !powers.force) return 'force needs --allow-force';
    if (!('credentials' in step) || step.credentials === undefined) return undefined;
    if (!powers.credentials) return '--no-auth says that the target needs no credentials';
    return namesAccount(step.credentials) && !powers.wrongPassword
      ? 'a wrong password could lock the account'
      : undefined;
  };
  return script.map(lacking).find((why) => why !== undefined);
}

/**
 * Explores, or runs the one script that the settings name.
 * @param known clauses that are known to be broken
 * @returns undefined where neither is asked for, or the run can make no tasks
 */
export async function exploreRun(
  runContext: RunContext,
  known: ReadonlySet<string>,
): Promise<Exploration | undefined> {
  const { settings, provisioner } = runContext;
  const powers = powersOf(runContext);
  if (!powers || runContext.cutShort.aborted) return undefined;
  const options = { ...oracleSettings({ settings, provisioner: provisioner.name }), waived: known };
  const explorer = new Explorer(runContext, options, powers);
  if (settings.replay !== undefined) return explorer.replay(parseScript(settings.replay));
  return settings.exploreS === undefined ? undefined : explorer.explore(settings.exploreS);
}

class Explorer {
  readonly #runContext: RunContext;
  readonly #options: OracleOptions;
  readonly #powers: ScriptPowers;
  #runs = 0;
  #requests = 0;

  constructor(runContext: RunContext, options: OracleOptions, powers: ScriptPowers) {
    this.#runContext = runContext;
    this.#options = options;
    this.#powers = powers;
  }

  /** Explores for so many seconds, then waits for what must still show, and shrinks what was found. */
  async explore(seconds: number): Promise<Exploration> {
    const { settings, provisioner } = this.#runContext;
    const source = await scriptSource(this.#powers, settings.seed);
    const untilMs = this.#nowMs() + seconds * 1000;
    const isMock = provisioner.name === 'control';
    const inFlight = Math.min(concurrencyOn(isMock, settings), inFlightAtFirst);
    const lanes = isMock ? lanesPerRequest * inFlight : lanesElsewhere;
    const done: ScriptRun[] = [];
    let waiting: readonly Script[] = [];
    const lane = async (): Promise<void> => {
      while (this.#nowMs() < untilMs && !this.#isOver) {
        if (waiting.length === 0) waiting = source.next(lanes);
        const [script = [], ...others] = waiting;
        waiting = others;
        const run = await this.#run(script, { isPatient: false });
        done.push(run);
        // A target that answers nothing is not flooded.
        if (run.exchanges.every(({ lost }) => lost !== undefined)) await this.#pause();
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    const scripts = done.length;
    const exchanges = done.flatMap((one) => one.exchanges);
    const byScript = new Map(done.flatMap((one) => one.exchanges.map(({ id }) => [id, one.script] as const)));
    const { violations: all, upheld } = judgeHistory(exchanges, this.#options);
    const byClause = Map.groupBy(all, ({ clause }) => clause);
    const broken = [...byClause.values()]
      .toSorted((a, b) => b.length - a.length)
      .slice(0, mostShrunk)
      .flatMap((violations) => {
        const [smallest] = violations
          .flatMap((violation) => this.#brokenBy(violation, byScript))
          .toSorted((a, b) => sizeOf(a.script) - sizeOf(b.script));
        return smallest ? [{ ...smallest, times: violations.length }] : [];
      });
    const sideBySide = isMock ? broken.length : 1;
    const turn = semaphore(Math.max(1, sideBySide));
    const shrunk = await Promise.all(
      broken.map((one) => turn(async () => ({ ...one, ...(await this.#shrunk(one, sideBySide)) }))),
    );
    const found: Found[] = [];
    for (const one of shrunk) found.push({ ...one, ...(await this.#confirmed(one)) });
    const { pairs } = source.seen;
    return { found, scripts, requests: this.#requests, pairs, upheld };
  }

  /** The script that made the task of a violation; where another one has shown it, with lists of its own. */
  #brokenBy(violation: Violation, byScript: ReadonlyMap<string, Script>): readonly Broken[] {
    const [made, seen] = [violation.evidence[0], violation.at].map((one) =>
      byScript.get(one?.exchange.id ?? ''),
    );
    const script = made ?? seen;
    if (!script) return [];
    return [{ violation, script: seen === script ? script : withLists(script, this.#powers.removes) }];
  }

  /** Runs one script. */
  async replay(script: Script): Promise<Exploration> {
    const { exchanges } = await this.#run(script, { isPatient: true });
    const { violations, upheld } = judgeHistory(exchanges, this.#options);
    const found = violations.map((violation) => ({ violation, script, alone: true, times: 1 }));
    return { found, scripts: 1, requests: this.#requests, pairs: 0, upheld };
  }

  get #isOver(): boolean {
    return this.#runContext.cutShort.aborted;
  }

  #nowMs(): number {
    return this.#runContext.environment.now().latestMs;
  }

  #pause(): Promise<void> {
    return this.#runContext.environment.wait(pauseMs, this.#runContext.cutShort);
  }

  /** Whether a script breaks the contract for one of these reasons: it is really run. */
  async #tried(script: Script, { suspects, clause: named }: Violation, isPatient = false) {
    const { exchanges } = await this.#run(script, { isPatient });
    const { violations } = judgeHistory(exchanges, this.#options);
    const violation = violations.find((one) => one.suspects.some((suspect) => suspects.includes(suspect)));
    if (!violation) return undefined;
    // All violations together name a clause better than one does, unless this one can't be explained by it.
    const clause = violation.suspects.includes(named) ? named : violation.clause;
    return { script, violation: { ...violation, clause } };
  }

  /** The smallest script found that breaks the contract for one of the same reasons. */
  async #shrunk(broken: Broken, sideBySide: number): Promise<Broken> {
    const isMock = this.#runContext.provisioner.name === 'control';
    const untilMs = this.#nowMs() + shrunkForMs;
    const upTo = this.#requests + shrunkByRequests * sideBySide;
    let smallest = broken;
    let left = smallerThan(smallest.script); // the smallest first
    while (left.length > 0 && this.#nowMs() < untilMs && this.#requests < upTo && !this.#isOver) {
      const atOnce = isMock ? triedAtOnce : lanesElsewhere;
      const { violation } = smallest; // a smaller script may break the contract for fewer reasons
      const round = await Promise.all(left.slice(0, atOnce).map((one) => this.#tried(one, violation)));
      const next = round.find((one) => one !== undefined);
      left = next ? smallerThan(next.script) : left.slice(atOnce);
      smallest = next ?? smallest;
    }
    return { ...smallest, script: renumbered(smallest.script) };
  }

  /** Runs a script while no other runs. */
  async #confirmed({ script, violation }: Broken): Promise<Omit<Found, 'times'>> {
    for (let again = 0; again < 2 && !this.#isOver; again++) {
      const alone = await this.#tried(script, violation, true);
      if (alone) return { script, violation: await this.#acrossTasks(alone), alone: true };
    }
    return { script, violation, alone: false };
  }

  /** Where no task of several can be left out, what is done to one acts on another: that is named, if it explains it. */
  async #acrossTasks({ script, violation }: Broken): Promise<Violation> {
    const clause = violation.suspects.find((suspect) => suspect.endsWith('.that-task-alone'));
    const tasks = [...new Set(script.flatMap(tasksOf))];
    if (clause === undefined || tasks.length === 1) return violation;
    const without = tasks.map((task) => script.filter((step) => !tasksOf(step).includes(task)));
    const tried = await Promise.all(without.map((one) => this.#tried(one, violation)));
    return tried.some((broken) => broken !== undefined) ? violation : { ...violation, clause };
  }

  /** Runs a script on tasks of its own, looks at them once more, and removes them. */
  async #run(script: Script, how: { readonly isPatient: boolean }): Promise<ScriptRun> {
    const name = `${explorationName} ${++this.#runs}`;
    const run = new ScriptRun(this.#runContext, name, script);
    await run.run(this.#options, how);
    this.#requests += run.exchanges.length;
    return run;
  }
}

/**
 * The list of another script has shown what one did, or what its removal left: its own lists will, of which shrinking
 * keeps the one that does.
 */
function withLists(script: Script, removes: boolean): Script {
  const tasks = removes ? [...new Set(script.flatMap(tasksOf))] : [];
  const removals = tasks.map((task) => ({ do: 'remove', task }) as const);
  return [...script, ...removals].flatMap((step) => [step, { do: 'list' }]);
}

type Broken = Pick<Found, 'violation' | 'script'>;

/** A script in words, with how to run it again. */
export const replayText = ({ script, alone, times }: Found): string =>
  `${times > 1 ? `${times} scripts broke it; ` : ''}again${alone ? '' : ' (not reproduced in a run of its own)'}: --replay '${scriptText(script)}'`;
