#!/usr/bin/env python3
"""Makes a task in the phase that is asked for by the operations of a real cluster, on the database $CRDB_GUID.

The harness gives CRDB_TARGET, CRDB_USER and CRDB_PASSWORD, and CRDB_RESULT_TTL where a retention is wished.
Exit code 3 says that such a task can't be made here: what needs one is skipped.
"""

import base64
import json
import os
import sys
import time
import urllib.request

target, guid = os.environ["CRDB_TARGET"], os.environ["CRDB_GUID"]
login = f'{os.environ["CRDB_USER"]}:{os.environ["CRDB_PASSWORD"]}'.encode()
phase = sys.argv[1]


def ask(method, path, body=None):
    """The JSON that answers a request."""
    headers = {"Authorization": f"Basic {base64.b64encode(login).decode()}", "Content-Type": "application/json"}
    if method != "GET" and "CRDB_RESULT_TTL" in os.environ:
        headers["X-Result-TTL"] = os.environ["CRDB_RESULT_TTL"]
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(target + path, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


if phase not in ("queued", "finished"):
    print(f"no {phase} task can be made here", file=sys.stderr)
    sys.exit(3)

task = ask("PATCH", f"/v1/crdbs/{guid}", {"default_db_config": {}})
deadline = time.monotonic() + 20
while phase == "finished" and task["status"] != "finished":
    if task["status"] == "failed" or time.monotonic() > deadline:
        sys.exit(f'the task {task["id"]} is {task["status"]}')
    time.sleep(0.1)
    task = ask("GET", f'/v1/crdb_tasks/{task["id"]}')
print(json.dumps({"id": task["id"], "crdb_guid": guid}))
