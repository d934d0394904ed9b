"""An empty simulated cloud, as the vendor's SDK sees it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpReply, HttpRequest, read
from tests.sim.cloud import TRANSITION, Cloud
from tests.sim.services.vpc.calls import Vpcs
from tests.sim.typed import invented
from tests.support.direct_connection import connection

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


class Checked(Simulator):
    """A simulator that remembers which fields of its replies the vendor's models don't know."""

    def __init__(self, settings: Settings, clock: TurnedClock) -> None:
        super().__init__(settings=settings, clock=clock)
        self.invented: set[str] = set()

    def handle(self, http: HttpRequest) -> HttpReply:
        reply = super().handle(http)
        if reply.status == 200:
            message = read(http)
            self.invented.update(invented(message.version, message.action, json.loads(reply.body)))
        return reply


@pytest.fixture
def over_http() -> bool:
    """Whether the cloud is behind a port; a test module about what crosses the wire says True."""
    return False


@pytest.fixture
def cloud(settings: Settings, over_http: bool) -> Iterator[Cloud]:
    """An empty cloud in memory; no reply may have a field that the cloud's replies don't have."""
    clock = TurnedClock()
    simulator = Checked(settings, clock)
    with connection(simulator, over_http=over_http) as url:
        yield Cloud(simulator, clock, url)
    simulator.close()
    assert not simulator.invented


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for state on disk."""
    return tmp_path / "sim"


@pytest.fixture
def vpcs(cloud: Cloud) -> Vpcs:
    """Short forms of the VPC API's calls on an empty cloud."""
    return Vpcs(cloud, cloud.vpc())
