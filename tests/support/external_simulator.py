"""The same tests with the simulator in another process: `gwlbfw sim serve`, as users start it.

With GWLBFW_SIM_EXTERNAL=1 every simulator of a test is such a process of its own. What a test asks
of it (its clock, faults, calls, contents) goes through the paths below `/-/`.
"""

import http.client
import json
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from gwlbfw.sim import clock as clocks
from gwlbfw.sim import latency, server, simulator
from gwlbfw.sim.activity import Entry
from gwlbfw.sim.faults import Rule
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.wire import HttpReply, HttpRequest

SERVE = (sys.executable, "-c", "from gwlbfw.cli.app import main; main()", "sim", "serve")
InternalSimulator = simulator.Simulator
_OPTIONS = {"region": "--region", "transition": "--transition", "seed": "--seed",
            "list_lag": "--list-lag", "activity_file": "--activity"}  # fmt: skip
"""Settings that are options of the command, as they are."""
_A_YEAR_S = 365 * 86_400.0


class ExternalSimulator:
    """A simulator in another process, with the face of one in this process."""

    def __init__(
        self,
        folder: Path | None = None,
        settings: Settings | None = None,
        clock: clocks.Clock | None = None,
        faults: Sequence[Rule] = (),
    ) -> None:
        self.settings = settings or Settings()
        own = None if folder else Path(tempfile.mkdtemp())
        words = [*SERVE, "--data", str(folder or own)]
        standing = isinstance(clock, clocks.TurnedClock)
        words += ["--clock", "standing" if standing else "running", *_options(self.settings)]
        self._process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip().partition("=")[2]
        # A test need not close what it holds: then the process ends with the simulator.
        self._end = weakref.finalize(self, _ended, self._process, own)
        self.clock = _shared_clock(clock or clocks.RealClock(), self)
        self.faults = _Faults(self)
        self.activity = _Activity(self)
        self.faults.add(*faults)

    def handle(self, http: HttpRequest) -> HttpReply:
        """Send a call, and give what is answered."""
        query = f"{http.path}?{http.query}" if http.query else http.path
        return self._sent(http.method, query, http.body, http.headers)

    def status(self, region: str | None = None) -> simulator.Status:
        query = f"?{urlencode({'region': region})}" if region else ""
        return simulator.Status(self.control("GET", f"status{query}")["resources"])

    def reset(self) -> None:
        self.control("POST", "reset")

    def export(self) -> dict[str, Any]:
        return self.control("GET", "state")

    def load(self, document: object) -> None:
        self.control("PUT", "state", document)

    @property
    def state(self) -> Iterator[Any]:
        """The records there are."""
        copy = InternalSimulator(clock=clocks.TurnedClock(self.control("GET", "clock")["now"]))
        copy.load(self.export())
        yield from copy.state

    def close(self) -> None:
        """End the process."""
        self._end()

    def control(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """What one of the simulator's own paths answers."""
        content = json.dumps(body).encode() if body is not None else b""
        reply = self._sent(method, f"/-/{path}", content, {"X-Gwlbfw-Control": "test"})
        answer: dict[str, Any] = json.loads(reply.body)
        assert "error" not in answer, answer
        return answer

    def _sent(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> HttpReply:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc)
        try:
            connection.request(method, path, body, dict(headers or {}))
            reply = connection.getresponse()
            return HttpReply(reply.status, reply.read())
        finally:
            connection.close()


def _ended(process: "subprocess.Popen[str]", own: Path | None) -> None:
    process.terminate()
    process.communicate()
    if own is not None:
        shutil.rmtree(own)


class _Faults:
    def __init__(self, external: ExternalSimulator) -> None:
        self._external = external

    def add(self, *rules: Rule) -> None:
        self._external.control("POST", "faults", [asdict(rule) for rule in rules])

    def clear(self) -> None:
        self._external.control("DELETE", "faults")

    def hits(self) -> list[tuple[Rule, int]]:
        found = self._external.control("GET", "faults")["rules"]
        return [(Rule(**{k: v for k, v in e.items() if k != "hits"}), e["hits"]) for e in found]


class _Activity:
    def __init__(self, external: ExternalSimulator) -> None:
        self._external = external

    def entries(self, last: int | None = None) -> list[Entry]:
        query = f"?last={last}" if last is not None else ""
        return [
            Entry(**each) for each in self._external.control("GET", f"activity{query}")["calls"]
        ]


class ExternalServer:
    """The server of a simulator that serves itself."""

    def __init__(self, external: ExternalSimulator) -> None:
        self.simulator = external
        self.url = external.url

    def start(self) -> str:
        return self.url

    def stop(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def _options(settings: Settings) -> Iterator[str]:
    """The words that ask for these settings; what has none must be as it is by default."""
    usual = Settings()
    for name, option in _OPTIONS.items():
        if (value := getattr(settings, name)) != getattr(usual, name):
            yield from (option, str(value))
    for key, secret in settings.credentials.items():
        yield from ("--credentials", f"{key}:{secret}")
    if settings.strict:
        yield "--strict"
    if settings.latency is not None:
        named = {make(): name for name, make in latency.PROFILES.items()}
        yield from ("--latency", named[settings.latency])
    without = ("account", "commands", "endpoints_in_gateway_tables", "geneve_is_probed")
    for name in (*without, "privatelink_open"):
        assert getattr(settings, name) == getattr(usual, name), f"{name} has no option"


def _shared_clock(clock: clocks.Clock, external: ExternalSimulator) -> clocks.Clock:
    """The clock, which puts the other process's forward along with itself.

    One that starts later than usual finds the other as much later.
    """
    own, there = clock.advance, weakref.proxy(external)

    def advance(seconds: float) -> None:
        own(seconds)
        there.control("POST", "clock", {"advance": seconds})

    standing = isinstance(clock, clocks.TurnedClock)
    ahead = clock.now() - clocks.TurnedClock().now() if standing else 0.0
    while ahead > 0:
        external.control("POST", "clock", {"advance": min(ahead, _A_YEAR_S)})
        ahead -= _A_YEAR_S
    clock.advance = advance  # type: ignore[method-assign]
    return clock


def install() -> None:
    """Have every module that is imported from now on take simulators in other processes.

    What `--sim` embeds stays in the process of the command, which is what it is for.
    """
    import_module("gwlbfw.sim.server.attach")
    simulator.Simulator = ExternalSimulator  # type: ignore[assignment,misc]
    server.Server = ExternalServer  # type: ignore[assignment,misc]
