#!/usr/bin/env python3
"""Makes a task in the requested phase with the operations of a real cluster, on the database $CRDB_GUID.

The harness sets CRDB_TARGET, CRDB_USER, CRDB_PASSWORD and, if a check needs a retention, CRDB_RESULT_TTL.
Exit code 3: this phase is not available. The checks that need it are skipped.
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


def send(method, path, body=None):
    """Sends a request and returns the JSON of its response."""
    headers = {"Authorization": f"Basic {base64.b64encode(login).decode()}", "Content-Type": "application/json"}
    if method != "GET" and "CRDB_RESULT_TTL" in os.environ:
        headers["X-Result-TTL"] = os.environ["CRDB_RESULT_TTL"]
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(target + path, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


if phase not in ("queued", "finished"):
    print(f"the phase {phase} is not available", file=sys.stderr)
    sys.exit(3)

task = send("PATCH", f"/v1/crdbs/{guid}", {"default_db_config": {}})
deadline = time.monotonic() + 20
while phase == "finished" and task["status"] != "finished":
    if task["status"] == "failed" or time.monotonic() > deadline:
        sys.exit(f'the task {task["id"]} is {task["status"]}')
    time.sleep(0.1)
    task = send("GET", f'/v1/crdb_tasks/{task["id"]}')
print(json.dumps({"id": task["id"], "crdb_guid": guid}))
