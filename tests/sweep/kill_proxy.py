"""A proxy before the cloud that kills its client at a chosen call."""

import asyncio
import os
import signal
import threading
from types import TracebackType
from typing import Literal, Self

from aiohttp import ClientSession, DummyCookieJar, web
from yarl import URL

When = Literal["unsent", "unanswered", "answered"]
WHENS: tuple[When, ...] = ("unsent", "unanswered", "answered")
"""The call did not arrive; it was carried out without an answer; the answer has arrived."""

_LINE = 1 << 20
_READS = ("Describe", "List", "Get", "Check", "Assume")
_HOPS = ("host", "connection", "transfer-encoding", "content-length", "content-encoding")


class KillProxy:
    """Passes calls on to a server, and kills a process at one of those that change anything."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._over = asyncio.Event()
        self.url = ""
        self.arm(None, "unsent")

    def arm(self, at: int | None, when: When) -> None:
        """Kill whoever is named by `victim` at the `at`-th changing call from now, from 0."""
        self._at, self._when = at, when
        self.victim: int | None = None
        self.killed = ""
        """The action at which it was."""
        self.changes = 0

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        async with ClientSession(auto_decompress=False, cookie_jar=DummyCookieJar()) as session:
            self._session = session
            runner = web.ServerRunner(
                web.Server(self._answer, access_log=None, max_line_size=_LINE, max_field_size=_LINE)
            )
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
            await site.start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            self._ready.set()
            await self._over.wait()
            await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        here = self._is_the_one(request, body)
        if here and self._when == "unsent":
            return self._kill(request)
        url = URL(self._server + request.path_qs, encoded=True)
        headers = {n: v for n, v in request.headers.items() if n.lower() not in _HOPS}
        async with self._session.request(request.method, url, data=body, headers=headers) as reply:
            content = await reply.read()
        if here and self._when == "unanswered":
            return self._kill(request)
        head = {n: v for n, v in reply.headers.items() if n.lower() not in _HOPS}
        response = web.Response(status=reply.status, body=content, headers=head)
        await response.prepare(request)
        await response.write_eof()
        if here:
            self._kill(request)
        return response

    def _is_the_one(self, request: web.BaseRequest, body: bytes) -> bool:
        action = request.headers.get("x-acs-action", "")
        rehearsed = "DryRun=True" in request.query_string or b"DryRun=True" in body
        if not action or action.startswith(_READS) or rehearsed:
            return False
        self.changes += 1
        return self.changes - 1 == self._at

    def _kill(self, request: web.BaseRequest) -> web.Response:
        self.killed = request.headers["x-acs-action"]
        assert self.victim is not None
        os.kill(self.victim, signal.SIGKILL)
        return web.Response(status=500)
