"""A fault at one call of a command, or at many; and the outcome.

Everything is in this process: the simulator behind HTTP, and a clock that the tool's waits turn.
"""

import asyncio
import hashlib
import json
import re
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import yaml

from gwlbfw.cloud.error_codes import cloud_error
from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.errors import CloudError, GwlbfwError, TransportError
from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.faults import Faults, Rule
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from tests.scenarios.dump import Dump, dump
from tests.scenarios.testbed import Content, Recorder, Testbed
from tests.sweep.command_fixture import Document, prepare

Verb = Literal["apply", "destroy"]
Watch = Callable[[Transport], Transport]
VERBS: tuple[Verb, ...] = ("apply", "destroy")
START = 1_760_000_000.0
LATER = START + 86_400
"""When a command begins after an apply: nothing is new then."""
_READS = ("Describe", "List", "Get", "Check")
BUSY: Mapping[str, Sequence[tuple[str, int]]] = {
    "vpc": (
        *(("TaskConflict", 400), ("OperationConflict", 400), ("IncorrectStatus.Vpc", 400)),
        *(("LastTokenProcessing", 400), ("IncorrectRouteEntryStatus", 400), ("SystemBusy", 400)),
        *(("IncorrectVSwitchStatus", 400), ("IncorrectStatus.RouteTableStatus", 409)),
    ),
    "ecs": (
        *(("OperationConflict", 400), ("LastTokenProcessing", 400), ("InternalError", 500)),
        *(("IncorrectInstanceStatus", 403), ("InvalidOperation.Conflict", 403)),
    ),
    "gwlb": (
        *(("IncorrectStatus.LoadBalancer", 400), ("IncorrectStatus.serverGroup", 400)),
        *(("SystemBusy", 400), ("OperationConflict", 409), ("Conflict.Lock", 409)),
    ),
    "privatelink": (
        *(("ConcurrentCallNotSupported", 400), ("EndpointLocked", 400)),
        *(("EndpointServiceLocked", 400), ("EndpointConnectionOperationDenied", 400)),
        *(("EndpointOperationDenied", 400), ("EndpointServiceOperationDenied", 400)),
    ),
}
"""What the products say while something else is under way."""


def changes(name: str) -> bool:
    """Whether an action, such as `vpc:CreateVpc`, changes anything."""
    return not name.partition(":")[2].startswith(_READS)


@dataclass(frozen=True)
class CallPoint:
    """One call of a command: the n-th of an action."""

    name: str
    nth: int
    number: int
    """Its number among all points."""


@dataclass(frozen=True)
class Fault:
    """What befalls a run: rules of the simulator, a transport between, lists that lag."""

    rules: tuple[Rule, ...] = ()
    watch: Watch = lambda inner: inner
    lag: float = 0.0
    seed: str = "gwlbfw"


@dataclass
class FaultyTransport:
    """Strikes the n-th call of an action on its way."""

    inner: Transport
    point: CallPoint
    hit: bool = False
    _seen: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, call: BoundCall) -> Reply:
        with self._lock:
            self._seen += call.name == self.point.name
            here = not self.hit and self._seen == self.point.nth
            self.hit = self.hit or here
        return self.fail(call) if here else self.pass_on(call)

    def fail(self, call: BoundCall) -> Reply:
        raise NotImplementedError

    def pass_on(self, call: BoundCall) -> Reply:
        return self.inner.send(call)


@dataclass
class LateDelivery(FaultyTransport):
    """Nobody answers in time; the call arrives after it was sent again and answered."""

    held: BoundCall | None = None

    def fail(self, call: BoundCall) -> Reply:
        self.held = call
        raise TransportError(call.name, "somewhere", "no answer in time")

    def pass_on(self, call: BoundCall) -> Reply:
        if call != self.held:
            return self.inner.send(call)
        late, self.held = self.held, None
        try:
            return self.inner.send(call)
        finally:
            with suppress(CloudError):  # nobody waits for this answer any more
                self.inner.send(late)


@dataclass
class FailureAfterTheWork(FaultyTransport):
    """The call is carried out, and the answer is that the server failed."""

    def fail(self, call: BoundCall) -> Reply:
        self.inner.send(call)
        raise cloud_error(call.name, "InternalError", "The request has failed.", status=500)


def _by_rule(**how: Any) -> Callable[[CallPoint], Fault]:
    return lambda point: Fault((Rule(match=point.name, nth=point.nth, **how),))


def _busy(point: CallPoint) -> Fault:
    codes = BUSY[point.name.partition(":")[0]]
    code, status = codes[point.number % len(codes)]
    return _by_rule(effect="error", code=code, status=status)(point)


def _unlisted(point: CallPoint) -> Fault:
    return replace(_by_rule(effect="lose_reply")(point), lag=LAG_S)


