/** Judges the evidence of an earlier run again, offline: the same evidence comes to the same verdicts. */
import { recordingEnvironment } from '../http/recording.ts';
import { UserError } from '../model/errors.ts';
import type { RunEvent } from '../model/events.ts';
import type { RunRecord } from '../model/report.ts';
import { defaultSettings, type Settings } from '../model/settings.ts';
import { phases } from '../model/task.ts';
import { controlProvisioner } from '../provision/control.ts';
import { noProvisioner } from '../provision/existing-tasks.ts';
import type { Provisioner, Requester } from '../provision/provisioner.ts';
import { resourceLogInMemory } from '../provision/resource-log.ts';
import { contract } from './contract.ts';
import { Runner } from './runner.ts';

/** What judging needs of a run. */
export type Evidence = Pick<RunRecord, 'target' | 'run' | 'exchanges'>;

/**
 * Runs the checks of some clauses on what was recorded, at the recorded instants.
 * @param selection the clauses that were run
 * @returns what the run would have told, had it been judged by the suites of today
 * @throws {UserError} exit 2: the record doesn't hold which task each check was given
 */
export async function judgeAgain(
  { target, run, exchanges }: Evidence,
  selection: readonly string[],
): Promise<readonly RunEvent[]> {
  const held = await contract();
  const { pathname } = new URL(target.url);
  const environment = recordingEnvironment(exchanges, pathname === '/' ? '' : pathname);
  const events: RunEvent[] = exchanges.map((exchange) => ({ type: 'exchange', exchange }));
  const runner = new Runner({
    ...held,
    selection: selection.filter((id) => held.book.has(id)),
    runContext: {
      environment,
      provisioner: provisionerAsRecorded(target, {
        send: environment.send,
        newId: () => 'nobody asks for one',
        hold: () => {},
        wait: async () => {},
      }),
      settings: settingsAsRecorded(run),
      tag: tagOf(run.id),
      resourceLog: resourceLogInMemory(tagOf(run.id)),
      readsOnly: target.provisioner === 'none' || run.settings.readOnly === true,
      authenticates: exchanges.some(({ request }) => request.credentials === 'own'),
    },
    record: (event) => events.push(event),
  });
  await runner.run();
  return events;
}

/** The id of a run ends with the tag that its tasks' ids carry. */
const tagOf = (runId: string): string => runId.slice(runId.lastIndexOf('-') + 1);

function provisionerAsRecorded(
  { provisioner, capabilities }: RunRecord['target'],
  asker: Requester,
): Provisioner {
  if (provisioner === 'none') return noProvisioner(asker);
  if (provisioner === 'control') {
    return controlProvisioner(asker, {
      phases: new Set(phases.filter((phase) => capabilities.includes(phase))),
      age: capabilities.includes('age'),
      cancelFailure: capabilities.includes('cancel_failure'),
    });
  }
  throw new UserError(
    `The tasks of this run came by --provision ${provisioner}, and its report doesn’t hold which check was given which.`,
    'Runs by control and by none can be judged again.',
    2,
  );
}

/** Times as the report states them; one that it doesn't state is as it is by default. */
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
  };
}
