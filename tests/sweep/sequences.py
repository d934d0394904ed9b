"""Random sequences of commands: edits of the file, faults, kills, lost records, server kills.

A seed decides everything: which commands there are, what befalls them, and what the file says. At
the end one command that nothing befalls has to bring about what the file asks for.
"""

import random
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from gwlbfw import Stack
from gwlbfw.cloud.clock import ManualClock
from gwlbfw.cloud.error_codes import cloud_error
from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.errors import CloudError, GwlbfwError, TransportError
from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpReply, HttpRequest
from tests.scenarios.dump import Dump, dump
from tests.scenarios.testbed import Content, Deployment, Testbed, WatchedCloud
from tests.support.direct_connection import connected
from tests.sweep.fault_injection import BUSY, LAG_S, canonical_form, changes, difference
from tests.sweep.grounds import EXISTING, NEW, Edits, Ground

Verb = Literal["apply", "destroy"]
When = Literal["before sending", "after sending", "after the reply"]
WHENS: tuple[When, ...] = ("before sending", "after sending", "after the reply")
START = 1_760_000_000.0
PATIENCE_S = 120.0
"""Seconds that a command which nothing befalls may take: nothing that is gone is waited for."""
LISTED_S = 60.0
"""Seconds after which every list shows what was made: a record may be lost then."""
DEATHS = (4, 10, 35)
"""Below which changing call a command dies: edits make few of them, a first apply many."""
SHARE = 0.12
"""The share of calls that a storm strikes."""


# --- what befalls a command ---


class Killed(BaseException):
    """The process is no more."""


@dataclass(frozen=True)
class Command:
    """One command of a sequence, and what befalls it and the tool's memory afterwards."""

    verb: Verb
    edits: Edits
    storm: float = 0.0
    """The share of its calls that fail."""
    dies_at: int | None = None
    """The number of the changing call at which it dies, from 0."""
    dies: When = "before sending"
    pause_s: float = 0.0
    """Seconds between it and the next one."""
    record_lost: bool = False
    server_killed: bool = False

    def __str__(self) -> str:
        told = [self.verb, ", ".join(sorted(self.edits)) or "nothing else"]
        told += [f"dies at {self.dies_at} {self.dies}"] if self.dies_at is not None else []
        told += [f"storm {self.storm}"] if self.storm else []
        told += [name for name in ("record_lost", "server_killed") if getattr(self, name)]
        return "; ".join(told)


@dataclass
class Weather:
    """A transport on which calls fail at random, and at one of which the process dies."""

    inner: Transport
    command: Command
    draw: random.Random
    dead: bool = False
    struck: int = 0
    _sent: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, call: BoundCall) -> Reply:
        with self._lock:
            if self.dead:
                raise Killed
            is_change = changes(call.name) and not call.params.get("DryRun")
            here = is_change and self._sent == self.command.dies_at
            self._sent += is_change
            self.dead = here
            fault = "" if here else self._fault(call)
        if here:
            return self._die(call)
        return self._fail(call, fault) if fault else self.inner.send(call)

    def _die(self, call: BoundCall) -> Reply:
        if self.command.dies == "before sending":
            raise Killed
        reply = self.inner.send(call)
        if self.command.dies == "after sending":
            raise Killed
        return reply

    def _fault(self, call: BoundCall) -> str:
        if self.draw.random() >= self.command.storm:
            return ""
        self.struck += 1
        kinds = ["throttled", "unavailable", "reset", "lost", "failed after the work"]
        return self.draw.choice([*kinds, "busy"] if call.product in BUSY else kinds)

    def _fail(self, call: BoundCall, fault: str) -> Reply:
        if fault in ("lost", "failed after the work"):
            with suppress(CloudError):  # nobody hears the answer
                self.inner.send(call)
        match fault:
            case "throttled":
                raise cloud_error(call.name, "Throttling.User", "slower", retry_after=0.1)
            case "busy":
                code, status = self.draw.choice(BUSY[call.product])
                raise cloud_error(call.name, code, "under way", status=status)
            case "unavailable" | "failed after the work":
                raise cloud_error(call.name, "ServiceUnavailable", "broken", status=503)
            case _:
                raise TransportError(call.name, "somewhere", "the connection was reset")