LAG_S = 0.9
"""Somewhat less than a list is given on a loopback: the manual clock runs while calls are made."""
FAULTS: Mapping[str, Callable[[CallPoint], Fault]] = {
    "throttled": _by_rule(effect="throttle", retry_after_ms=300),
    "unavailable": _by_rule(effect="error"),
    "failed": _by_rule(effect="error", code="InternalError", status=500),
    "failed-after-the-work": lambda point: Fault(
        watch=lambda inner: FailureAfterTheWork(inner, point)
    ),
    "late": lambda point: Fault(watch=lambda inner: LateDelivery(inner, point)),
    "reset": _by_rule(effect="reset"),
    "lost": _by_rule(effect="lose_reply"),
    "busy": _busy,
    "lost-and-not-listed": _unlisted,
}
"""What may befall one call."""
CHANGES_ONLY = ("failed-after-the-work", "busy", "lost-and-not-listed")
"""Those that mean nothing for a call that changes nothing."""


def storm(number: int) -> Fault:
    """A fifth of all calls fail, each in one of five ways; for odd numbers lists lag too."""
    share = 1 - 0.8**0.2
    rules = [
        Rule("throttle", share=share, retry_after_ms=100),
        Rule("error", share=share / 2),
        Rule("error", share=share / 2, code="InternalError", status=500),
        Rule("reset", share=share),
        Rule("lose_reply", share=share),
        *(
            Rule("error", f"{product}:*", share=share / len(codes), code=code, status=status)
            for product, codes in BUSY.items()
            for code, status in codes
        ),
    ]
    return Fault(tuple(rules), lag=LAG_S if number % 2 else 0.0, seed=f"storm {number}")


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run."""

    problems: Sequence[str]
    """Empty if everything is as it must be."""
    struck: int
    """How many calls something befell."""
    calls: int
    runs: int


@dataclass
class FaultFixture:
    """One topology, and the cloud before it is applied and after."""

    name: str
    folder: Path
    server: Server
    content: Content
    before: Document
    state: Path | None = None
    """What the tool remembers of an earlier apply."""
    deployed: Document = field(default_factory=dict)
    deployed_contents: Sequence[str] = ()
    """What is in the cloud after an apply that nothing befell, up to ids."""
    calls: dict[Verb, Mapping[str, int]] = field(default_factory=dict)
    """How often each command calls each action if nothing befalls it."""

    @property
    def deployed_state(self) -> Path:
        """What the tool remembers after an apply that nothing befell."""
        return self.folder / "kept"

    def record_apply(self) -> None:
        """Apply once with nothing happening."""
        testbed = self.testbed(self.before, self.state)
        self.calls["apply"] = self._count(testbed, "apply")
        self.deployed = testbed.simulator.export()
        shutil.copytree(testbed.state, self.deployed_state)
        self.deployed_contents = canonical_form(dump(testbed), self.before)

    def record_destroy(self) -> None:
        """Destroy once with nothing happening."""
        self.calls["destroy"] = self._count(
            self.testbed(self.deployed, self.deployed_state), "destroy"
        )

    def with_edit(self, name: str, edit: Callable[[Content], object]) -> "FaultFixture":
        """The same once it is applied, with an edit of the topology to be applied."""
        content = deepcopy(self.content)
        edit(content)
        folder = self.folder / name
        folder.mkdir()
        made = FaultFixture(name, folder, self.server, content, self.deployed, self.deployed_state)
        made.record_apply()
        return made

    def _count(self, testbed: Testbed, verb: Verb) -> Mapping[str, int]:
        recorders: list[Recorder] = []

        def watch(inner: Transport) -> Transport:
            recorders.append(Recorder(inner))
            return recorders[-1]

        said = self.command(testbed, verb, watch)
        assert not said, said
        return Counter(call.name for call, _ in recorders[0].calls)

    def points(self, verb: Verb, fault: str) -> list[CallPoint]:
        """Every call that a fault can befall."""
        named = [
            (name, nth)
            for name, count in sorted(self.calls[verb].items())
            for nth in range(1, count + 1)
            if changes(name) or fault not in CHANGES_ONLY
        ]
        return [CallPoint(name, nth, number) for number, (name, nth) in enumerate(named)]

    def testbed(self, document: Document, state: Path | None = None, lag: float = 0.0) -> Testbed:
        """A cloud with these contents, and the tool's state that goes with it."""
        clock = TurnedClock(LATER if state else START)
        self.server.simulator.close()
        self.server.simulator = simulator = Simulator(None, Settings(list_lag=lag), clock)
        simulator.load(document)
        made = Testbed(simulator, clock, self.server.url, self.folder)
        made.forget()
        if state is not None:
            shutil.copytree(state, made.state)
        return made

    def command(self, testbed: Testbed, verb: Verb, watch: Watch = lambda inner: inner) -> str:
        """Run a command as the command line does; why it failed, or nothing."""
        deployment = testbed.stack(self.content, watch)
        stack = deployment.stack
        try:
            with stack.locked(verb) as lock:
                destroy = verb == "destroy"
                observation = stack.sync.observe(lock=lock, destroy=destroy)
                plan = stack.sync.plan(observation, destroy=destroy)
                work = stack.apply(
                    plan,
                    observation=observation,
                    # An edit may take a server away that has a public address.
                    accept_uninspected=self.state is not None,
                    allow_traffic_loss=self.state is not None,
                )
                report = asyncio.run(work)
        except GwlbfwError as problem:
            return f"{type(problem).__name__}: {problem}"
        finally:
            deployment.close()
        failed = [f"{each.step.id}: {each.error}" for each in report.failures]
        return "" if report.outcome == "done" else f"{report.outcome}: {'; '.join(failed)}"

    def run_with_fault(
        self, verb: Verb, fault: Fault, *, runs: int = 1, patience: float = 60.0
    ) -> Outcome:
        """Run a command to which this happens, again if it fails and may; the outcome."""
        fresh = verb == "apply"
        document, state = (
            (self.before, self.state) if fresh else (self.deployed, self.deployed_state)
        )
        testbed = self.testbed(document, state, fault.lag)
        begun, simulator = testbed.clock.now(), testbed.simulator
        simulator.faults = Faults(fault.rules, fault.seed)
        watched: list[Transport] = []

        def watch(inner: Transport) -> Transport:
            watched.append(fault.watch(inner))
            return watched[-1]

        number, said = 0, "not run"
        while said and number < runs:
            number += 1
            said = self.command(testbed, verb, watch)
        struck = sum(hits for _, hits in simulator.faults.hits())
        struck += sum(each.hit for each in watched if isinstance(each, FaultyTransport))
        simulator.faults.clear()
        calls = len(simulator.activity.entries())
        problems = [said] if said else []
        if (took := testbed.clock.now() - begun) > patience * number:
            problems.append(f"it took {took:.0f} s")
        problems += self.unfinished(testbed) if fresh else self.leftovers(testbed)
        return Outcome(problems, struck, calls, number)

    def unfinished(self, testbed: Testbed) -> Iterator[str]:
        """What is not as after an apply that nothing befell."""
        deployment = testbed.stack(self.content)
        try:
            if left := deployment.changes():
                yield f"still to do: {left}"
        except GwlbfwError as problem:
            yield f"no plan: {problem}"
        finally:
            deployment.close()
        found = canonical_form(dump(testbed), self.before)
        yield from difference(self.deployed_contents, found)

    def leftovers(self, testbed: Testbed) -> Iterator[str]:
        """What is not as it was found."""
        found = dump(testbed)
        wanted = dump(self.testbed(self.before))
        for key in sorted(found.keys() | wanted.keys()):
            if found.get(key) != wanted.get(key):
                yield f"not as found: {key}: {found.get(key)} instead of {wanted.get(key)}"


