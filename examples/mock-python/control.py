"""The task control protocol 1: a test harness makes, moves and ages tasks with it.

Call control() from your own server, behind your own check of credentials, for requests under /_control/v1.
You write `tasks`: find(id) returns a task with its .phase, or None; create(id, phase, result_ttl, cancel_fails) returns
the guid of its database, or None; move(id, phase), age(id, seconds) and remove(id) change a task.
"""

import json
import re

PHASES = ["queued", "running", "committing", "finished", "failed"]
ENDED = ("finished", "failed")


def is_seconds(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


NEW_TASK = {
    "id": lambda value: isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9._~-]{1,64}", value),
    "phase": lambda value: value in PHASES,
    "result_ttl": lambda value: value is None or (is_seconds(value) and isinstance(value, int)),
    "cancel_fails": lambda value: value is None or isinstance(value, bool),
}
MOVE = {"phase": NEW_TASK["phase"]}
AGE = {"seconds": is_seconds}


def control(tasks, method, path, text):
    """Returns a status and a body, or None. `path` is the part after /_control/v1, without the query."""
    if (method, path) == ("GET", ""):
        return 200, {"protocol": 1, "phases": PHASES, "age": True, "cancel_failure": True}
    if (method, path) == ("POST", "/tasks"):
        body = read(text, NEW_TASK)
        if body is None:
            return 400, None
        if tasks.find(body["id"]):
            return 409, None
        guid = tasks.create(body["id"], body["phase"], body.get("result_ttl"), body.get("cancel_fails", False))
        return 201, {"id": body["id"], **({"crdb_guid": guid} if guid else {})}
    one = re.fullmatch(r"/tasks/([^/]+)(?:/(phase|age))?", path)
    if one and (method, one[2]) == ("DELETE", None):
        tasks.remove(one[1])
        return 204, None
    if not one or method != "POST" or not one[2]:
        return 404, None
    body = read(text, MOVE if one[2] == "phase" else AGE)
    if body is None:
        return 400, None
    task = tasks.find(one[1])
    if not task:
        return 404, None
    if one[2] == "age":
        tasks.age(one[1], body["seconds"])
    elif task.phase in ENDED or PHASES.index(body["phase"]) <= PHASES.index(task.phase):
        return 409, None
    else:
        tasks.move(one[1], body["phase"])
    return 204, None


def read(text, fields):
    """The body, or None if a field is missing, unknown or invalid, or if it is no JSON."""
    try:
        body = json.loads(text)
    except ValueError:
        return None
    if not isinstance(body, dict) or not body.keys() <= fields.keys():
        return None
    return body if all(fits(body.get(name)) for name, fits in fields.items()) else None
