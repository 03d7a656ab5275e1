/** How tasks would come about in a run, and what a simulation has to be like to be like that run. */

import type { RunOptions } from '../config/options.ts';
import type { Status } from '../judge/shown.ts';
import type { ControlCapabilities } from '../provision/control.ts';
import { answerText, listedIn } from '../provision/databases.ts';
import type { Likeness, Provision } from '../simulate/simulations.ts';
import { type DatabaseSide, permissionOn } from './permission.ts';
import { mayFailWithTtl } from './release.ts';
import { type Look, note, ok, problem } from './step.ts';

/** What was found out of a target that bears on its tasks. */
export interface Ground extends DatabaseSide {
  readonly offered: ControlCapabilities | undefined;
  readonly releases: readonly string[];
  /** Of the tasks that are there. */
  readonly statuses: readonly Status[];
  /** Those of the tasks that the user hands over which the target doesn't know. */
  readonly unknownIds: readonly string[];
}

/** @param wanted what the user asks for; left out: control, where the target speaks it, else none */
export const chosen = (wanted: Provision | undefined, { offered }: Ground): Provision =>
  wanted ?? (offered ? 'control' : 'none');

export function judgeProvision(wanted: Provision | undefined, options: RunOptions, ground: Ground): Look {
  return judges[chosen(wanted, ground)](options, ground, wanted);
}

const inWords = ({ phases, age, cancelFailure }: ControlCapabilities): string =>
  [...phases, ...(age ? ['age'] : []), ...(cancelFailure ? ['cancel_failure'] : [])].join(', ');

const judges: Readonly<
  Record<Provision, (options: RunOptions, ground: Ground, wanted: Provision | undefined) => Look>
> = {
  control: (_, { offered }) =>
    offered
      ? ok(`it speaks the task control protocol: ${inWords(offered)}`)
      : problem(
          'it does not speak the task control protocol: GET /_control/v1 gave no 200 with "protocol": 1',
          'Leave --provision control away, or add the protocol to the target: see "Make a mock testable" in the README.',
        ),
  crdbs({ crdb }, { databases }) {
    const found = listedIn(databases);
    if (!found)
      return problem(
        `there are no databases to make tasks on: GET /v1/crdbs ${answerText(databases)}`,
        'Name a cluster of Redis Software, a user who may see its databases, or another --provision.',
      );
    if (crdb === undefined) return ok(`tasks by /v1/crdbs, on a small database of the run’s own`);
    return found.some(({ guid }) => guid === crdb)
      ? ok(`tasks by /v1/crdbs, on the database ${crdb}`)
      : problem(
          `it has no database ${crdb}`,
          found.length === 0
            ? 'It has none at all: leave --crdb away.'
            : `It has ${found.map(({ guid, name }) => `${guid} (${name})`).join(', ')}.`,
        );
  },
  fixed({ tasks = {} }, { unknownIds }) {
    const ids = Object.values(tasks).flat();
    if (ids.length === 0)
      return problem(
        '--provision fixed needs tasks',
        'Give their ids by phase under `tasks:` in --config FILE.',
      );
    return unknownIds.length === 0
      ? ok(`it has the ${ids.length} tasks that are handed over`)
      : note(
          `it does not know ${unknownIds.length} of the ${ids.length} tasks that are handed over: ${unknownIds.slice(0, 3).join(', ')}`,
          'Ended tasks go after a while (500 s where nothing else is said): hand over fresh ones.',
        );
  },
  command: ({ command }) =>
    command === undefined
      ? problem('--provision command needs a program', 'Name it with --command: examples/command has two.')
      : note('tasks by the program in --command, which would make some, and so was not tried'),
  none(_, { databases, statuses, login }, wanted) {
    const there = `nothing is made: a run reads the ${statuses.length} tasks that are there`;
    if (wanted === 'none') return ok(there);
    return listedIn(databases) && login
      ? note(
          `no task control protocol, so ${there}`,
          'It has /v1/crdbs: --provision crdbs makes tasks and shows more.',
        )
      : note(
          `no task control protocol and no /v1/crdbs, so ${there}`,
          'Of a mock everything can be tested once it speaks the protocol: see "Make a mock testable" in the README.',
        );
  },
};

/** A run that could be made, as far as its tasks go. */
export interface Prospect {
  readonly provision: Provision;
  /** What has to be so, where that can't be seen or isn't; undefined: it is so. */
  readonly condition?: string;
  readonly like: Likeness;
}

/** Of each status as many as any check looks for: a list may be long. */
const fewOf = (statuses: readonly Status[]): readonly Status[] =>
  [...Map.groupBy(statuses, (status) => status).values()].flatMap((alike) => alike.slice(0, 5));

/** The run that the options ask for, then what else bears on how much it could test. */
export function prospects(wanted: Provision | undefined, ground: Ground): readonly Prospect[] {
  const { offered, databases, releases } = ground;
  const statuses = fewOf(ground.statuses);
  const provision = chosen(wanted, ground);
  if (provision !== 'crdbs') {
    const plain = { provision, like: { statuses, ...(offered ? { offered } : {}) } };
    const couldMakeSome = wanted === undefined && provision === 'none' && listedIn(databases) !== undefined;
    return couldMakeSome ? [plain, ...prospects('crdbs', ground)] : [plain];
  }
  const { mayCreate: may } = permissionOn(ground);
  const without = { statuses, groundless: 'no database can be made' };
  const made: Prospect = { provision, like: { statuses } };
  return [
    may === false ? { provision, like: without } : made,
    ...(may === false ? [{ ...made, condition: 'if databases could be created' }] : []),
    ...(may === undefined ? [{ provision, like: without, condition: 'if no database can be created' }] : []),
    ...(may !== false && releases.some(mayFailWithTtl)
      ? [
          {
            provision,
            like: { statuses, refusesTtl: true },
            condition: 'if tasks fail with X-Result-TTL (RS171560)',
          },
        ]
      : []),
  ];
}
