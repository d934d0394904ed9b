"""A simulated cloud over HTTP, and the vendor's typed clients that talk to it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_gwlb20240415.client import Client as GwlbClient
from alibabacloud_privatelink20200415.client import Client as PrivatelinkClient
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config
from alibabacloud_vpc20160428.client import Client as VpcClient

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator

PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
TRANSITION = 1.0
"""Seconds that a status lasts in these tests, on a clock that only they turn."""


@dataclass(frozen=True)
class Cloud:
    """A simulator, its clock, its URL, and clients."""

    simulator: Simulator
    clock: TurnedClock
    url: str

    def config(self, key: str = "test-key", secret: str = "-", **more: Any) -> Config:  # noqa: S107
        """A client configuration for this simulator."""
        return Config(
            endpoint=self.url.removeprefix("http://"),
            protocol="http",
            region_id="cn-wulanchabu",
            access_key_id=key,
            access_key_secret=secret,
            **more,
        )

    def vpc(self, **config: Any) -> Any:
        return VpcClient(self.config(**config))

    def gwlb(self, **config: Any) -> Any:
        return GwlbClient(self.config(**config))

    def privatelink(self, **config: Any) -> Any:
        return PrivatelinkClient(self.config(**config))

    def ecs(self, **config: Any) -> Any:
        return EcsClient(self.config(**config))

    @staticmethod
    def refused(call: Any, request: Any) -> tuple[int, str]:
        """HTTP status and code with which a call is refused."""
        with pytest.raises(AlibabaCloudException) as caught:
            call(request)
        return caught.value.status_code, caught.value.code

    @staticmethod
    def body(reply: Any) -> Any:
        """A reply's body as plain data, without the request id."""
        plain = json.loads(json.dumps(reply.body.to_map()))
        plain.pop("RequestId")
        return plain

    def settle(self, seconds: float = 60 * TRANSITION) -> None:
        """Let all that is under way come to its end."""
        self.clock.advance(seconds)


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
