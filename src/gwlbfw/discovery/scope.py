"""The scope of discovery: the stack, its accounts, and the ids that file and state name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.moves import NO_MOVES, Moves
from gwlbfw.resources.graph import ResourceGraph
from gwlbfw.resources.resource import Found, kinds
from gwlbfw.resources.tags import STACK_TAG, tags_of
from gwlbfw.topology.models import Topology

Side = Literal["business", "security", "both"]


@dataclass(frozen=True)
class Scope:
    """The part of the cloud that one stack is concerned with."""

    stack: str
    business_accounts: frozenset[str]
    security_account: str
    named: Mapping[str, Address]
    """Addresses by the ids that the file names."""
    recorded: Mapping[str, Address] = field(default_factory=dict)
    """Addresses by the ids that the state has."""
    owned: frozenset[Address] = frozenset()
    """The addresses that the state has as the stack's own."""
    moves: Moves = NO_MOVES
    """The addresses that the file calls moved."""
    takes_doubles: bool = False
    """True where all that is the stack's counts, also two things that claim one address."""

    @classmethod
    def of(
        cls,
        topology: Topology,
        recorded: Mapping[str, Address],
        owned: frozenset[Address],
        accounts: frozenset[str] = frozenset(),
    ) -> "Scope":
        """The scope of a topology and its state, whose resources are in these accounts too."""
        named = {v.account or "" for v in topology.business_vpcs.values()}
        left = accounts - {topology.security_vpc.account or ""}
        return cls(
            stack=topology.name,
            business_accounts=frozenset(named | left),
            security_account=topology.security_vpc.account or "",
            named={cloud_id: at for cloud_id, at in _ids_of_file(topology) if cloud_id},
            recorded=recorded,
            owned=owned,
            moves=Moves.of(topology),
        )

    def accounts(self, side: Side) -> frozenset[str]:
        """The accounts whose objects of this side are listed."""
        security = frozenset({self.security_account})
        return {
            "business": self.business_accounts,
            "security": security,
            "both": self.business_accounts | security,
        }[side]

    def known(self, kind: str, found: Found) -> bool:
        """True if file, state or tag say that an object is part of the stack."""
        cloud_id = found.text(kinds()[kind].id_field)
        return (
            cloud_id in self.named
            or cloud_id in self.recorded
            or tags_of(kinds()[kind], found).get(STACK_TAG) == self.stack
        )


def accounts_in_use(topology: Topology, recorded: ResourceGraph) -> frozenset[str]:
    """The accounts that a stack is in: of its VPCs, and of what it has in others of the file."""
    named = {each.account or "" for each in topology.business_vpcs.values()}
    reachable = {"", *topology.accounts}
    left = {each.account for each in recorded.values() if each.account in reachable}
    return frozenset({*named, topology.security_vpc.account or "", *left})


def _ids_of_file(topology: Topology) -> Iterator[tuple[str, Address]]:
    for key, vpc in topology.business_vpcs.items():
        yield vpc.id or "", layout.business_vpc(key)
        yield vpc.ipv4_gateway.id or "", layout.ipv4_gateway(key)
        yield vpc.gateway_route_table.id or "", layout.gateway_route_table(key)
        yield vpc.security_group.id or "", layout.server_security_group(key)
        for zone_id, zone in vpc.zones.items():
            yield zone.gwlbe_subnet.id or "", layout.gwlbe_subnet(key, zone_id)
            for name, subnet in zone.subnets.items():
                yield subnet.id or "", layout.business_subnet(key, name)
                if subnet.route_table:
                    at = layout.business_route_table(key, name)
                    yield subnet.route_table.id or "", at
        for name, server in vpc.servers.items():
            yield server.id or "", layout.server(key, name)
            yield (server.eip and server.eip.id) or "", layout.server_eip(key, name)
    security = topology.security_vpc
    yield security.id or "", layout.SECURITY_VPC
    yield security.security_group.id or "", layout.APPLIANCE_SECURITY_GROUP
    for zone_id, security_zone in security.zones.items():
        yield security_zone.subnet.id or "", layout.security_subnet(zone_id)
    for name, appliance in security.appliances.items():
        yield appliance.id or "", layout.appliance(name)