def commands(draw: random.Random, names: Sequence[str], longest: int) -> Iterator[Command]:
    """The commands of a sequence; the last one is whole, and nothing befalls it.

    Most are what hurts: killed, with an edit in between and back, soon after one another.
    """
    edits: Edits = frozenset()
    earlier: list[Edits] = [edits]
    for _ in range(draw.randint(2, longest)):
        if draw.random() < 0.4:
            edits = draw.choice(earlier)  # back to what was asked for before
        else:
            edits = edits ^ frozenset(draw.sample(names, draw.choice((0, 1, 1, 2))))
        earlier.append(edits)
        dies = draw.random() < 0.8
        yield Command(
            "destroy" if draw.random() < 0.2 else "apply",
            edits,
            draw.choice((0.0, 0.0, 0.0, SHARE)),
            draw.randrange(draw.choice(DEATHS)) if dies else None,
            draw.choice(WHENS),
            draw.choice((0.0, 0.0, 0.0, 1.0, 40.0, 5000.0)),
            record_lost=draw.random() < 0.06,
            server_killed=draw.random() < 0.15,
        )
    yield Command("apply", edits)


# --- the cloud and the tool ---


@dataclass
class Outcome:
    """What became of a sequence."""

    seed: int
    told: list[str] = field(default_factory=list)
    """Its commands, each with what it said."""
    problems: list[str] = field(default_factory=list)
    """Empty if everything is as it must be."""
    killed: int = 0
    struck: int = 0
    longest_s: float = 0.0
    """Simulated seconds of the longest command that nothing befell."""

    def __str__(self) -> str:
        return "\n  ".join([f"seed {self.seed}", *self.told, *self.problems])


@dataclass
class Cloud:
    """A simulated cloud on a disk, whose server may be killed, and the tool's memory of it."""

    folder: Path
    clock: TurnedClock
    settings: Settings
    ground: Ground
    url: str = ""
    simulator: Simulator = field(init=False)
    plain: Content = field(init=False)
    """The content of a file without edits."""
    before: Dump = field(init=False)
    """What is there before anything is applied."""
    counts: Mapping[str, int] = field(init=False)
    """How many of each kind there are then."""

    def __post_init__(self) -> None:
        self.restart()

    def lay(self) -> None:
        """Make what the ground has, and look at it."""
        self.plain = self.ground.lay(self.testbed)
        self.before, self.counts = dump(self.testbed), self.testbed.resources

    def restart(self) -> None:
        """Serve what is on the disk; the server of before has not put anything in order."""
        self.simulator = Simulator(self.folder / "sim", self.settings, self.clock)

    def handle(self, http: HttpRequest) -> HttpReply:
        return self.simulator.handle(http)

    @property
    def testbed(self) -> Testbed:
        return Testbed(self.simulator, self.clock, self.url, self.folder)

    def deployment(
        self, edits: Edits, watch: Callable[[Transport], Transport] = lambda it: it, width: int = 1
    ) -> Deployment:
        """The stack, in a process that begins now."""
        now = datetime.fromtimestamp(self.clock.now(), UTC)
        tool_clock = ManualClock(now, on_sleep=self.clock.advance)
        cloud = WatchedCloud(endpoint_url=self.url, clock=tool_clock, watch=watch)
        bed = self.testbed
        content = bed.topology(self.ground.content(self.plain, edits))
        return Deployment(Stack(content, cloud, state=bed.state, parallelism=width))


@contextmanager
def cloud_in(folder: Path, settings: Settings, ground: Ground) -> Iterator[Cloud]:
    """A cloud with nothing but its ground for the length of the block."""
    folder.mkdir()
    cloud = Cloud(folder, TurnedClock(START), settings, ground)
    with connected(cloud) as cloud.url:
        cloud.lay()
        yield cloud
    cloud.simulator.close()


