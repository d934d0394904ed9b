"""One server for each folder of state: the first process serves, the others attach to it.

The lock on the folder decides. When the process that serves is gone, one of those attached takes
over on the same port, with the state that is on disk, so the URL that clients were given stays.
"""

import http.client
import json
import logging
import os
import resource
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from filelock import FileLock, Timeout

from gwlbfw.sim.clock import Clock
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.faults import Rule
from gwlbfw.sim.fixture import play
from gwlbfw.sim.folder import make_private
from gwlbfw.sim.server.binding import Binding
from gwlbfw.sim.server.control import CONTROL, CONTROL_HEADER
from gwlbfw.sim.server.http import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator, Status

_POLL_S = 0.02
_TIMEOUT_S = 10.0
"""Seconds that the process which holds a folder has to answer."""
FEWEST_FILES = 64
"""The files that a process must be allowed to have open to be client and server of some calls.

With fewer the server can't take connections, which its client takes for a silent network.
"""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _ServerInfo:
    """The file by which the serving process is found: its URL, process id and state."""

    url: str
    pid: int
    state: str


class AttachedSimulator:
    """A simulator that answers at a URL until closed, whichever process serves it."""

    def __init__(
        self,
        folder: Path,
        settings: Settings | None = None,
        clock: Clock | None = None,
        binding: Binding | None = None,
        faults: Sequence[Rule] = (),
    ) -> None:
        self._faults = faults
        self._folder = folder
        self._settings = settings
        self._clock = clock
        self._binding = binding or Binding()
        self._lock = FileLock(folder / "lock", thread_local=False, mode=0o600)
        self._closing = threading.Event()
        self._server: Server | None = None
        self.fixtures_played = False
        """True if the state was empty and now has what the settings' fixtures make."""
        self._watch: threading.Thread | None = None
        self.url = self._serve_or_find()
        """The URL of the simulator."""

    @property
    def serving(self) -> bool:
        """True if this process serves."""
        return self._server is not None

    @property
    def ca_file(self) -> Path:
        """The file with the certificate by which a client trusts the HTTPS of this process.

        Raises SimulatorError where it can't be written, or where another process serves.
        """
        if self._server is None:
            raise SimulatorError(f"Another process serves {self._folder}, at {self.url}")
        return self._server.ca_file

    def status(self, region: str | None = None) -> Status:
        """Number of resources, in one region or in all."""
        query = f"?{urlencode({'region': region})}" if region else ""
        return Status(request_control(self.url, "GET", f"status{query}")["resources"])

    def reset(self) -> None:
        """Remove every record of the simulated cloud."""
        request_control(self.url, "POST", "reset")

    def activity(self, last: int | None = None) -> list[dict[str, Any]]:
        """The calls, oldest first; only the last `last` of them."""
        query = f"?last={last}" if last is not None else ""
        return list(request_control(self.url, "GET", f"activity{query}")["calls"])

    def export(self) -> dict[str, Any]:
        """The whole state as one document of plain data."""
        return request_control(self.url, "GET", "state")

    def load(self, document: object) -> None:
        """Replace the whole state by that of a document which `export` made."""
        request_control(self.url, "PUT", "state", document)

    def close(self) -> None:
        """Stop serving, if this process serves, and release the folder."""
        self._closing.set()
        if self._watch is not None:
            self._watch.join()
        if self._server is not None:
            self._server.stop()
            self._server.simulator.close()
            self._server = None
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve_or_find(self) -> str:
        patience = monotonic() + _TIMEOUT_S
        while monotonic() < patience:
            if self._locked():
                return self._serve(self._binding)
            if (notice := _load_info(self._folder)) is not None and _is_answering(notice):
                _log.info("attached to the simulator of process %d at %s", notice.pid, notice.url)
                self._watch = threading.Thread(
                    target=self._take_over, args=(notice,), name="simulator-watch", daemon=True
                )
                self._watch.start()
                return notice.url
            self._closing.wait(_POLL_S)
        raise SimulatorError(
            f"The simulator's folder {self._folder} is held by another process that does not "
            "answer: end that process, or name another folder"
        )

    def _locked(self) -> bool:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def _serve(self, binding: Binding) -> str:
        """Serve the folder, whose lock is held."""
        try:
            simulator = Simulator(self._folder, self._settings, self._clock, self._faults)
            self.fixtures_played = play(simulator)
            server = Server(simulator, binding)
            url = server.start()
        except SimulatorError:
            self._lock.release()
            raise
        self._server = server
        _save_info(self._folder, _ServerInfo(url, os.getpid(), simulator.state.name))
        return url

    def _take_over(self, notice: _ServerInfo) -> None:
        """Wait until the serving process has ended, then serve, unless another process does."""
        while not self._closing.wait(_POLL_S):
            if self._locked():
                _log.info("process %d no longer serves: taking over", notice.pid)
                try:
                    same = replace(self._binding, port=urlsplit(notice.url).port or 0)
                    self.url = self._serve(same)
                except SimulatorError as problem:
                    _log.warning("can't take over yet: %s", problem)
                else:
                    return


def attach_or_serve(
    folder: Path,
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    binding: Binding | None = None,
    faults: Sequence[Rule] = (),
) -> AttachedSimulator:
    """Serve the state in a folder, or attach to the process that serves it already."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= allowed < FEWEST_FILES:
        raise SimulatorError(
            f"The simulator needs {FEWEST_FILES} open files, and `ulimit -n` allows {allowed}."
        )
    try:
        make_private(folder)
        return AttachedSimulator(folder, settings, clock, binding, faults)
    except OSError as problem:
        raise SimulatorError(f"The simulator's folder {folder} can't be used: {problem}") from (
            problem
        )


def _save_info(folder: Path, notice: _ServerInfo) -> None:
    draft = folder / "server.json.new"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(vars(notice)), encoding="utf-8")
    draft.replace(folder / "server.json")


def _load_info(folder: Path) -> _ServerInfo | None:
    try:
        return _ServerInfo(**json.loads((folder / "server.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _is_answering(notice: _ServerInfo) -> bool:
    try:
        return bool(request_control(notice.url, "GET", "health").get("state") == notice.state)
    except SimulatorError:
        return False


def request_control(url: str, method: str, path: str, body: object = None) -> dict[str, Any]:
    """Send a request to a control path; loopback goes through no proxy."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_TIMEOUT_S)
    try:
        content = json.dumps(body) if body is not None else None
        connection.request(method, CONTROL + path, content, {CONTROL_HEADER: "attach"})
        answer = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise SimulatorError(f"No simulator answers at {url}: {problem}") from problem
    finally:
        connection.close()
    if "error" in answer:
        raise SimulatorError(str(answer["error"]))
    return dict(answer)
