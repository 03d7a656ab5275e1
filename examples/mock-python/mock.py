"""A mock of the Active-Active task API, in memory. `python3 serve.py` serves it."""

import re
import time
import uuid
from base64 import b64encode
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote, urlsplit

from control import ENDED, control

LOGIN = b64encode(b"mock@example:no-secret").decode()
STATUS = {"running": "started", "committing": "started"}  # the other phases have the name of their status


class Tasks(dict):
    def find(self, id):
        task = self.get(id)
        expired = task and task.phase in ENDED and time.monotonic() - task.ended + task.aged >= task.ttl
        return None if expired else task

    def create(self, id, phase, ttl, cancel_fails):
        guid = str(uuid.uuid4())
        ttl = 500 if ttl is None else ttl
        self[id] = SimpleNamespace(id=id, guid=guid, ttl=ttl, cancel_fails=cancel_fails, aged=0)
        self.move(id, phase)
        return guid

    def move(self, id, phase):
        vars(self[id]).update(phase=phase, ended=time.monotonic())

    def age(self, id, seconds):
        self[id].aged += seconds

    def remove(self, id):
        self.pop(id, None)


def shown(task):
    return {"id": task.id, "crdb_guid": task.guid, "status": STATUS.get(task.phase, task.phase)}


def answer(tasks, method, target, headers, text):
    """Returns a status and a body, or None. `target` is the path with its query, as it was sent."""
    scheme, _, login = (headers["Authorization"] or "").partition(" ")
    if scheme.lower() != "basic" or login != LOGIN:
        return 401, None
    path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
    if path.startswith("/_control/v1"):
        return control(tasks, method, path.removeprefix("/_control/v1"), text)
    if (method, path) == ("GET", "/v1/crdb_tasks"):
        return 200, [shown(task) for task in map(tasks.find, list(tasks)) if task]
    one = re.fullmatch(r"/v1/crdb_tasks/([^/]+)(/actions/cancel)?", path)
    task = tasks.find(unquote(one[1])) if one else None
    if not task or method != ("POST" if one[2] else "GET"):
        return 404, None
    if one[2]:
        return cancel(tasks, task, query.get("force") == ["true"])
    if re.fullmatch(r"\d+", headers["X-Result-TTL"] or ""):
        task.ttl = int(headers["X-Result-TTL"])
    return 200, {**shown(task), **({"operation": "update"} if query.get("verbose") == ["true"] else {})}


def cancel(tasks, task, force):
    if task.phase in ENDED or (task.phase == "committing" and not force):
        return 406, None
    if task.cancel_fails:
        return 409, None
    tasks.move(task.id, "failed")
    return 200, {}
