"""Objects as listings answer them, made by hand."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gwlbfw.address import Address
from gwlbfw.cloud.call import Json, Raw
from gwlbfw.discovery.listing import Snapshot
from gwlbfw.discovery.scope import Scope
from gwlbfw.moves import Move, Moves
from gwlbfw.resources.resource import Found, kinds
from gwlbfw.resources.tags import ADDRESS_TAG, STACK_TAG

STACK = "demo"
SCOPE = Scope(STACK, frozenset({""}), "", named={})


def scope(
    named: Mapping[str, str] | None = None,
    recorded: Mapping[str, str] | None = None,
    *,
    owned: frozenset[str] = frozenset(),
    moved: Mapping[str, str] | None = None,
) -> Scope:
    """The scope of the stack with the ids that its file and its state name."""
    return replace(
        SCOPE,
        named=_addresses(named),
        recorded=_addresses(recorded),
        owned=frozenset(map(Address, owned)),
        moves=Moves(tuple(Move(Address(a), Address(b)) for a, b in (moved or {}).items())),
    )


def _addresses(found: Mapping[str, str] | None) -> dict[str, Address]:
    return {cloud_id: Address(at) for cloud_id, at in (found or {}).items()}


def snapshot(*things: tuple[str, Found]) -> Snapshot:
    """The listed objects by kind."""
    return {kind: [found for each, found in things if each == kind] for kind in kinds()}


def listed_object(
    kind: str, cloud_id: str, at: str = "", *, parent: str = "", **fields: Json
) -> tuple[str, Found]:
    """One object as listed; with `at` it has the stack's tags for this address."""
    raw: dict[str, Json] = {**fields}
    if kinds()[kind].id_field:
        raw[kinds()[kind].id_field] = cloud_id
    if at:
        raw |= dict(tags({STACK_TAG: STACK, ADDRESS_TAG: at}, kind))
    return kind, Found(raw, "", parent)


def tags(values: Mapping[str, str], kind: str) -> Iterator[tuple[str, Json]]:
    """Tags in the form of the kind."""
    form = kinds()[kind].tag_form
    rows: list[Json] = [{form.key: k, form.value: v} for k, v in values.items()]
    yield "Tags", {"Tag": rows} if form.path == "Tags.Tag" else rows


def vswitch(
    cloud_id: str, at: str = "", *, table: str = "", vpc: str = "vpc-1", **fields: Json
) -> tuple[str, Found]:
    """A vSwitch, on the system table unless a custom one is given."""
    used: Raw = {
        "RouteTableType": "Custom" if table else "System",
        "RouteTableId": table or "vtb-system",
    }
    kind, found = listed_object("vswitch", cloud_id, at, VpcId=vpc, RouteTable=used)
    assumed: dict[str, Json] = {"ZoneId": "zone-b", "CidrBlock": "192.168.1.0/24"}
    return kind, replace(found, raw={**found.raw, **assumed, **fields})
