#!/bin/sh
# One night: a run that is remembered, and the site of all nights. Its exit code is that of the run.
#
# From the environment: CRDB_TARGET, CRDB_USER, CRDB_PASSWORD, and
#   KEEP          the folder that keeps history.db, site/ and the newest reports (default: ~/crdb-nightly)
#   CONFORMANCE   how the program is started (default: this version of it, by npx)
# Arguments are handed on to `run`.
set -u
keep=${KEEP:-$HOME/crdb-nightly}
# One version, so that another one is a change of yours, and shows as such.
conformance=${CONFORMANCE:-npx --yes --package crdb-tasks-conformance@0.1.0 crdb-conformance}

mkdir -p "$keep" || exit 2
$conformance run --profile nightly --history "$keep/history.db" --out "$keep/out" "$@"
code=$?
$conformance site build --history "$keep/history.db" --out "$keep/site" || echo 'The site is as it was.' >&2
exit "$code"
