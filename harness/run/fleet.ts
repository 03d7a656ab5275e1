/** Many targets as one: their parts, their order, and what identifies their configuration. Pure. */

import { createHash } from 'node:crypto';
import { canonical } from '../../spec/record.ts';
import { type FleetTarget, neutralKeys, type RunOptions } from '../config/options.ts';
import { UserError } from '../model/errors.ts';

export interface Shard {
  /** From 1 on. */
  readonly index: number;
  readonly of: number;
}

/** @throws {UserError} exit 2: it is no part, or there are fewer targets than parts */
export function shardOf(text: string, targets: number): Shard {
  const [, index = 0, of = 0] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (index < 1 || index > of)
    throw new UserError(
      `--shard ${text} is not a part.`,
      'Write the part and the number of parts, such as 3/8; the first is 1/8, the last 8/8.',
      2,
    );
  if (of > targets)
    throw new UserError(
      `--shard ${text}: there are only ${targets} targets, so some parts would have none.`,
      `Use at most ${targets} parts.`,
      2,
    );
  return { index, of };
}

/**
 * The targets of one part. The parts differ in size by one at most, and who is in which depends on the names alone: not
 * on their order in the file.
 */
export function shardedTargets<T extends Pick<FleetTarget, 'name'>>(
  targets: readonly T[],
  { index, of }: Shard,
): readonly T[] {
  const order = targets
    .map((target) => ({ target, key: sha256(target.name) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const mine = new Set(order.filter((_, at) => at % of === index - 1).map(({ target }) => target));
  return targets.filter((target) => mine.has(target));
}

/** The same for the parts of one fleet, wherever they run; other words of the same meaning are another configuration. */
export function configHash(options: RunOptions): string {
  const kept = Object.entries(options).filter(
    ([key, value]) => value !== undefined && !neutralKeys.includes(key),
  );
  return sha256(canonical(Object.fromEntries(kept))).slice(0, 16);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
