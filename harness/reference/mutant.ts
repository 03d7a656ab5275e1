/**
 * A mutant: the reference cluster with one fault, as data. A fault is a change of the contract's rules, for all requests
 * or for requests of one shape only. `perShape` makes a family: the same fault for each row of a table, one at a time.
 */
import { contractBut, contractButWhen, type RulesChange } from './contract.ts';
import type { Operation, RequestContext, RulesInTime } from './rules.ts';
import { type Phase, phaseOf, type Task } from './task.ts';

export interface Mutant {
  readonly id: string;
  /** One line for people: what is wrong. */
  readonly breaks: string;
  readonly rules: RulesInTime;
  /** What it changes. */
  readonly changes: readonly RulesChange[];
  /** The same fault on a server that keeps the contract in another way. */
  readonly on: (variant: RulesChange) => RulesInTime;
  /** The least profile that detects it, if that is not `quick`. */
  readonly profile?: 'full' | 'nightly';
  /** The clauses that must all end as `fail` (a `should`: as `warn`). */
  readonly killedBy: readonly string[];
  /** The clauses that may end so too: they see the same fault. */
  readonly mayFail: readonly string[];
}

/** Requests of one shape: each axis that is left out matches any request. */
export interface RequestShape {
  readonly operation?: Operation;
  /** The phase of the task that the path names. */
  readonly phase?: Phase;
  /** Parameters as they were sent; `omitted` for none. */
  readonly force?: Force;
  readonly verbose?: string;
  /** The value of `X-Result-TTL`. */
  readonly ttl?: string;
  /** What else holds for the task that the path names. */
  readonly task?: (task: Task) => boolean;
  /** What else holds for the request. */
  readonly context?: (context: RequestContext) => boolean;
}

export const forces = ['omitted', 'false', 'true'] as const;
export type Force = (typeof forces)[number];

/** A value of `force` in words. */
export const withForce = (force: Force): string =>
  force === 'omitted' ? 'without force' : `with force=${force}`;

/** What limits a fault, and what else it may cause. */
export interface FaultDetails {
  /** The requests with the fault; by default all. */
  readonly when?: RequestShape;
  /** A change for all requests, besides. */
  readonly always?: RulesChange;
  readonly mayFail?: readonly string[];
  readonly profile?: 'full' | 'nightly';
}

/** A fault as a row of a table. */
export type FaultRow = readonly [breaks: string, change: RulesChange, details?: FaultDetails];

type Clauses = string | readonly string[];

function mutantOf(id: string, killedBy: Clauses, [breaks, change, details = {}]: FaultRow): Mutant {
  const { when, always = {}, ...rest } = details;
  const on = (variant: RulesChange): RulesInTime =>
    when ? contractButWhen(fits(when), change, [variant, always]) : contractBut(variant, always, change);
  const changes = [always, change];
  return { id, breaks, rules: on({}), changes, on, killedBy: [killedBy].flat(), mayFail: [], ...rest };
}

/** Mutants that the same clauses detect, by their ids. */
export const detectedBy = (
  killedBy: Clauses,
  faults: Readonly<Record<string, FaultRow>>,
): readonly Mutant[] => Object.entries(faults).map(([id, fault]) => mutantOf(id, killedBy, fault));

/** A mutant of a family, before it is limited to the shape of its row. */
interface FamilyMember extends FaultDetails {
  readonly id: string;
  readonly breaks: string;
  readonly change: RulesChange;
  readonly killedBy: Clauses;
}

/** A family whose changes need no limit, or set it themselves: rules for one phase or operation. */
export const perRow = <Row>(rows: readonly Row[], memberOf: (row: Row) => FamilyMember): readonly Mutant[] =>
  rows.map((row) => {
    const { id, killedBy, breaks, change, ...details } = memberOf(row);
    return mutantOf(id, killedBy, [breaks, change, details]);
  });

/** A family: one mutant for each row. Only requests of the row's shape have the fault. */
export const perShape = <Row extends RequestShape>(
  rows: readonly Row[],
  memberOf: (row: Row) => FamilyMember,
): readonly Mutant[] =>
  perRow(rows, (row) => {
    const member = memberOf(row);
    return { ...member, when: { ...row, ...member.when } };
  });

/** Each combination of the values of two axes. */
export const cross = <const One extends object, const Other extends object>(
  ones: readonly One[],
  others: readonly Other[],
): readonly (One & Other)[] => ones.flatMap((one) => others.map((other) => ({ ...one, ...other })));

/** The values of one axis as rows: `axis('phase', phases)`. */
export const axis = <const Name extends string, const Value>(
  name: Name,
  values: readonly Value[],
): readonly { readonly [Key in Name]: Value }[] =>
  values.map((value) => ({ [name]: value }) as { readonly [Key in Name]: Value }); // a computed key loses its type

const fits =
  ({ operation, phase, force, verbose, ttl, task: holds, context: also }: RequestShape) =>
  (context: RequestContext): boolean => {
    const { task, query, resultTtl } = context;
    const is = (wanted: string | undefined, seen: string | undefined): boolean =>
      wanted === undefined || wanted === seen;
    return (
      is(operation, context.operation) &&
      is(phase, task && phaseOf(task)) &&
      is(force, query.get('force') ?? 'omitted') &&
      is(verbose, query.get('verbose') ?? 'omitted') &&
      is(ttl, resultTtl) &&
      (holds === undefined || (task !== undefined && holds(task))) &&
      (also === undefined || also(context))
    );
  };
