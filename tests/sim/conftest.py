"""An empty simulated cloud, served over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from tests.sim.cloud import TRANSITION, Cloud
from tests.sim.vpc_calls import Vpcs

PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK sends even loopback calls through a proxy if the environment names one."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def settings() -> Settings:
    """The simulator's settings; a test module may override this fixture."""
    return Settings(transition=TRANSITION)


@pytest.fixture
def cloud(settings: Settings) -> Iterator[Cloud]:
    """An empty cloud in memory."""
    clock = TurnedClock()
    simulator = Simulator(settings=settings, clock=clock)
    with Server(simulator) as server:
        yield Cloud(simulator, clock, server.url)
    simulator.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for state on disk."""
    return tmp_path / "sim"


@pytest.fixture
def vpcs(cloud: Cloud) -> Vpcs:
    """Short forms of the VPC API's calls on an empty cloud."""
    return Vpcs(cloud, cloud.vpc())
