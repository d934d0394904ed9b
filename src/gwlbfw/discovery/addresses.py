"""Addresses of listed objects: by the file, by tag, by the state, or by parent and natural key."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import value_at
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.discovery.listing import Snapshot
from gwlbfw.discovery.scope import Scope
from gwlbfw.errors import PlanError
from gwlbfw.layout import Role
from gwlbfw.original_state import mentioned_ids
from gwlbfw.resources import RouteTable, Vpc, VSwitch
from gwlbfw.resources.resource import Found, Resource, kinds
from gwlbfw.resources.route import DEFAULT
from gwlbfw.resources.tags import ADDRESS_TAG, STACK_TAG, tags_of


class Directory:
    """The `Names` that kinds read with: ids, addresses, and the resources that were read so far."""

    def __init__(self, addresses: Mapping[str, Address]) -> None:
        self.addresses = addresses
        self._read: dict[str, Resource] = {}
        self._subnets: dict[tuple[str, str], Address] = {}

    def ref(self, cloud_id: str) -> Ref[Any]:
        return Ref(self.addresses.get(cloud_id, cloud_id))

    def resource(self, cloud_id: str) -> Resource | None:
        return self._read.get(cloud_id)

    def name(self, cloud_id: str) -> str:
        address = self.addresses.get(cloud_id)
        return layout.parse(address).name if address else cloud_id

    def association(self, subject_id: str) -> Address | None:
        subject = self.addresses.get(subject_id)
        return layout.association(subject) if subject else None

    def route(self, table_id: str, destination: str) -> Address | None:
        """The address of a route of the stack's tables, or of another table's default route."""
        table = self.addresses.get(table_id)
        owner = self._read.get(table_id)
        vpc = owner.vpc if isinstance(owner, RouteTable) else Ref[Vpc]("")
        if table is None:
            key = layout.parse(vpc.address).vpc if vpc.address else ""
            return layout.bystander_route(key, table_id) if key and destination == DEFAULT else None
        subnet = self._subnets.get((vpc, destination))
        at = layout.parse(table)
        if at.role is Role.GATEWAY and subnet and layout.is_business_subnet(subnet):
            return layout.gateway_route(at.vpc, layout.parse(subnet).name)
        return layout.route(table, destination)

    def learn(self, cloud_id: str, resource: Resource) -> None:
        """Keep what was read, for the kinds that come after it."""
        self._read[cloud_id] = resource
        if isinstance(resource, VSwitch) and cloud_id in self.addresses:
            self._subnets[resource.vpc, resource.cidr] = self.addresses[cloud_id]


def addresses_by_id(scope: Scope, snapshot: Snapshot) -> dict[str, Address]:
    """Addresses by cloud id. Raises PlanError where two objects claim one address."""
    claims = list(_claims(scope, snapshot))
    by_id: dict[str, Address] = {}
    holder: dict[Address, str] = {}
    problems: list[Diagnostic] = []
    for cloud_id, address in claims:
        if cloud_id in by_id:
            continue
        at = address
        if (other := holder.setdefault(at, cloud_id)) != cloud_id:
            if not _are_doubles(scope, other, cloud_id):
                problems.append(_two_of_one(scope, address, other, cloud_id))
                continue
            at = layout.doubled(address, holder)
            holder[at] = cloud_id
        by_id[cloud_id] = at
    if problems:
        # What lies below a move that goes wrong would repeat it.
        raise PlanError(
            list({each.place or each.subject: each for each in problems[::-1]}.values())
        )
    return by_id | dict(_untagged_tables(scope, snapshot, by_id))


def _are_doubles(scope: Scope, one: str, other: str) -> bool:
    """True if both are the stack's, and it is to have no more of either."""
    return scope.takes_doubles and not {one, other} & scope.named.keys()


def _two_of_one(scope: Scope, address: Address, one: str, other: str) -> Diagnostic:
    """The problem of two objects that claim one address, and how it comes about."""
    if one in scope.named and other in scope.recorded:
        return _exchanged_id(address, one, other)
    if (move := scope.moves.into(address)) is not None:
        return error(
            "moved",
            f"{move.source} is moved to {move.target}, but of {address} there are two now: "
            f"{one} and {other}",
            place=move.place,
            hint="remove this entry and apply: what is in the file no more is then deleted",
        )
    return error(
        "two-of-one",
        f"both {one} and {other} claim to be {address}",
        subject=address,
        hint=f"delete one of them, or remove its tags `{STACK_TAG}` and `{ADDRESS_TAG}`; "
        "`gwlbfw destroy` deletes both",
    )


