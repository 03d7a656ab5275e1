#!/bin/sh
# Makes a task in the phase $1 on a mock with the task control protocol, and prints its id.
# The harness sets CRDB_TARGET, CRDB_USER, CRDB_PASSWORD and, if a check needs a retention, CRDB_RESULT_TTL.
set -eu

ttl=${CRDB_RESULT_TTL:+,\"result_ttl\":$CRDB_RESULT_TTL}
# The password goes to curl's standard input: an argument would show in the process list.
printf 'user = "%s:%s"\n' "$CRDB_USER" "$CRDB_PASSWORD" |
  curl -sS --fail-with-body --config - -X POST -H 'Content-Type: application/json' \
    -d "{\"phase\":\"$1\"${ttl:-}}" "$CRDB_TARGET/_control/v1/tasks"
