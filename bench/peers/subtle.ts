/**
 * The wrong servers of which no answer is wrong by itself: what is wrong is a relation between two of its answers, or
 * between an answer and the clock. They are told by the clauses that they break.
 */
import type { Mutant } from '../../harness/reference/mutant.ts';

/** Clauses that compare two answers, or an answer and the clock. */
export const relational: ReadonlySet<string> = new Set([
  'auth.no-effect',
  'auth.read-no-effect',
  'cancel.by-get.no-effect',
  'cancel.commit-phase.untouched',
  'cancel.ended.untouched',
  'cancel.leaves',
  'cancel.not-finished',
  'cancel.stays-out',
  'cancel.still-readable',
  'cancel.that-task-alone',
  'expiry.at-creation.gone',
  'expiry.at-creation.kept',
  'expiry.cancel',
  'expiry.cancelled.kept',
  'expiry.default.gone',
  'expiry.default.kept',
  'expiry.failed.kept',
  'expiry.from-completion',
  'expiry.malformed-ttl',
  'expiry.on-read.gone',
  'expiry.on-read.kept',
  'expiry.plain-read-keeps',
  'expiry.that-task-alone',
  'expiry.unfinished',
  'list.agrees-with-read',
  'list.empty',
  'list.holds-running',
  'read.changes-nothing',
  'status.change-shows',
  'status.ended-stays',
  'status.forward-only',
  'verbose.false-is-plain',
  'verbose.keeps-fields',
]);

/** They break such a clause by a code that is wrong for anybody who sees it. */
export const wrongByThemselves: ReadonlySet<string> = new Set([
  'bad-ttl-is-500',
  'expired-is-410',
  'verbose-false-is-400',
  'verbose-is-500',
]);

export const isSubtle = ({ id, killedBy }: Mutant): boolean =>
  killedBy.every((clause) => relational.has(clause)) && !wrongByThemselves.has(id);
