"""Serves the mock on the loopback address, on $PORT or a free port, and prints its URL."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from mock import Tasks, answer

tasks = Tasks()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # buffered: else the body would wait until the head is acknowledged

    def do_GET(self):
        text = self.rfile.read(int(self.headers["Content-Length"] or 0))
        status, body = answer(tasks, self.command, self.path, self.headers, text)
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="mock"')
        if body is not None:
            self.send_header("Content-Type", "application/json")
        sent = b"" if body is None else json.dumps(body).encode()
        if status != 204:
            self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    do_POST = do_DELETE = do_GET

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # the default of 5 is too few for concurrent requests


server = Server(("127.0.0.1", int(os.environ.get("PORT", "0"))), Handler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
