"""A simulated cloud, and the vendor's typed clients that talk to it."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_gwlb20240415.client import Client as GwlbClient
from alibabacloud_privatelink20200415.client import Client as PrivatelinkClient
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config
from alibabacloud_vpc20160428.client import Client as VpcClient

from gwlbfw.openapi import versions
from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.simulator import Simulator
from tests.support.reply_shapes import deviations

TRANSITION = 1.0
"""Seconds that a status lasts in these tests, on a clock that only they advance."""


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
        """A reply's body as plain data, without the request id; whole, as the SDK models it."""
        plain = json.loads(json.dumps(reply.body.to_map()))
        model = type(reply.body)
        product = next(name for name in versions() if name in model.__module__)
        found = deviations(product, model.__name__.removesuffix("ResponseBody"), plain)
        assert not found, found
        plain.pop("RequestId")
        return plain

    def settle(self, seconds: float = 60 * TRANSITION) -> None:
        """Let all that is under way come to its end."""
        self.clock.advance(seconds)
