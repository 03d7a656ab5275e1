/**
 * What a row of a suite's table may need beyond a task in a phase, and whether a run has it. It is known before anything
 * is sent: no task is made for a check that can't be judged.
 */
import type { Profile } from '../model/settings.ts';

/** What decides which rows are within reach of a run. */
export interface RunPowers {
  readonly provisioner: string;
  /** As the provisioner and the report state them. */
  readonly capabilities: readonly string[];
  readonly allowForce: boolean;
  readonly profile: Profile;
  /** The one script that is run instead of the suites. */
  readonly replay?: string | undefined;
}

/** For each power: why a run doesn't have it, or undefined. */
const lacks = {
  age: ({ capabilities, provisioner }: RunPowers) =>
    capabilities.includes('age') ? undefined : `${provisioner}: can’t age a task`,
  'no ageing': ({ capabilities }: RunPowers) =>
    capabilities.includes('age') ? 'tasks are aged instead' : undefined,
  move: ({ provisioner }: RunPowers) =>
    provisioner === 'control' ? undefined : `${provisioner}: can’t move a task to another phase`,
  'many tasks': ({ provisioner }: RunPowers) =>
    provisioner === 'control' ? undefined : `${provisioner}: tasks cost too much for so many rows`,
  'moves by itself': ({ provisioner }: RunPowers) =>
    provisioner === 'crdbs' ? undefined : `${provisioner}: its tasks need not move by themselves`,
  'failing cancel': ({ capabilities, provisioner }: RunPowers) =>
    capabilities.includes('cancel_failure')
      ? undefined
      : `${provisioner}: can’t make a task whose cancel fails (cancel_failure)`,
  force: ({ provisioner, allowForce }: RunPowers) =>
    provisioner === 'control' || allowForce
      ? undefined
      : 'a forced cancel in the commit phase can break a database, so it needs --allow-force',
  'wrong password': ({ provisioner }: RunPowers) =>
    provisioner === 'control'
      ? undefined
      : 'a wrong password could lock the account, so it is sent only with the control protocol',
  'long wait': ({ profile }: RunPowers) =>
    profile === 'quick' ? 'it waits for more than 500 s: --profile full' : undefined,
} as const;

export type Power = keyof typeof lacks;

/** What gives a run the power, in words. */
export const givenBy: Readonly<Record<Power, string>> = {
  age: 'a provisioner that ages tasks (control)',
  'no ageing': 'a provisioner that ages no tasks',
  move: '--provision control',
  'many tasks': '--provision control',
  'moves by itself': '--provision crdbs',
  'failing cancel': 'a provisioner whose tasks can fail to be cancelled (control)',
  force: '--provision control, or --allow-force',
  'wrong password': '--provision control',
  'long wait': '--profile full',
};

/** Why a run can't have a row, or undefined. */
export function whyOutOfReach(
  { needs = [] }: { readonly needs?: readonly Power[] },
  reach: RunPowers,
): string | undefined {
  for (const power of needs) {
    const why = lacks[power](reach);
    if (why !== undefined) return why;
  }
  return undefined;
}
