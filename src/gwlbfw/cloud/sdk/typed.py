# ruff: noqa: ANN401 - the vendor's packages carry no types
"""The vendor's typed request models and client methods, found by the name of the action."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from gwlbfw.cloud.call import Json
from gwlbfw.cloud.sdk.lazy_models import lazy_models
from gwlbfw.cloud.sdk.vendor import vendor_module
from gwlbfw.cloud.transport import BoundCall

PACKAGES = {
    "vpc": "alibabacloud_vpc20160428",
    "gwlb": "alibabacloud_gwlb20240415",
    "privatelink": "alibabacloud_privatelink20200415",
    "ecs": "alibabacloud_ecs20140526",
}


def client_class(product: str) -> Any:
    """The product's typed client."""
    package = PACKAGES[product]
    with lazy_models(package):
        return vendor_module(f"{package}.client").Client


def request_of(call: BoundCall) -> Any | None:
    """The typed request of a call; None where the action takes nothing and the SDK has none.

    The models silently drop a name that they don't know, so what was given is compared with what
    they hold: a loss is a ValueError.
    """
    model = getattr(
        vendor_module(f"{PACKAGES[call.product]}.models"), f"{call.action}Request", None
    )
    given = {name: _plain(value) for name, value in call.params.items() if value is not None}
    request = model().from_map(given) if model else None
    held = _plain(request.to_map()) if request else {}
    if lost := _lost(given, held):
        raise ValueError(f"{call.name} does not take {', '.join(sorted(lost))}")
    return request


def method_of(client: Any, action: str) -> Callable[..., Any]:
    """The client's method for an action, whatever the spelling: `create_ipv_4gateway`."""
    name = _methods(client.__class__).get(f"{action}WithOptions".lower())
    if name is None:
        raise ValueError(f"the SDK has no action {action}")
    return getattr(client, name)  # type: ignore[no-any-return]


@cache
def _methods(client: Any) -> dict[str, str]:
    names = (name for name in dir(client) if name.endswith("_with_options"))
    return {name.replace("_", "").lower(): name for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, str | int):  # as most are; what follows asks for abstract types
        return value
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    return value


def _lost(given: Json, held: Json, path: str = "") -> set[str]:
    """The paths of what was given but is not held, without positions in lists."""
    if isinstance(given, Mapping) and isinstance(held, Mapping):
        return {
            lost
            for name, value in given.items()
            for lost in _lost(value, held.get(name), f"{path}.{name}".lstrip("."))
        }
    if isinstance(given, list) and isinstance(held, list) and len(given) == len(held):
        return {lost for pair in zip(given, held, strict=True) for lost in _lost(*pair, path)}
    return set() if given == held else {path}
