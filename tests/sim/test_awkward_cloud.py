"""A whole deployment on a cloud that is as awkward as can be: applied, stable, destroyed, gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.faults import Rule
from gwlbfw.sim.latency import profile
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from tests.scenarios.testbed import Testbed, example

pytestmark = pytest.mark.scenario


@contextmanager
def _served(folder: Path, settings: Settings, *rules: Rule) -> Iterator[Testbed]:
    clock = TurnedClock()
    simulator = Simulator(settings=settings, clock=clock, faults=rules)

    async def sleep(seconds: float) -> None:
        clock.advance(seconds)

    with Server(simulator, sleep=sleep) as server:
        yield Testbed(simulator, clock, server.url, folder)
    simulator.close()


AWKWARD = {
    "every call throttled once": (Settings(), [Rule("throttle", first=1, per="call")]),
    "every call throttled once, with a time to wait": (
        Settings(),
        [Rule("throttle", first=1, per="call", retry_after_ms=300)],
    ),
    "every reply lost once": (Settings(), [Rule("lose_reply", first=1, per="call")]),
    "every connection reset once": (Settings(), [Rule("reset", first=1, per="call")]),
    "every tenth call unavailable": (Settings(), [Rule("error", every=10)]),
    "pending ten times longer": (Settings(transition=0.5), []),
    "times as in the cloud": (Settings(latency=profile("realistic")), []),
    "unknown parameters refused": (Settings(strict=True), []),
}


@pytest.mark.parametrize("name", AWKWARD)
def test_deployment_survives_an_awkward_cloud(tmp_path: Path, name: str) -> None:
    settings, rules = AWKWARD[name]
    with _served(tmp_path, settings, *rules) as testbed:
        stack = testbed.stack(example("ulanqab"))
        stack.apply()
        assert stack.changes() == {}
        stack.destroy()
        assert testbed.resources == {}
        assert all(hits for _, hits in testbed.simulator.faults.hits())
