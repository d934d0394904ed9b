"""The forwarding model: all that decides where a packet goes, and what a walk asks of it."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gwlbfw.address import Address
from gwlbfw.reachability.appliances import (
    Ability,
    Fitness,
    Guard,
    ability,
    fitness_of,
)
from gwlbfw.reachability.forwarding_model import Decision
from gwlbfw.reachability.model import (
    Balancer,
    Connection,
    Endpoint,
    Entry,
    Gateway,
    Listener,
    Machine,
    Member,
    NetworkAcl,
    PublicAddress,
    ServerGroup,
    Service,
    Subnet,
    Table,
    TargetGroup,
    Vpc,
)
from gwlbfw.reachability.nat_gateway import NatGateway
from gwlbfw.reachability.network_acls import OPEN, Passage, Place, passage
from gwlbfw.reachability.prefixes import AMBIGUOUS, HeaderSpace, Lookup
from gwlbfw.reachability.rules import merged_rules
from gwlbfw.resources.forwarding import InboundRule


@dataclass(frozen=True)
class Network:
    """Everything that forwards packets in some VPCs and behind their endpoints.

    A thing that was not read is absent from the mappings; a path that needs it ends in `unknown`.
    """

    vpcs: Mapping[str, Vpc] = field(default_factory=dict)
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    gateways: Mapping[str, Gateway] = field(default_factory=dict)
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    connections: tuple[Connection, ...] = ()
    """The connections of others to the stack's service."""
    balancers: Mapping[str, Balancer] = field(default_factory=dict)
    groups: Mapping[str, ServerGroup] = field(default_factory=dict)
    nat_gateways: Mapping[str, NatGateway] = field(default_factory=dict)
    target_groups: Mapping[str, TargetGroup] = field(default_factory=dict)
    public_ips: tuple[PublicAddress, ...] = ()
    machines: Mapping[str, Machine] = field(default_factory=dict)
    occupied: frozenset[str] = frozenset()
    """The subnets in which an interface is, of an instance or of anything but an endpoint."""
    security_groups: Mapping[str, tuple[InboundRule, ...]] = field(default_factory=dict)
    """The inbound rules of those that guard appliances, as far as they were read."""
    acls: Mapping[str, NetworkAcl | None] = field(default_factory=dict)
    """The network ACL of each subnet of the firewall's that has one; None where it is not known."""
    labels: Mapping[str, Address] = field(default_factory=dict)
    """Addresses by id, for what is part of a stack."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """The names that things have in the cloud, by id."""
    owners: Mapping[str, str] = field(default_factory=dict)
    """The stacks that things in the path belong to by their tags, by id."""
    missing: tuple[Address, ...] = ()
    """Business subnets that should be there and are not."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """The reason for each thing that could not be read."""
    assumed: tuple[str, ...] = ()
    """Sentences on what is taken as good because nobody can know it yet."""

    def label(self, key: str) -> str:
        """The name of a thing for people: its address where it has one, else its id."""
        return self.labels.get(key, key)

    @cached_property
    def gateway_of(self) -> Mapping[str, Gateway]:
        """The IPv4 gateway of each VPC that has one."""
        return {each.vpc: each for each in self.gateways.values()}

    @cached_property
    def subnets_of(self) -> Mapping[str, tuple[Subnet, ...]]:
        """The subnets of each VPC."""
        found: dict[str, list[Subnet]] = defaultdict(list)
        for subnet in self.subnets.values():
            found[subnet.vpc].append(subnet)
        return {vpc: tuple(each) for vpc, each in found.items()}

    @cached_property
    def _subnets_by_address(self) -> Mapping[str, tuple[Sequence[int], Sequence[Subnet]]]:
        """The subnets of each VPC in order of their first address: none overlaps another."""
        found = {}
        for vpc, subnets in self.subnets_of.items():
            ordered = sorted(subnets, key=lambda each: each.cidr)
            found[vpc] = [each.cidr.first for each in ordered], ordered
        return found

    @cached_property
    def subnets_of_table(self) -> Mapping[str, tuple[Subnet, ...]]:
        """The subnets that go by each table."""
        found: dict[str, list[Subnet]] = defaultdict(list)
        for subnet in self.subnets.values():
            found[subnet.table].append(subnet)
        return {table: tuple(each) for table, each in found.items()}

    @property
    def judged_subnets(self) -> tuple[Subnet, ...]:
        """The subnets that the proof is about, in order of their names."""
        named = (each for each in self.subnets.values() if each.role == "business")
        return tuple(sorted(named, key=lambda each: (self.label(each.vpc), self.label(each.id))))

    def active_gateway(self, vpc: str) -> Gateway | None:
        """The VPC's IPv4 gateway, if it is activated."""
        gateway = self.gateway_of.get(vpc)
        return gateway if gateway and gateway.enabled else None

    # --- the questions of a walk ---

    def unread_reason(self, key: str) -> str | None:
        return self.unread.get(key)

    def is_centralised(self, vpc: str) -> bool:
        return self.vpcs[vpc].centralised

    def subnet(self, key: str) -> Subnet | None:
        return self.subnets.get(key)

    def subnets_at(self, vpc: str, space: HeaderSpace) -> Sequence[Subnet]:
        starts, inside = self._subnets_by_address.get(vpc, ((), ()))
        found: dict[str, Subnet] = {}
        for first, last in space:
            at = max(bisect_right(starts, first) - 1, 0)
            while at < len(inside) and starts[at] <= last:
                if inside[at].cidr.last >= first:
                    found[inside[at].id] = inside[at]
                at += 1
        return [*found.values()]

    def table_of(self, subject: str) -> str:
        if subject in self.subnets:
            return self.subnets[subject].table
        return self.gateways[subject].table if subject in self.gateways else ""

    def table(self, key: str) -> Table | None:
        return self.tables.get(key)

    def decide(
        self, table: str, space: HeaderSpace, *, per_entry: bool = False
    ) -> Sequence[Decision]:
        found = self.tables[table]
        return decisions(found.lookup, found.entries, space, per_entry=per_entry)

    def gateway(self, key: str) -> Gateway | None:
        return self.gateways.get(key)

    def gateway_in(self, vpc: str) -> Gateway | None:
        return self.gateway_of.get(vpc)

    def nat_gateway(self, key: str) -> NatGateway | None:
        return self.nat_gateways.get(key)

    def nat_gateways_in(self, vpc: str) -> Sequence[NatGateway]:
        return [each for each in self.nat_gateways.values() if each.vpc == vpc]

    def target_group(self, key: str) -> TargetGroup | None:
        return self.target_groups.get(key)

    def endpoint(self, key: str) -> Endpoint | None:
        return self.endpoints.get(key)

    def service(self, key: str) -> Service | None:
        return self.services.get(key)

    def balancers_behind(self, service: str, zone: str) -> Sequence[str]:
        return [key for where, key in self.services[service].resources if where == zone]

    def balancer(self, key: str) -> Balancer | None:
        return self.balancers.get(key)

    def listener(self, balancer: str) -> Listener | None:
        return self.balancers[balancer].listener

    def group(self, key: str) -> ServerGroup | None:
        return self.groups.get(key)

    def fitness(self, group: ServerGroup, sources: Sequence[str]) -> Fitness:
        return fitness_of(self._abilities(group, sources))

    def abilities(self, group: ServerGroup) -> Iterator[tuple[Member, Ability]]:
        """Each member of a group with its ability, for all load balancers that it serves."""
        yield from self._abilities(group, self._sources(group))

    def dropping_acls(self, group: ServerGroup, member: Member) -> tuple[str, ...]:
        """The network ACLs that drop packets between a member and its load balancers."""
        machine = self.machines.get(member.server)
        return self._passage(group, machine, self._sources(group)).dropped_by

    def _balancers_of(self, group: ServerGroup) -> list[Balancer]:
        """The load balancers whose listener sends to a group."""
        with_listener = ((each, each.listener) for each in self.balancers.values())
        return [each for each, listener in with_listener if listener and listener.group == group.id]

    def _sources(self, group: ServerGroup) -> list[str]:
        """The addresses from which a group gets packets."""
        return [block for each in self._balancers_of(group) for block in each.addresses.values()]

    def _abilities(
        self, group: ServerGroup, sources: Sequence[str]
    ) -> Iterator[tuple[Member, Ability]]:
        """Each member with its ability; those that are alike are judged once."""
        known: dict[object, Ability] = {}
        for member in sorted(group.members, key=lambda each: self.label(each.server)):
            machine = self.machines.get(member.server)
            groups = machine.security_groups if machine else None
            on_the_way = self._passage(group, machine, sources)
            runs = machine is None or machine.running
            key = member.status, member.health, groups, runs, on_the_way
            if key not in known:
                guard = Guard(machine, merged_rules(groups, self.security_groups), on_the_way)
                known[key] = ability(member, group.probe, guard, sources)
            yield member, known[key]

    def _passage(
        self, group: ServerGroup, machine: Machine | None, sources: Sequence[str]
    ) -> Passage:
        """What network ACLs make of the way from a group's load balancers to a machine and back."""
        if not self.acls or machine is None:
            return OPEN
        subnets = [subnet for each in self._balancers_of(group) for subnet in each.subnets]
        home = self.subnets.get(machine.subnet)
        block = machine.ip or (str(home.cidr) if home else "")
        return passage(self.acls, Place(machine.subnet, (block,)), subnets, sources)


def decisions(
    lookup: Lookup, entries: Sequence[Entry], space: HeaderSpace, *, per_entry: bool
) -> list[Decision]:
    """The decisions of a table's entries on a space."""
    return [
        Decision(
            part.space,
            entries[part.entry] if part.entry >= 0 else None,
            part.entries,
            part.entry == AMBIGUOUS,
        )
        for part in lookup.decide(space, per_entry=per_entry)
    ]
