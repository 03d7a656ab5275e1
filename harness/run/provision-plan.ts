/** How tasks come about in a run: what the options ask for, and what the target offers. */
import type { RunOptions } from '../config/options.ts';
import type { Target } from '../http/target.ts';
import { UserError } from '../model/errors.ts';
import type { ProvisionPlan } from '../provision/choice.ts';
import type { CommandOptions } from '../provision/command.ts';
import type { TestDatabase } from '../provision/databases.ts';
import type { Preflight } from '../provision/preflight.ts';
import { groundFor, type Owning } from './resources.ts';

/**
 * What the user asked for, in so many words or by another option.
 * @throws {UserError} exit 2: two options that contradict each other
 */
export function wantedProvision(options: RunOptions): RunOptions['provision'] {
  const { provision, crdb, command, readOnly = false } = options;
  const wanted = provision ?? (crdb !== undefined ? 'crdbs' : command !== undefined ? 'command' : undefined);
  const misfit = crdb !== undefined && wanted !== 'crdbs' ? 'crdb' : 'command';
  if ((crdb !== undefined && wanted !== 'crdbs') || (command !== undefined && wanted !== 'command'))
    throw new UserError(
      `--${misfit} is for --provision ${misfit === 'crdb' ? 'crdbs' : 'command'}, and --provision is ${wanted}.`,
      'Leave one of them away.',
      2,
    );
  if (!readOnly) return wanted;
  if (wanted === undefined || wanted === 'none') return 'none';
  if (wanted === 'fixed') return wanted; // its tasks can be read
  throw new UserError(
    `--read-only makes no tasks, and --provision ${wanted} is there to make them.`,
    'Leave one of them away.',
    2,
  );
}

/** What is chosen before anything is made. */
export type Choice = Exclude<ProvisionPlan, { readonly name: 'crdbs' }> | { readonly name: 'crdbs' };

/** Looks for the ground that tasks are made on; where there is none, it says why. */
export async function onGround(owning: Owning, named: string | undefined): Promise<ProvisionPlan> {
  const ground = await groundFor(owning, named);
  if ('why' in ground && !owning.io.interrupt.aborted)
    owning.io.error(`Warning: no task can be made, so all that needs one is skipped: ${ground.why}\n`);
  return { name: 'crdbs', ground };
}

export const groundOf = (plan: ProvisionPlan): TestDatabase | undefined =>
  plan.name === 'crdbs' ? plan.ground : undefined;

/** The control protocol where the target speaks it, else nothing; or what the user asked for. */
export function provisionPlan(
  options: RunOptions,
  provision: RunOptions['provision'],
  { control }: Preflight,
  target: Target,
): Choice {
  const { tasks } = options;
  if (provision === 'crdbs') return { name: 'crdbs' };
  if (provision === 'command') return { name: 'command', options: commandOptions(options, target) };
  if (provision === 'fixed') {
    if (tasks) return { name: 'fixed', ids: tasks };
    throw new UserError(
      '--provision fixed needs tasks.',
      'Give their ids by phase under `tasks:` in --config FILE.',
      2,
    );
  }
  if (provision === 'none') return { name: 'none' };
  if (control) return { name: 'control', offered: control };
  if (provision === undefined) return { name: 'none' };
  throw new UserError(
    'The target does not speak the task control protocol: GET /_control/v1 gave no 200 with "protocol": 1.',
    'Leave --provision control away, or add the protocol to the target: see "Make a mock testable" in the README.',
    2,
  );
}

/** How long a program may take to make a task, in milliseconds. */
const commandPatienceMs = 60_000;

/** What the program is told of the target: by its environment, where no process list shows it. */
function commandOptions({ command }: RunOptions, target: Target): CommandOptions {
  if (command === undefined)
    throw new UserError(
      '--provision command needs a program.',
      'Name it with --command, such as --command ./task.sh: examples/command has two.',
      2,
    );
  const { url, login } = target;
  return {
    command,
    limitMs: commandPatienceMs,
    env: {
      CRDB_TARGET: url.href.replace(/\/$/, ''),
      ...(login ? { CRDB_USER: login.user, CRDB_PASSWORD: login.password } : {}),
    },
  };
}
