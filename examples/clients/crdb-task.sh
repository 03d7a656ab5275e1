#!/bin/sh
# Tasks of Active-Active databases, with curl and jq:
#
#   export CRDB_TARGET=https://cluster.example:9443 CRDB_USER=ops@example CRDB_PASSWORD=…  [CRDB_CA=ca.pem]
#   crdb-task.sh list                  a line for each task: id, status, database
#   crdb-task.sh wait ID [SECONDS]     waits until it has ended, 600 s at most
#   crdb-task.sh cancel ID [force]     requests a cancel; `wait` shows whether the task ended
#
# Exit code: 0 success (wait: finished), 1 the task failed or the server refuses, 2 wrong usage, 3 there is no such task
# (any more), 4 timeout or no response.
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

# Escapes a value for curl's configuration. The login goes to its standard input: no process list shows it.
quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

# send METHOD PATH: sets $status and $body.
send() {
  answer=$(
    printf 'user = "%s:%s"\n' "$(quoted "$CRDB_USER")" "$(quoted "$CRDB_PASSWORD")" |
      curl --silent --show-error --max-time 30 --config - ${CRDB_CA:+--cacert "$CRDB_CA"} \
        --request "$1" --header 'Content-Type: application/json' --write-out '\n%{http_code}' "${CRDB_TARGET%/}$2"
  ) || fail 4 "no response from $CRDB_TARGET"
  status=${answer##*
}
  body=${answer%
*}
}

task_path() { printf '/v1/crdb_tasks/%s' "$(jq -nr --arg id "$1" '$id | @uri')"; }

list() {
  send GET /v1/crdb_tasks
  [ "$status" = 200 ] || fail 1 "the status of the list is $status"
  printf '%s' "$body" | jq -r '.[] | [.id, .status, .crdb_guid // "-"] | @tsv'
}

wait_for() {
  left=${2:-600}
  while :; do
    send GET "$(task_path "$1")"
    case $status in
      200)
        state=$(printf '%s' "$body" | jq -r .status)
        [ "$state" != finished ] || { echo finished; return; }
        if [ "$state" = failed ]; then
          fail 1 "$1 failed: $(printf '%s' "$body" | jq -r '[.errors[]?.description // empty] | join("; ")')"
        fi
        ;;
      404) fail 3 "there is no task $1; statuses expire (by default after 500 s)" ;;
      429 | 502 | 503 | 504) ;; # the leader changes, or the server is busy: try again
      *) fail 1 "the status for $1 is $status" ;;
    esac
    [ "$left" -gt 0 ] || fail 4 "$1 has not ended in time"
    left=$((left - 1))
    sleep 1
  done
}

cancel() {
  send POST "$(task_path "$1")/actions/cancel${2:+?force=true}"
  case $status in
    200) echo 'cancel accepted' ;;
    404) fail 3 "there is no task $1" ;;
    406) fail 1 "$1 can't be cancelled (406): it is in its commit phase, or has ended" ;;
    409) fail 1 "the cancel of $1 failed (409)" ;;
    *) fail 1 "the status of the cancel of $1 is $status" ;;
  esac
}

case ${1:-}:$# in
  list:1) list ;;
  wait:2 | wait:3) wait_for "$2" "${3:-600}" ;;
  cancel:2) cancel "$2" ;;
  cancel:3) [ "$3" = force ] || fail 2 'only "force" may follow the id'; cancel "$2" force ;;
  *) fail 2 'usage: crdb-task.sh list | wait ID [SECONDS] | cancel ID [force]' ;;
esac
