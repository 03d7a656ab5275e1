/** Mutants that a run by `/v1/crdbs` does not detect, and why: its tasks move by themselves, and it must do no harm. */

/** What the user can add to the run so that it detects them. */
export type More = '--profile full' | '--allow-force';

interface Undetected {
  readonly why: string;
  readonly detectedWith?: More;
  /** Ids of mutants, separated by blanks. */
  readonly ids: string;
}

const groups: readonly Undetected[] = [
  {
    why: 'the default retention is waited out by `--profile full` alone',
    detectedWith: '--profile full',
    ids: 'default-490 default-245-and-slow failed-450 default-510 default-3600 default-never verbose-false-knows-expired',
  },
  {
    why: 'a forced cancel in the commit phase is sent with `--allow-force` alone',
    detectedWith: '--allow-force',
    ids: 'force-ignored committing-force-true-is-406 committing-force-true-forgets committing-force-true-comes-back',
  },
  {
    why: 'a forced cancel in the commit phase can come too late, and its answer then proves nothing',
    ids: 'forced-is-409 force-after-refusal-is-406 committing-force-true-does-nothing force-cancelled-verbose-is-500 committing-force-true-cancel-needs-no-login',
  },
  {
    why: 'no wrong password and no other form of the login is sent, because that could lock the account',
    ids: 'no-utf-8 wrong-password-is-403 list-overlooks-wrong-password read-overlooks-wrong-password cancel-overlooks-wrong-password password-in-any-case password-trimmed password-trimmed-at-its-end password-without-its-end password-decoded-like-a-url password-up-to-colon password-up-to-nul any-password empty-password cancels-then-401-for-wrong-password any-user user-trimmed user-up-to-at user-alone bearer-as-basic any-bearer login-in-clear empty-user empty-login scheme-that-ends-so scheme-anywhere no-scheme scheme-alone',
  },
  {
    why: 'no operation makes a task whose cancel fails',
    ids: 'list-without-failed-cancels never-409 fails-with-500 queued-force-omitted-never-409 running-force-omitted-never-409 running-force-true-never-409 committing-force-true-never-409 swaps-406-409 failure-before-phase',
  },
  {
    why: 'the docs name no field that shows a commit phase: what was answered to the cancel can be right for another phase (worth a look)',
    ids: 'cancels-in-commit cancels-in-early-commit cancels-in-commit-out-of-running cancels-in-commit-out-of-queued commit-phase-is-409 committing-force-false-is-409 committing-force-omitted-is-409 force-implied force-by-presence running-force-omitted-is-406 refused-then-stuck cancels-in-commit-after-two-moves',
  },
  {
    why: 'it shows at an age or with a TTL of minutes or hours, and tasks cannot be aged',
    ids: 'second-ttl-revives list-without-old from-first-read verbose-malformed-sets-ttl verbose-reads-then-401 verbose-knows-expired expired-is-410-after-an-hour finished-out-of-queued-never-expires finished-out-of-commit-expires-early creation-ttl-60-is-30 creation-ttl-60-is-100 creation-ttl-1000-is-900 creation-ttl-1000-is-an-hour creation-ttl-at-most-an-hour creation-ttl-of-16-bits creation-ttl-ignored-for-failed read-ttl-60-is-30 read-ttl-1000-is-2000 read-ttl-1000-ignored read-ttl-60-ignored-by-verbose-true read-ttl-60-ignored-by-verbose-false read-ttl-of-16-bits read-ttl-only-shortens read-ttl-ignored-for-failed ttl-at-most-an-hour plain-read-takes-long-ttl-back plain-read-takes-short-ttl-back late-read-prolongs-by-verbose-true late-read-prolongs-by-verbose-false cancelled-for-500-s-at-most old-failed-is-finished old-finished-cancel-is-404 first-cancel-of-expired-is-406 age-wraps-at-a-day age-wraps-at-a-week age-wraps-at-16-bits age-wraps-at-31-bits age-wraps-at-32-bits age-wraps-at-a-day-with-creation-ttl age-wraps-at-a-day-with-read-ttl read-ttl-of-a-day-for-good finished-out-of-running-expires-early finished-out-of-commit-never-expires finished-out-of-running-never-expires read-ttl-octal',
  },
  {
    why: 'it shows in tasks that are held, moved on request, or made in a later phase',
    ids: 'committing-expires-by-creation-ttl committing-expires-by-read-ttl committing-out-of-queued-unseen running-to-finished-never-read committing-to-finished-never-read running-to-failed-never-read running-to-finished-read-late committing-to-finished-read-late running-to-failed-read-late running-to-finished-never-listed committing-to-finished-never-listed running-to-failed-never-listed failed-in-commit-is-finished ended-from-the-queue-queues-again from-start finished-out-of-queued-unseen failed-after-all-phases-unseen committing-out-of-queued-listed-as-queued finished-out-of-queued-listed-as-queued force-in-commit-out-of-queued-does-nothing force-in-commit-out-of-queued-is-406 verbose-of-commit-out-of-queued-is-queued verbose-of-finished-out-of-queued-without-guid list-without-queued-to-committing list-without-running-to-committing committing-to-finished-can-be-cancelled finished-out-of-queued-can-be-cancelled queued-to-running-to-committing-to-failed-can-be-cancelled list-until-another-task list-without-just-moved verbose-read-undoes-a-move',
  },
  {
    why: 'the faulty read is the only witness of the phase, or the provisioner has sent it before any check',
    ids: 'queued-as-started queued-as-failed running-as-queued read-starts-queued read-finishes-committing read-unfinished-is-202 first-read-open errors-shown-once verbose-ignored',
  },
  {
    why: 'it shows in ids of a form that a run gives no task of a real cluster',
    ids: 'id-shown-in-small-letters number-is-the-oldest cancels-longer-ids id-as-number uuid-without-hyphens uuid-in-braces uuid-with-name-space digits-not-found uuid-not-found tilde-not-found capital-not-found dots-not-found long-id-not-found id-cut-at-64 read-id-cut-at-64 cancel-id-cut-at-64 id-of-48-characters id-without-its-last-character id-by-both-ends list-keyed-by-63-characters cancels-ids-alike list-without-backups cancel-of-no-dots digits-as-a-number first-is-the-oldest',
  },
  {
    why: 'it needs a task that was asked for before it was made, or a cancel on a connection that was used before',
    ids: 'asked-for-stays-unknown cancel-trusts-the-connection',
  },
  {
    why: 'it needs a task that gets the id of an earlier one',
    ids: 'list-without-used-ids cancel-kept-by-id cancelled-id-stays-failed cancelled-id-is-406 expired-id-stays-gone removed-id-stays-gone ttl-kept-by-id guid-kept-by-id',
  },
  {
    why: 'it shows after a refused cancel, after GET on the cancel path with force, by an escaped id without the login, or in reads and cancels of one task at the same time, which only mocks are asked for',
    ids: 'refused-then-queued-force-omitted-does-nothing refused-then-running-force-true-does-nothing refused-then-committing-force-true-does-nothing queued-force-true-get-refused-but-done running-force-false-get-refused-but-done committing-force-true-get-refused-but-done joined-read-loses-its-ttl read-of-an-escaped-id-needs-no-login cancel-of-an-escaped-id-needs-no-login third-cancel-at-once-commits verbose-read-undoes-a-cancel',
  },
  {
    why: 'it shows where a TTL is sent for a task that has not ended, or at the time of a cancel, which only mocks are asked for',
    ids: 'negative-ttl-removes-running cancel-beside-ttl-does-nothing',
  },
  {
    why: 'it needs many tasks at once, or a task that is removed',
    ids: 'cancels-32-later list-never-empty-again list-of-100 list-of-newest-100 list-pages-overlap list-keeps-removed',
  },
  {
    why: 'it shows until a task is read, and each task is read until it has come into its phase',
    ids: 'cancelled-is-listed-until-read',
  },
  {
    why: 'it shows seldom, in the next task of the same instant, or where two tasks that run are in one list',
    ids: 'list-without-last-id rare-cancel-does-nothing cancels-at-once-lost cancels-queued-before cancels-running-before cancels-committing-before',
  },
];

/** By the id of the mutant. */
export const undetectedByCrdbs: ReadonlyMap<string, Pick<Undetected, 'why' | 'detectedWith'>> = new Map(
  groups.flatMap(({ ids, ...group }) => ids.split(' ').map((id) => [id, group] as const)),
);