@contextmanager
def fault_fixture(name: str, folder: Path) -> Iterator[FaultFixture]:
    """The fixture of a topology, with its commands recorded."""
    before = prepare(name, folder)
    content = yaml.safe_load((folder / "topology.yaml").read_text(encoding="utf-8"))
    with Server(Simulator(None, Settings(), TurnedClock(START))) as server:
        made = FaultFixture(name, folder, server, content, before)
        made.record_apply()
        made.record_destroy()
        yield made


_ID = re.compile(r"\b[a-z][a-z0-9]*-[a-z0-9]{20}\b")
_DRAWN = re.compile(
    r"\d+\.\d+\.\d+\.\d+(?![/\d])|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|\d{4}-\d\d-\d\dT[\d:]+Z"
    r"|iZ[a-z0-9]{20}Z|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
"""Addresses, instants, host names, serial numbers: they follow from when and in which order things
are made."""


def canonical_form(found: Dump, before: Document) -> Sequence[str]:
    """What is in a cloud up to ids: each thing as text, with what it refers to in its place.

    Things are told apart by what they are, then by what those are that they refer to, and so on.
    """
    known = set(_ID.findall(json.dumps(before)))
    texts = {key: _DRAWN.sub("…", _sorted(each)) for key, each in found.items()}
    names = dict.fromkeys(found, "") | {each: each for each in known}
    for _ in range(5):
        told = {key: _named(text, names) for key, text in texts.items()}
        digests = {k: hashlib.sha256(t.encode()).hexdigest() for k, t in told.items()}
        names |= {key: digest for key, digest in digests.items() if key not in known}
    return sorted(
        _named(text, {each: each for each in known}) + names[key] for key, text in texts.items()
    )


def _named(text: str, names: Mapping[str, str]) -> str:
    named = _ID.sub(lambda found: names.get(found[0], "id"), text)
    return _sorted(json.loads(named))


def _sorted(value: Any) -> str:
    """The value as JSON; the order of a list means nothing."""
    if isinstance(value, Mapping):
        return (
            "{" + ",".join(f"{json.dumps(k)}:{_sorted(v)}" for k, v in sorted(value.items())) + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(sorted(map(_sorted, value))) + "]"
    return json.dumps(value)


def difference(wanted: Sequence[str], found: Sequence[str]) -> Iterator[str]:
    """The things in which two clouds in canonical form differ."""
    more, less = Counter(found) - Counter(wanted), Counter(wanted) - Counter(found)
    yield from (f"too much: {each}" for each in sorted(more.elements()))
    yield from (f"absent or other: {each}" for each in sorted(less.elements()))
