/** Judges the evidence of an earlier run again, offline: the same evidence comes to the same verdicts. */
import { recordingEnvironment } from '../http/recording.ts';
import { UserError } from '../model/errors.ts';
import { journalSchema, type Report, type RunEvent, type RunRecord, type Started } from '../model/report.ts';
import { defaultSettings, type Settings } from '../model/settings.ts';
import { phases } from '../model/task.ts';
import { controlProvisioner } from '../provision/control.ts';
import { noProvisioner } from '../provision/existing-tasks.ts';
import type { Provisioner, Requester } from '../provision/provisioner.ts';
import { isAssigning, recordedProvisioner } from '../provision/recorded.ts';
import { resourceLogInMemory } from '../provision/resource-log.ts';
import { type Contract, judgedBy, reportedContract } from './contract.ts';
import type { RunLog } from './journal.ts';
import { Runner } from './runner.ts';
import { isDerived } from './second-judgement.ts';

/** What judging needs of a run. */
export type RunEvidence = Pick<RunRecord, 'target' | 'run' | 'assignments' | 'exchanges'>;

/**
 * Judges the run of a report again.
 * @param contract that of the run, or another edition
 * @returns the log that the run would have today
 * @throws {UserError} exit 2: the record doesn't hold which task each check was given
 */
export async function judgeReportAgain(report: Report, contract: Contract): Promise<RunLog> {
  const { target, tasks } = report;
  const { durationMs, stallMs, cutShort, oracle: _, ...run } = report.run;
  const clauses = clausesRun(report, contract).filter((id) => contract.book.has(id));
  const started: Started = {
    type: 'started',
    schema: journalSchema,
    target,
    run: { ...run, ...judgedBy(contract) },
    clauses,
    ...reportedContract(clauses, { ...target, ...settingsAsRecorded(report.run) }, contract),
  };
  const events: RunEvent[] = [
    ...tasks.map((task): RunEvent => ({ type: 'task', task })),
    ...(await judgeAgain(report, clauses, contract, knownIn(report))),
    { type: 'stall', stallMs },
    ...(cutShort === null ? [] : [{ type: 'cut-short', reason: cutShort, fault: 'time' } as const]),
    { type: 'closed', durationMs, accidents: [] },
  ];
  return { started, events };
}

const knownIn = ({ expectations }: Report): readonly string[] =>
  expectations ? [...expectations.met, ...expectations.outdated].map(({ clause }) => clause) : [];

/** The clauses that have checks in the report; where the run was of all clauses, newer ones are judged too. */
function clausesRun({ clauses, run }: Report, { register }: Contract): readonly string[] {
  if (run.settings.selection === undefined) return register.clauses.map(({ id }) => id);
  return clauses.filter(({ checks }) => checks.some((check) => !isDerived(check))).map(({ id }) => id);
}

/**
 * Runs the checks of some clauses on recorded exchanges, at the recorded instants.
 * @param selection the clauses that were run
 * @param knownFailures clauses whose failures were known
 * @returns the events that the run would have today
 * @throws {UserError} exit 2: the record doesn't hold which task each check was given
 */
export async function judgeAgain(
  { target, run, assignments, exchanges }: RunEvidence,
  selection: readonly string[],
  { book, register, validators }: Contract,
  knownFailures: readonly string[] = [],
): Promise<readonly RunEvent[]> {
  const { pathname } = new URL(target.url);
  // Where each check is given its tasks by the record, nothing is sent to make them.
  const answering = assignments ? exchanges.filter((exchange) => !exchange.provisioning) : exchanges;
  const recording = recordingEnvironment(answering, pathname === '/' ? '' : pathname);
  const recorded = new Set(exchanges.map(({ operation }) => operation));
  let isWhole = true;
  const environment: typeof recording = {
    ...recording,
    send(request) {
      isWhole &&= recorded.has(request.operation);
      return recording.send(request);
    },
  };
  const events: RunEvent[] = exchanges.map((exchange) => ({ type: 'exchange', exchange }));
  const runner = new Runner({
    book,
    register,
    selection: selection.filter((id) => book.has(id)),
    runContext: {
      environment,
      provisioner: provisionerAsRecorded(target, assignments, {
        send: environment.send,
        newId: () => 'unused',
        hold: () => {},
        wait: async () => {},
      }),
      settings: settingsAsRecorded(run),
      validators,
      tag: tagOf(run.id),
      resourceLog: resourceLogInMemory(tagOf(run.id)),
      readsOnly: target.provisioner === 'none' || run.settings.readOnly === true,
      authenticates: exchanges.some(({ request }) => request.credentials === 'own'),
    },
    record: (event) => events.push(event),
    evidence: () => (isWhole ? exchanges : []),
    knownFailures,
  });
  await runner.run();
  return events;
}

/** The id of a run ends with the tag that its tasks' ids carry. */
const tagOf = (runId: string): string => runId.slice(runId.lastIndexOf('-') + 1);

function provisionerAsRecorded(
  { provisioner, capabilities }: RunEvidence['target'],
  assignments: RunEvidence['assignments'],
  requester: Requester,
): Provisioner {
  if (provisioner === 'none') return noProvisioner(requester);
  if (isAssigning(provisioner) && assignments)
    return recordedProvisioner(provisioner, capabilities, assignments);
  if (provisioner === 'control') {
    return controlProvisioner(requester, {
      phases: new Set(phases.filter((phase) => capabilities.includes(phase))),
      age: capabilities.includes('age'),
      cancelFailure: capabilities.includes('cancel_failure'),
    });
  }
  throw new UserError(
    `The tasks of this run came by --provision ${provisioner}, and its report doesn’t hold which check was given which task.`,
    'Repeat the run with this version of the program: its reports hold it.',
    2,
  );
}

/** Times as the report states them; those that it doesn't state are the defaults. */
function settingsAsRecorded({ settings, profile, seed }: RunRecord['run']): Settings {
  const seconds = (name: 'timeoutS' | 'graceS' | 'settleS'): number => {
    const value = settings[name];
    return typeof value === 'number' ? value : defaultSettings[name];
  };
  return {
    profile,
    seed,
    timeoutS: seconds('timeoutS'),
    graceS: seconds('graceS'),
    settleS: seconds('settleS'),
    allowForce: settings.allowForce === true,
    ...(typeof settings.replay === 'string' ? { replay: settings.replay } : {}),
  };
}
