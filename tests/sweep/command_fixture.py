"""What a sweep is about: a simulator that lives on, and the tool in processes that may die."""

import json
import os
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gwlbfw import Cloud, Stack, Topology
from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.simulator import Simulator
from tests.scenarios.conftest import served
from tests.scenarios.dump import dump
from tests.scenarios.existing import brownfield, network
from tests.scenarios.testbed import EXAMPLES, Testbed, example
from tests.support.command_process import CommandProcess
from tests.sweep.kill_proxy import KillProxy, When

PATIENCE_S = 300
Document = Mapping[str, Any]
"""Everything that is in a simulated cloud."""


@dataclass(frozen=True)
class CommandResult:
    """A command that has ended."""

    code: int
    output: str


@dataclass
class CommandFixture:
    """One topology, one cloud, and the tool's own memory of it."""

    name: str
    folder: Path
    sim: str
    """Where the simulator is."""
    kill_proxy: KillProxy
    before: Document
    """The cloud before anything was applied."""
    place: str = "state"
    """Where the tool keeps its memory: a folder, or in a bucket of the same cloud."""
    deployed: Document | None = None
    deployed_contents: Mapping[str, int] | None = None
    calls: dict[str, int] = field(default_factory=dict)
    """How many changing calls each command makes, once that is known."""

    @property
    def state(self) -> Path:
        """The folder of the tool's records."""
        return self.folder / "state"

    def start(self, *words: str) -> CommandProcess:
        """Start the tool as a process of its own, that speaks through the proxy."""
        return CommandProcess(
            (*words, "topology.yaml", "--state", self.place),
            self.folder,
            {**os.environ, "GWLBFW_ENDPOINT_URL": self.kill_proxy.url, "GWLBFW_SIM": ""},
            stderr=subprocess.STDOUT,
        )

    def command(self, *words: str) -> CommandResult:
        """Run the tool to its end, or until it is killed."""
        with self.start(*words) as process:
            self.kill_proxy.victim = process.pid
            said = process.communicate(timeout=PATIENCE_S)[0]
        return CommandResult(process.wait(), said)

    def apply(self) -> CommandResult:
        return self.command("apply", "--auto-approve")

    def destroy(self) -> CommandResult:
        return self.command("destroy", "--auto-approve")

    def to(self, document: Document) -> None:
        """Put the cloud into a state, and remove what the tool remembers."""
        self._control("PUT", "state", json.dumps(document).encode())
        shutil.rmtree(self.state, ignore_errors=True)

    def deploy(self) -> None:
        """The cloud and the tool's memory as they are after an apply that nothing happened to."""
        kept = self.folder / "state-deployed"
        if self.deployed is None:
            self.to(self.before)
            self.kill_proxy.arm(None, "unsent")
            done = self.apply()
            assert done.code == 0, done.output
            self.deployed, self.deployed_contents = self.document(), self.resources()
            shutil.copytree(self.state, kept) if self.state.exists() else kept.mkdir()
        self.to(self.deployed)
        shutil.copytree(kept, self.state)

    def document(self) -> Document:
        """Everything that is in the cloud."""
        found: Document = self._control("GET", "state")
        return found

    def resources(self) -> Mapping[str, int]:
        """How many there are of each kind."""
        found: Mapping[str, int] = self._control("GET", "status")["resources"]
        return found

    def contents(self) -> Any:
        """What is in the cloud, but for what time alone changes."""
        return contents(self.document(), self.folder)

    def remaining_changes(self) -> str:
        """What a plan would still do, and what is told beside it; empty if all is well."""
        told: list[str] = []
        topology = Topology.load(self.folder / "topology.yaml")
        place = self.place if "://" in self.place else self.state
        with Stack(
            topology, Cloud(endpoint_url=self.sim), state=place, on_message=told.append
        ) as stack:
            plan = stack.sync.plan()
            left = [str(each) for each in (stack.fetch_lock(),) if each]
        changes = [f"{c.action} {c.address}" for c in plan.changes if c.action != "no_op"]
        return "\n".join([*told, *changes, *left])

    def _control(self, method: str, path: str, body: bytes | None = None) -> Any:
        url, header = f"{self.sim}/-/{path}", {"X-Gwlbfw-Control": "sweep"}
        request = urllib.request.Request(url, body, header, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as reply:  # noqa: S310
            return json.loads(reply.read())


def contents(document: Document, folder: Path) -> Any:
    """What is in a cloud, but for what time alone changes and what is kept of earlier calls."""
    simulator = Simulator(clock=TurnedClock(2_000_000_000.0))
    simulator.load(document)
    return dump(Testbed(simulator, TurnedClock(2_000_000_000.0), "", folder))


def prepare(name: str, folder: Path) -> Document:
    """Write the topology; the cloud that it is for."""
    with served(folder) as testbed:
        content = example(name) if name != "brownfield" else brownfield(network(testbed))
        testbed.settle()
        document = testbed.simulator.export()
    (folder / "topology.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    shutil.copy(EXAMPLES / "hello-world.sh", folder)
    return document


@contextmanager
def serve_simulator(folder: Path) -> Iterator[str]:
    """`gwlbfw sim serve` for the length of the block; where it is."""
    words = ("sim", "serve", "--data", str(folder / "sim"), "--transition", "0.02")
    with CommandProcess(words, folder, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        said = iter(process.stdout)
        found = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in said)
        try:
            yield next(each[0] for each in found if each)
        finally:
            process.terminate()
            process.communicate()


def kill_command(fixture: CommandFixture, at: int, when: When, verb: str) -> CommandResult | None:
    """Kill a command at a call; what it said, or None where it has fewer calls than that."""
    if at >= fixture.calls.get(verb, at + 1):
        return None
    fixture.kill_proxy.arm(at, when)
    ended = fixture.command(verb, "--auto-approve")
    if not fixture.kill_proxy.killed:
        assert ended.code == 0, ended.output
        fixture.calls[verb] = fixture.kill_proxy.changes
        return None
    assert ended.code == -9, ended.output
    fixture.kill_proxy.arm(None, when)
    return ended
