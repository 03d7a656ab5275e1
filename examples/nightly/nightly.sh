#!/bin/sh
# One night: a run that is kept in a history, and the site of all nights. Its exit code is that of the run.
#
# Environment: CRDB_TARGET, CRDB_USER, CRDB_PASSWORD, and
#   KEEP          folder of history.db, site/ and the newest reports (default: ~/crdb-nightly)
#   CONFORMANCE   command that starts the program (default: this version, by npx)
# Arguments are passed on to `run`.
set -u
keep=${KEEP:-$HOME/crdb-nightly}
# A pinned version: an upgrade is a change of yours.
conformance=${CONFORMANCE:-npx --yes --package crdb-tasks-conformance@0.1.0 crdb-conformance}

mkdir -p "$keep" || exit 2
$conformance run --profile nightly --history "$keep/history.db" --out "$keep/out" "$@"
code=$?
$conformance site build --history "$keep/history.db" --out "$keep/site" || echo 'The site was not updated.' >&2
exit "$code"
