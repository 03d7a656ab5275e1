/** What a vendor's own project asks of a run, and the options of `run` that it comes to. */

import { nearest } from '../../spec/nearest.ts';
import { libraryKeys } from '../config/options.ts';
import type { LibraryOptions, RunOptions } from '../config/run-options.ts';
import { UserError } from '../model/errors.ts';
import type { OwnProvisioner } from '../provision/provisioner.ts';

export type TargetAddress = string | URL;

export interface ConformanceOptions extends Omit<LibraryOptions, 'target' | 'provision'> {
  /** Origin and path prefix of the server under test, or what gives it once it is served. */
  readonly target: TargetAddress | (() => TargetAddress | Promise<TargetAddress>);
  /** That of `user`, where no other option says where it comes from. Without `user` the target asks for no credentials. */
  readonly password?: string;
  /**
   * How tasks come about: by name as in `run --provision`, or by functions of your own. With these, as with `control`,
   * the target is taken for a mock: wrong passwords and forced cancels are tried on it.
   */
  readonly provision?: NonNullable<RunOptions['provision']> | OwnProvisioner;
  /** Ends the run early, and gives its tasks back. */
  readonly signal?: AbortSignal;
}

/** The options that mean the same as in `run`. */
const asInRun = libraryKeys.filter((key) => key !== 'target' && key !== 'provision');
const known: readonly string[] = [...asInRun, 'target', 'password', 'provision', 'signal'];

export interface Wanted {
  readonly options: RunOptions;
  readonly own?: OwnProvisioner;
}

/** @throws {UserError} exit 2: an option that there is not, or that is of no use */
export async function wantedOf(given: ConformanceOptions, also: readonly string[]): Promise<Wanted> {
  for (const key of Object.keys(given)) if (![...known, ...also].includes(key)) throw unknownOption(key);
  const { target, provision, user } = given;
  const options = Object.fromEntries(Object.entries(given).filter(([key]) => asInRun.includes(key)));
  const address = typeof target === 'function' ? await target() : target;
  if (!(address instanceof URL) && typeof address !== 'string') throw noAddress(address);
  const own = typeof provision === 'object' ? provision : undefined;
  if (own) refuseHalf(own);
  refuseUntold(given);
  return {
    options: {
      ...options,
      target: String(address),
      auth: user !== undefined,
      ...(typeof provision === 'string' ? { provision } : {}),
    },
    ...(own ? { own } : {}),
  };
}

const unknownOption = (key: string): UserError => {
  const near = nearest(key, known);
  return new UserError(
    `There is no option ${key}.`,
    near === undefined ? `The options are ${known.join(', ')}.` : `Did you mean ${near}?`,
    2,
  );
};

const noAddress = (address: unknown): UserError =>
  new UserError(
    `target is ${address === undefined ? 'not known' : `a ${typeof address}`} when the run begins.`,
    'Give its address, or a function that gives it once it is served: { target: () => mock.url }',
    2,
  );

/** Vitest ends at once at Ctrl-C: what was made on a real cluster then is known by the resource log alone, which must be found. */
function refuseUntold({ provision, crdb, out }: ConformanceOptions): void {
  if ((provision !== 'crdbs' && crdb === undefined) || out !== undefined) return;
  throw new UserError(
    'provision crdbs makes databases and tasks on a real cluster, and no folder is named for the resource log that tells of them.',
    'Name it with out; crdb-conformance cleanup --resource-log OUT/resources.ndjson gives back what a killed run left.',
    2,
  );
}

function refuseHalf(own: OwnProvisioner): void {
  const lacks = (['create', 'move'] as const).filter((name) => typeof own[name] !== 'function');
  if (lacks.length === 0) return;
  throw new UserError(
    `The provisioner has no function ${lacks.join(' and no function ')}.`,
    'It needs create(task) and move(id, phase); age(id, seconds) and remove(id) as far as the target can do that.',
    2,
  );
}
