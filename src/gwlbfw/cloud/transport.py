"""The transport protocol: one method that sends a call, which tests can implement."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gwlbfw.cloud.call import Call, Json, Leaf, Raw, map_value


@dataclass(frozen=True)
class BoundCall:
    """A call ready to be sent: every parameter is known, and so are account and region."""

    product: str
    action: str
    params: Mapping[str, Json] = field(default_factory=dict, repr=False)
    account: str = ""
    region: str = ""

    @property
    def name(self) -> str:
        """Product and action, such as `vpc:CreateVSwitch`."""
        return f"{self.product}:{self.action}"


@dataclass(frozen=True)
class Reply:
    """The cloud's reply, and the id by which its support finds the call."""

    body: Raw
    request_id: str


class Transport(Protocol):
    """Sends one call and waits for its answer; called from many threads at once."""

    def send(self, call: BoundCall) -> Reply:
        """The reply. Raises CloudError for a refusal, TransportError for no usable reply."""
        ...


def bind(call: Call, region: str) -> BoundCall:
    """The call ready to be sent to `region`. Raises ValueError for an unknown parameter."""

    def known(leaf: Leaf) -> str | int:
        if isinstance(leaf, str | int):
            return leaf
        raise ValueError(f"{call.name}: {leaf} is not known yet")

    params = {name: map_value(each, known, json.dumps) for name, each in call.params.items()}
    return BoundCall(call.product, call.action, params, call.account or "", region)
