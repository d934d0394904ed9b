"""A loopback HTTP server that speaks the APIs' form, answers from a script and remembers."""

import json
import socket
import struct
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """One request as it came over the wire."""

    action: str
    version: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def key(self) -> str:
        """The AccessKey it is signed with."""
        return self.headers["authorization"].partition("Credential=")[2].partition(",")[0]


@dataclass(frozen=True)
class Answer:
    body: Any = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    """Sent as it is in place of a JSON body."""
    raw: bytes | None = None
    """Sent as they are in place of a body."""
    trickle: threading.Event | None = None
    """Sent byte by byte, far apart, until this."""
    chunked: bool = False
    reset: bool = False
    hold: threading.Event | None = None
    """Answered only after this."""


class Server:
    """Answers `{}` with a RequestId to every action, unless told otherwise."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[Request] = []
        self._script: defaultdict[str, list[Answer | Callable[[Request], Answer]]] = defaultdict(
            list
        )

    def on(self, action: str, *answers: Answer | Callable[[Request], Answer]) -> None:
        """Answer an action with these in turn, the last one for ever."""
        self._script[action] = list(answers)

    def refuse(self, action: str, code: str, status: int = 400, **headers: str) -> None:
        """Answer an action with an error for ever."""
        self.on(action, error(code, status, **headers))

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        script = self._script[request.action]
        answer = (script.pop(0) if len(script) > 1 else script[0]) if script else Answer()
        return answer(request) if callable(answer) else answer

    @property
    def actions(self) -> list[str]:
        return [each.action for each in self.requests]


def error(code: str, status: int = 400, **headers: str) -> Answer:
    body = {"Code": code, "Message": f"This is {code}.", "RequestId": "REQ-1", "HostId": "h"}
    return Answer(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


@contextmanager
def serving() -> Iterator[Server]:
    http = _Http(("127.0.0.1", 0), _Handler)
    http.script = Server(f"http://127.0.0.1:{http.server_address[1]}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield http.script
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    script: Server

    def handle_error(self, *_: Any) -> None:
        """Clients that go away are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Http

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.script.answer(
            Request(
                headers["x-acs-action"],
                headers["x-acs-version"],
                dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True)),
                dict(parse_qsl(body.decode(), keep_blank_values=True)),
                headers,
            )
        )
        if answer.hold:
            answer.hold.wait(5)
        if answer.reset:
            self._reset()
        else:
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        body = answer.body
        if isinstance(body, dict):
            body = {"RequestId": "REQ-1", **body}
        payload = answer.raw or (json.dumps(body) if answer.text is None else answer.text).encode()
        self.send_response(answer.status)
        length = {"Content-Length": str(len(payload))}
        if answer.chunked:
            length = {"Transfer-Encoding": "chunked"}
            payload = b"".join(b"1\r\n%c\r\n" % each for each in payload) + b"0\r\n\r\n"
        for name, value in {**length, **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        for at in range(len(payload) if answer.trickle else 0):
            self.wfile.write(payload[at : at + 1])
            self.wfile.flush()
            if answer.trickle and answer.trickle.wait(0.1):
                return
        self.wfile.write(payload)

    def _reset(self) -> None:
        """Close with a TCP reset, without an answer."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nothing on stderr."""
