/**
 * The wrong servers of which no answer is wrong by itself: what is wrong is a relation between two of its answers, or
 * between an answer and the clock. Their ids, by hand.
 */
const againstTheClock = [
  ...['default-60', 'default-490', 'default-510', 'default-3600', 'default-never', 'never-expires', 'half'],
  ...[
    'milliseconds',
    'minutes',
    'from-creation',
    'from-start',
    'from-last-read',
    'read-ttl-expires-unfinished',
  ],
  ...['expires-unfinished', 'failed-gone-at-once', 'failed-half', 'cancelled-tenth', 'cancelled-half'],
  ...['expired-is-410', 'cancel-expired-is-406', 'cancel-expired-is-200', 'creation-ttl-ignored'],
  ...['read-ttl-ignored', 'read-ttl-in-milliseconds', 'read-ttl-adds', 'read-ttl-only-prolongs'],
  ...['read-ttl-only-shortens', 'read-ttl-for-all', 'read-ttl-becomes-default', 'creation-ttl-only-prolongs'],
  ...['creation-ttl-doubled', 'creation-ttl-in-milliseconds', 'creation-ttl-becomes-default'],
  ...['ttl-at-most-an-hour', 'negative-ttl-counts', 'bad-ttl-keeps-for-ever', 'ttl-parsed-loosely'],
  ...['read-half-a-minute-late', 'list-half-a-minute-late', 'cancel-a-minute-late'],
];
const betweenTwoAnswers = [
  ...['refused-but-done', 'refused-but-done-late', 'refused-then-stuck', 'cancel-does-nothing'],
  ...['forced-does-nothing', 'cancel-requeues', 'cancelled-comes-back', 'cancelled-is-queued-again'],
  ...['cancel-finishes', 'cancelled-finishes-later', 'cancel-forgets', 'cancelled-expires-at-once'],
  ...[
    'cancels-neighbour',
    'cancels-all',
    'cancel-rewrites-ended',
    'cancel-restarts-failed',
    'cancels-by-get',
  ],
  ...['get-refused-but-done', 'cancels-then-401', 'reads-then-401', 'list-always-empty', 'list-first-only'],
  ...['list-without-committing', 'list-queued-only', 'list-says-queued', 'list-other-guid', 'list-frozen'],
  ...['list-ended-as-started', 'list-keeps-removed', 'list-never-empty-again', 'status-falls-back'],
  ...['ended-ticks-on', 'errors-shown-once', 'read-starts-queued', 'read-finishes-committing', 'read-frozen'],
  ...['one-guid-for-all', 'verbose-drops-guid', 'verbose-contradicts-operation', 'verbose-runs-ahead'],
  ...['verbose-drops-errors', 'verbose-false-is-true'],
];

export const subtle: ReadonlySet<string> = new Set([...againstTheClock, ...betweenTwoAnswers]);
