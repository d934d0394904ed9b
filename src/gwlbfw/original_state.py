"""The original state of what a stack manages and does not own, in tags of its own endpoints.

So a lost state file loses nothing. A tag `gwlbfw:before:r/<path>` has the next hop of the route at
that path as `<type>:<id>`, or `-` where there was none. `a/` is the same for the table of an
association, `e/` for an EIP's instance. After an `@` follow the ids of what it belongs to, so that
these are found when no file names them.
"""

from collections.abc import Iterator

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.layout import Role
from gwlbfw.moves import NO_MOVES, Moves
from gwlbfw.resources import Eip, Route, RouteTableAssociation, Vpc, VSwitch
from gwlbfw.resources.graph import Live, OriginalState
from gwlbfw.resources.resource import Resource, kinds
from gwlbfw.resources.route import DEFAULT
from gwlbfw.resources.tags import BEFORE_TAG, Tags

NOTHING = "-"
_KINDS = {cls.original_state_letter: kind for kind, cls in kinds().items()}
KEY_LENGTH, VALUE_LENGTH, TAGS = 64, 128, 20
"""Limits of PrivateLink's tags (PrivateLink API, TagResources)."""


def tag_key(address: Address) -> str:
    """The key of the tag for a managed resource; short, as the cloud allows 64 characters."""
    letter = kinds()[address.kind].original_state_letter
    return f"{BEFORE_TAG}{letter}/{address.removeprefix(f'{address.kind}.')}"


def _address(key: str) -> Address | None:
    """The address that a tag's key names; None for another tag, or one outside the scheme."""
    letter, _, path = key.removeprefix(BEFORE_TAG).partition("/")
    if not key.startswith(BEFORE_TAG) or not letter or letter not in _KINDS:
        return None
    address = Address.of(_KINDS[letter], path)
    return address if layout.parse(address).vpc else None


def encode(address: Address, was: Resource | None, live: Live) -> str:
    """The original state of a resource (`was`) as the value of a tag."""
    holders = [live.nodes[each].id for each in _holders(address) if each in live.nodes]
    return f"{_encoded(was, live)}@{','.join(holders)}" if holders else _encoded(was, live)


def _encoded(was: Resource | None, live: Live) -> str:
    if isinstance(was, Route):
        return f"{was.next_hop_type}:{_id(was.next_hop, live)}"
    if isinstance(was, RouteTableAssociation):
        return _id(was.table, live)
    if isinstance(was, Eip):
        return _id(was.instance, live) or NOTHING
    return NOTHING


def _holders(address: Address) -> tuple[Address, ...]:
    """The addresses of what a managed resource belongs to."""
    if address.kind == "eip":
        return (address,)
    if address.kind == "route_table_association":
        return (layout.association_subject(address),)
    table = layout.route_table(address)
    at = layout.parse(address)
    if table and at.role is Role.GATEWAY:
        return (table, layout.business_subnet(at.vpc, at.name))
    return (table,) if table else ()


def mentioned_ids(tags: Tags) -> Iterator[tuple[str, Address]]:
    """The ids that an endpoint's tags mention, with the addresses of what they are."""
    for key, value in tags.items():
        address = _address(key)
        ids = value.partition("@")[2]
        if address is not None and ids:
            yield from zip(ids.split(","), _holders(address), strict=False)


def _id(ref: str, live: Live) -> str:
    node = live.nodes.get(Address(ref))
    return node.id if node else ref


def tag_problems(address: Address, tags: dict[str, str]) -> Iterator[Diagnostic]:
    """The tags of an endpoint that the cloud would not take."""
    hint = "shorten the YAML keys, or use fewer tags"
    if len(tags) > TAGS:
        message = (
            f"{address} would need {len(tags)} tags to remember what was there before; "
            f"the cloud allows {TAGS}"
        )
        yield error("memory", message, subject=address, hint=hint)
    for key, value in tags.items():
        if len(key) > KEY_LENGTH or len(value) > VALUE_LENGTH:
            message = f"what was there before does not fit into a tag: `{key}`"
            yield error("memory", message, subject=address, hint=hint)


def from_tags(live: Live, moves: Moves = NO_MOVES) -> OriginalState:
    """The original state that the tags of the stack's endpoints keep, at the addresses of now."""
    original: dict[Address, Resource | None] = {}
    for endpoint, node in live.nodes.items():
        if endpoint.kind != "endpoint" or not node.owned:
            continue
        for key, value in (node.resource.tags or {}).items():
            if (was := _address(key)) is not None:
                address = moves.target(was)
                original[address] = _decode(address, value, live)
    return original


def _decode(address: Address, tag: str, live: Live) -> Resource | None:
    value = tag.partition("@")[0]

    def ref(cloud_id: str) -> Ref[object]:
        return Ref(live.addresses.get(cloud_id, cloud_id))

    if address.kind == "eip":
        node = live.nodes.get(address)
        instance = "" if value == NOTHING else ref(value)
        return node.resource.model_copy(update={"instance": instance}) if node else None
    if value == NOTHING:
        return None
    at = layout.parse(address)
    vpc = Ref[Vpc](layout.business_vpc(at.vpc))
    if address.kind == "route_table_association":
        subject = layout.association_subject(address)
        return RouteTableAssociation(vpc=vpc, table=ref(value), subject=Ref(subject))
    kind, _, hop = value.partition(":")
    return Route(
        vpc=vpc,
        table=Ref(layout.route_table(address) or at.name),
        in_gateway_table=at.role is Role.GATEWAY,
        destination=_destination(address, live),
        next_hop_type=kind,
        next_hop=ref(hop),
    )


def _destination(address: Address, live: Live) -> str:
    at = layout.parse(address)
    if at.role is not Role.GATEWAY:
        return DEFAULT
    node = live.nodes.get(layout.business_subnet(at.vpc, at.name))
    return node.resource.cidr if node and isinstance(node.resource, VSwitch) else ""
