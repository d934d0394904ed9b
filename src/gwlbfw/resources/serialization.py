"""Resources and nodes as JSON and back, as plans and records keep them."""

from collections.abc import Mapping
from typing import Any, cast

from pydantic import ValidationError

from gwlbfw.address import Address
from gwlbfw.cloud.call import Json
from gwlbfw.resources.graph import Node
from gwlbfw.resources.resource import Resource, kinds


def properties(resource: Resource) -> dict[str, Json]:
    """The properties that have a value."""
    return cast("dict[str, Json]", resource.model_dump(mode="json", exclude_none=True))


def encode_node(node: Node) -> dict[str, Json]:
    """A node, with the fields that say more than nothing."""
    plain: dict[str, Json] = {
        "owned": node.owned,
        "id": node.id,
        "account": node.account,
        "protect": node.protect,
        "adopt": node.adopt,
    }
    return {"properties": properties(node.resource), **{k: v for k, v in plain.items() if v}}


def decode_node(address: Address, value: Any) -> Node:  # noqa: ANN401 - JSON from a file
    """The node that `encode_node` made this of. Raises ValueError where it is no such thing."""
    if not isinstance(value, Mapping):
        raise ValueError(f"{address} is no object")  # noqa: TRY004 - wrong text, not wrong type
    return Node(
        decode(address, value.get("properties")),
        owned=value.get("owned") is True,
        id=str(value.get("id") or ""),
        account=str(value.get("account") or ""),
        protect=value.get("protect") is True,
        adopt=value.get("adopt") is True,
    )


def decode(address: Address, value: Any) -> Resource:  # noqa: ANN401 - JSON from a file
    """The resource with these properties. Raises ValueError where there is no such kind."""
    kind = kinds().get(address.kind)
    if kind is None:
        raise ValueError(f"there is no kind `{address.kind}`")
    try:
        return kind.model_validate(value)
    except ValidationError as problem:
        raise ValueError(f"{address}: {problem.error_count()} wrong properties") from problem
