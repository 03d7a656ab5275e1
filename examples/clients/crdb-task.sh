#!/bin/sh
# Tasks of Active-Active databases, with curl and jq:
#
#   export CRDB_TARGET=https://cluster.example:9443 CRDB_USER=ops@example CRDB_PASSWORD=…  [CRDB_CA=ca.pem]
#   crdb-task.sh list                  a line for each task: id, status, database
#   crdb-task.sh wait ID [SECONDS]     until it has ended, for 600 s at most
#   crdb-task.sh cancel ID [force]     asks for its end; `wait` tells whether it came
#
# Ends with 0 where all is well (wait: finished), 1 where the task failed or the server refuses, 2 where this is used
# wrongly, 3 where there is no such task, or none any more, 4 where the time is up or no server answers.
set -eu

fail() {
  code=$1
  shift
  echo "crdb-task: $*" >&2
  exit "$code"
}

for tool in curl jq; do command -v "$tool" >/dev/null || fail 2 "$tool is not installed"; done
for variable in CRDB_TARGET CRDB_USER CRDB_PASSWORD; do
  eval "[ -n \"\${$variable:-}\" ]" || fail 2 "$variable is not set"
done

# What stands between quotes in a configuration of curl. The login goes in by its standard input: no process list shows it.
quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

# ask METHOD PATH: sets $status and $body.
ask() {
  answer=$(
    printf 'user = "%s:%s"\n' "$(quoted "$CRDB_USER")" "$(quoted "$CRDB_PASSWORD")" |
      curl --silent --show-error --max-time 30 --config - ${CRDB_CA:+--cacert "$CRDB_CA"} \
        --request "$1" --header 'Content-Type: application/json' --write-out '\n%{http_code}' "${CRDB_TARGET%/}$2"
  ) || fail 4 "no answer from $CRDB_TARGET"
  status=${answer##*
}
  body=${answer%
*}
}

task_path() { printf '/v1/crdb_tasks/%s' "$(jq -nr --arg id "$1" '$id | @uri')"; }

list() {
  ask GET /v1/crdb_tasks
  [ "$status" = 200 ] || fail 1 "the list was answered with $status"
  printf '%s' "$body" | jq -r '.[] | [.id, .status, .crdb_guid // "-"] | @tsv'
}

wait_for() {
  left=${2:-600}
  while :; do
    ask GET "$(task_path "$1")"
    case $status in
      200)
        state=$(printf '%s' "$body" | jq -r .status)
        [ "$state" != finished ] || { echo finished; return; }
        if [ "$state" = failed ]; then
          fail 1 "$1 failed: $(printf '%s' "$body" | jq -r '[.errors[]?.description // empty] | join("; ")')"
        fi
        ;;
      404) fail 3 "there is no task $1; statuses go after a while (500 s where nothing else is said)" ;;
      429 | 502 | 503 | 504) ;; # the leader changes, or there is too much to do: asked again
      *) fail 1 "$1 was answered with $status" ;;
    esac
    [ "$left" -gt 0 ] || fail 4 "$1 has not ended in time"
    left=$((left - 1))
    sleep 1
  done
}

cancel() {
  ask POST "$(task_path "$1")/actions/cancel${2:+?force=true}"
  case $status in
    200) echo 'cancel accepted' ;;
    404) fail 3 "there is no task $1" ;;
    406) fail 1 "$1 can't be cancelled (406): it is in its commit phase, or has ended" ;;
    409) fail 1 "the cancel of $1 failed (409)" ;;
    *) fail 1 "the cancel of $1 was answered with $status" ;;
  esac
}

case ${1:-}:$# in
  list:1) list ;;
  wait:2 | wait:3) wait_for "$2" "${3:-600}" ;;
  cancel:2) cancel "$2" ;;
  cancel:3) [ "$3" = force ] || fail 2 'after the id only "force" may stand'; cancel "$2" force ;;
  *) fail 2 'usage: crdb-task.sh list | wait ID [SECONDS] | cancel ID [force]' ;;
esac