class Sequences:
    """Sequences in folders below one, which compare with what a fresh apply of a file makes."""

    def __init__(self, folder: Path, names: Sequence[str] = (), longest: int = 6) -> None:
        """Without `names`, with all edits that a ground knows."""
        self._folder, self._names, self._longest = folder, names, longest
        self._fresh: dict[tuple[str, Edits], Contents] = {}

    def run(self, seed: int, *, thorough: bool = True) -> Outcome:
        """Run the sequence of a seed; what became of it.

        Unless it is thorough, resources are only counted, and not destroyed in the end.
        """
        draw = random.Random(f"sequence {seed}")  # noqa: S311 - to be repeated
        ground = EXISTING if seed % 4 == 3 else NEW
        # What others made has the same ids in every cloud, and can be told apart from the rest.
        ids = f"sequence {seed}" if ground is NEW else ground.name
        settings = Settings(list_lag=draw.choice((0.0, LAG_S)), seed=ids)
        width = draw.choice((1, 10))
        names = [each for each in ground.edits if not self._names or each in self._names]
        folder, outcome = self._folder / f"{seed}", Outcome(seed)
        with cloud_in(folder, settings, ground) as cloud:
            planned = list(commands(draw, names, self._longest))
            said = "not run"
            for command in planned:
                said = self._command(cloud, command, draw, width, outcome)
                outcome.told.append(f"{command}: {said or 'done'}")
            if said:
                outcome.problems.append(f"not converged: {said}")
            else:
                outcome.problems += self._differences(cloud, planned[-1].edits, thorough=thorough)
        shutil.rmtree(folder)
        return outcome

    def _command(
        self, cloud: Cloud, command: Command, draw: random.Random, width: int, outcome: Outcome
    ) -> str:
        """Carry out a command and what follows it; why it failed, or nothing."""
        weathers: list[Weather] = []

        def watch(inner: Transport) -> Transport:
            weathers.append(Weather(inner, command, draw))
            return weathers[-1]

        begun = cloud.clock.now()
        deployment = cloud.deployment(command.edits, watch, width)
        try:
            said = carry_out(deployment.stack, command.verb)
        finally:
            deployment.close()
        took = cloud.clock.now() - begun
        if not any(each.dead or each.struck for each in weathers):
            outcome.longest_s = max(outcome.longest_s, took)
            if took > PATIENCE_S:
                outcome.problems.append(f"it took {took:.0f} s: {command}")
        outcome.killed += sum(each.dead for each in weathers)
        outcome.struck += sum(each.struck for each in weathers)
        self._aftermath(cloud, command)
        return said

    def _aftermath(self, cloud: Cloud, command: Command) -> None:
        cloud.clock.advance(command.pause_s)
        if command.server_killed:
            cloud.restart()
        if command.record_lost:
            cloud.clock.advance(LISTED_S)
            cloud.testbed.forget()

    def _differences(self, cloud: Cloud, edits: Edits, *, thorough: bool) -> Iterator[str]:
        """What is not as after one fresh apply of the file; and what a destroy leaves."""
        deployment = cloud.deployment(edits)
        try:
            if left := deployment.changes():
                yield f"still to do: {left}"
            wanted, found = self._fresh_apply(cloud.ground, edits), cloud.testbed.resources
            if found != wanted.resources:
                yield f"{found} instead of {wanted.resources}"
            if not deployment.stack.sync.verify().proven:
                yield "not proven"
            if thorough:
                yield from self._thorough_differences(cloud, deployment, wanted)
        except (GwlbfwError, AssertionError) as problem:
            yield f"{type(problem).__name__}: {problem}"
        finally:
            deployment.close()

    def _thorough_differences(
        self, cloud: Cloud, deployment: Deployment, wanted: "Contents"
    ) -> Iterator[str]:
        if drift := deployment.drift().items:
            yield f"drift: {drift}"
        yield from difference(wanted.canonical, canonical_form(dump(cloud.testbed), cloud.before))
        deployment.destroy(whatever=True)
        left, counts = dump(cloud.testbed), cloud.testbed.resources
        if counts != cloud.counts:
            yield f"left by destroy: {counts} instead of {cloud.counts}"
        for key, was in cloud.before.items():
            if left.get(key) != was:
                yield f"not as it was found: {key}: {was} {left.get(key)}"

    def _fresh_apply(self, ground: Ground, edits: Edits) -> "Contents":
        """What is in a cloud after one apply of the file that nothing befell."""
        key = ground.name, edits
        if key not in self._fresh:
            folder = self._folder / f"fresh-{len(self._fresh)}"
            with cloud_in(folder, Settings(seed=ground.name), ground) as cloud:
                deployment = cloud.deployment(edits)
                deployment.apply(whatever=True)
                deployment.close()
                bed, before = cloud.testbed, cloud.before
                self._fresh[key] = Contents(bed.resources, canonical_form(dump(bed), before))
            shutil.rmtree(folder)
        return self._fresh[key]


@dataclass(frozen=True)
class Contents:
    """What is in a cloud: how many of each kind, and each thing up to ids."""

    resources: Mapping[str, int]
    canonical: Sequence[str]


def carry_out(stack: Stack, verb: Verb) -> str:
    """Run a command as the command line does; why it did not come to its end, or nothing."""
    destroy = verb == "destroy"
    try:
        with stack.locked(verb) as lock:
            observation = stack.sync.observe(lock=lock, destroy=destroy)
            plan = stack.sync.plan(observation, destroy=destroy)
            report = stack.sync.apply(
                plan, observation=observation, accept_uninspected=True, allow_traffic_loss=True
            )
    except GwlbfwError as problem:
        return f"{type(problem).__name__}: {problem}"
    except (Killed, BaseExceptionGroup) as end:
        if not isinstance(end, Killed) and end.split(Killed)[1] is not None:
            raise
        return "killed"
    failed = [f"{each.step.id}: {each.error or each.cause}" for each in report.failures]
    return "" if report.outcome == "done" else f"{report.outcome}: {'; '.join(failed)}"
