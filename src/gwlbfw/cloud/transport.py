"""What carries a call to the cloud: one method, so that tests and other doors can stand in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from gwlbfw.cloud.call import Call, Json, JsonList, Raw, Value


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
    """What the cloud answered, and the id under which its support can find the call."""

    body: Raw
    request_id: str


class Transport(Protocol):
    """Sends one call and waits for its answer; called from many threads at once."""

    def send(self, call: BoundCall) -> Reply:
        """The reply; raises `CloudError` for a refusal, `TransportError` for no usable answer."""
        ...


def bind(call: Call, region: str) -> BoundCall:
    """The call ready to be sent to `region`; a parameter not known yet is a ValueError."""
    params = {name: _known(call, name, value) for name, value in call.params.items()}
    return BoundCall(call.product, call.action, params, call.account or "", region)


def _known(call: Call, name: str, value: Value) -> Json:
    if isinstance(value, str | int):
        return value
    if isinstance(value, JsonList):
        return json.dumps([_known(call, name, each) for each in value.values])
    if isinstance(value, Mapping):
        return {key: _known(call, f"{name}.{key}", each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [_known(call, name, each) for each in value]
    raise ValueError(f"{call.name}: {name} is {value}, which is not known yet")
