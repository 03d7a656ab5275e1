#!/bin/sh
# Makes a task in the phase $1 on a mock that speaks the task control protocol, and says which one it is.
# The harness gives CRDB_TARGET, CRDB_USER and CRDB_PASSWORD, and CRDB_RESULT_TTL where a retention is wished.
set -eu

ttl=${CRDB_RESULT_TTL:+,\"result_ttl\":$CRDB_RESULT_TTL}
# The password goes in by a file descriptor: an argument would show in the process list.
printf 'user = "%s:%s"\n' "$CRDB_USER" "$CRDB_PASSWORD" |
  curl -sS --fail-with-body --config - -X POST -H 'Content-Type: application/json' \
    -d "{\"phase\":\"$1\"${ttl:-}}" "$CRDB_TARGET/_control/v1/tasks"