def _exchanged_id(address: Address, now: str, before: str) -> Diagnostic:
    return error(
        "names-another",
        f"the file names {now} as {address}, which was {before} when last applied",
        subject=address,
        hint="take it out of the file and apply, which puts the old one back; then name the other",
    )


def _claims(scope: Scope, snapshot: Snapshot) -> Iterator[tuple[str, Address]]:
    """Claims of ids to addresses, the strongest first: by the file, by tags, by the state.

    Last come those of the tags of the stack's endpoints, which keep an original state.
    """
    for kind, founds in snapshot.items():
        if kinds()[kind].id_field:
            ids = [(each.text(kinds()[kind].id_field), each) for each in founds]
            yield from ((each, scope.named[each]) for each, _ in ids if each in scope.named)
            yield from _claims_by_tag(scope, kind, ids)
            yield from _claims_by_state(scope, kind, ids)
    for endpoint in snapshot.get("endpoint", ()):
        tags = tags_of(kinds()["endpoint"], endpoint)
        if tags.get(STACK_TAG) == scope.stack:
            for cloud_id, address in mentioned_ids(tags):
                yield cloud_id, scope.moves.target(address)


def _claims_by_tag(
    scope: Scope, kind: str, ids: Sequence[tuple[str, Found]]
) -> Iterator[tuple[str, Address]]:
    for cloud_id, found in ids:
        tags = tags_of(kinds()[kind], found) if kinds()[kind].tag_type else {}
        address = Address(tags.get(ADDRESS_TAG) or "")
        # Anybody can write a tag: one of another kind is no address, and drift where it was one.
        ours = tags.get(STACK_TAG) == scope.stack and address.kind == kind
        if ours and kinds()[kind].present(found):
            yield cloud_id, scope.moves.target(address)


def _claims_by_state(
    scope: Scope, kind: str, ids: Sequence[tuple[str, Found]]
) -> Iterator[tuple[str, Address]]:
    for cloud_id, found in ids:
        if cloud_id in scope.recorded and kinds()[kind].present(found):
            yield cloud_id, scope.moves.target(scope.recorded[cloud_id])


def _untagged_tables(
    scope: Scope, snapshot: Snapshot, by_id: Mapping[str, Address]
) -> Iterator[tuple[str, Address]]:
    """The tables that existing gateways have, and those that existing subnets keep."""
    taken = set(by_id.values())
    for gateway in snapshot["ipv4_gateway"]:
        address = by_id.get(gateway.text("Ipv4GatewayId"))
        table = gateway.text("Ipv4GatewayRouteTableId")
        if address and table and table not in by_id:
            own = layout.gateway_route_table(layout.parse(address).vpc)
            if own not in taken:
                yield table, own
    for table_id, users in _vswitches_by_table(snapshot).items():
        if table_id in by_id:
            continue
        kept = _kept_table(scope, users, by_id)
        if kept is not None and kept not in taken:
            yield table_id, kept


def _vswitches_by_table(snapshot: Snapshot) -> dict[str, list[Found]]:
    """The vSwitches that use each custom table, by its id."""
    users: dict[str, list[Found]] = {}
    for vswitch in snapshot["vswitch"]:
        if value_at(vswitch.raw, "RouteTable.RouteTableType") == "Custom":
            table = str(value_at(vswitch.raw, "RouteTable.RouteTableId") or "")
            users.setdefault(table, []).append(vswitch)
    return users


def _kept_table(
    scope: Scope, users: Sequence[Found], by_id: Mapping[str, Address]
) -> Address | None:
    """The address of a table that only named business subnets of one zone use; else None."""
    owners = [by_id.get(each.text("VSwitchId")) for each in users]
    named = [
        owner
        for owner, each in zip(owners, users, strict=True)
        if owner is not None
        and layout.is_business_subnet(owner)
        and each.text("VSwitchId") in scope.named
    ]
    zones = {each.text("ZoneId") for each in users}
    if len(named) != len(users) or len(zones) != 1:
        return None
    first = layout.parse(min(named))
    return layout.business_route_table(first.vpc, first.name)
