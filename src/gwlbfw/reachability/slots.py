"""The forwarding model in its smallest parts: slots, each of which one call writes at a time.

A network is the content of its slots; a plan's steps write some of them anew. A slot without
content is None: the thing is not there.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from gwlbfw.address import Address
from gwlbfw.reachability.model import (
    Balancer,
    Endpoint,
    Entry,
    Gateway,
    Listener,
    Machine,
    Member,
    NextHop,
    PublicAddress,
    ServerGroup,
    Service,
    Subnet,
    Table,
    Vpc,
)
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.resources.next_hop import LOCAL

T = TypeVar("T")


class Slot(NamedTuple):
    """The place of one fact: what it is about, and of which thing."""

    what: str
    key: str
    part: Any = ""
    """The part of that thing, for those that have several: a destination, a zone, a server."""


Values = Mapping[Slot, object]


def content(values: Values, slot: Slot, of: type[T]) -> T | None:
    """The content of a slot, of its type; None for nothing."""
    found = values.get(slot)
    return found if isinstance(found, of) else None


LOCAL_HOP = (NextHop(LOCAL),)


def local_entry(prefix: Prefix) -> Entry:
    """The entry that every table of a VPC has for each of its subnets."""
    return Entry(prefix, LOCAL_HOP, origin="System")


def values_of(network: Network) -> dict[Slot, object]:
    """The content of a network's slots.

    Left out are the local entries of subnets, which come and go with these.
    """
    found: dict[Slot, object] = {}
    for key, vpc in network.vpcs.items():
        found[Slot("vpc", key)] = replace(vpc, centralised=False)
        found[Slot("centralised", key)] = vpc.centralised
    for key, subnet in network.subnets.items():
        found[Slot("subnet", key)] = replace(subnet, table="")
        found[Slot("table_of", key)] = subnet.table
    for key, gateway in network.gateways.items():
        found[Slot("gateway", key)] = replace(gateway, table="")
        found[Slot("table_of", key)] = gateway.table
    for table in network.tables.values():
        found[Slot("table", table.id)] = replace(table, entries=())
        found.update(_entries(network, table))
    found.update({Slot("endpoint", key): each for key, each in network.endpoints.items()})
    for key, service in network.services.items():
        found[Slot("service", key)] = replace(service, resources=())
        found.update({Slot("behind", key, pair): True for pair in service.resources})
    for key, balancer in network.balancers.items():
        found[Slot("balancer", key)] = replace(balancer, listener=None)
        found[Slot("listener", key)] = balancer.listener
    for key, group in network.groups.items():
        found[Slot("group", key)] = replace(group, members=())
        for each in group.members:
            found[Slot("member", key, each.server)] = replace(each, health="")
            found[Slot("health", key, each.server)] = each.health
    found.update({Slot("machine", key): each for key, each in network.machines.items()})
    found.update({Slot("rules", key): each for key, each in network.security_groups.items()})
    found.update({Slot("public", each.id or each.address): each for each in network.public_ips})
    return found


def _entries(network: Network, table: Table) -> Iterator[tuple[Slot, tuple[Entry, ...]]]:
    """The entries of a table by destination, but for what is local to one of its VPC's subnets."""
    own = {each.cidr for each in network.subnets_of.get(table.vpc, ())}
    found: dict[Prefix, tuple[Entry, ...]] = {}
    for entry in table.entries:
        if entry.hops != LOCAL_HOP or entry.prefix not in own or entry.status != "Available":
            found[entry.prefix] = (*found.get(entry.prefix, ()), entry)
    for prefix, same in found.items():
        yield Slot("entry", table.id, prefix), same


def network_of(values: Values, base: Network, labels: Mapping[str, Address]) -> Network:
    """The network with this content of its slots; what has no slot is as in `base`."""
    return _Assembly(values, base, labels).network()


class _Assembly:
    """A network that is put together from slots."""

    def __init__(self, values: Values, base: Network, labels: Mapping[str, Address]) -> None:
        self._values, self._base, self._labels = values, base, labels
        self._by_kind: defaultdict[str, list[Slot]] = defaultdict(list)
        for slot, value in values.items():
            if value is not None:
                self._by_kind[slot.what].append(slot)

    def _all(self, what: str, of: type[T]) -> Iterator[tuple[Slot, T]]:
        for slot in self._by_kind[what]:
            if (found := content(self._values, slot, of)) is not None:
                yield slot, found

    def network(self) -> Network:
        system = self._system_tables()
        subnets = {
            key: replace(each, table=self._text(Slot("table_of", key)) or system[each.vpc])
            for key, each in self._subnets()
        }
        keys = {str(self._labels.get(each, each)) for each in subnets}
        groups, assumed = self._groups()
        return replace(
            self._base,
            vpcs={
                slot.key: replace(each, centralised=self._is_centralised(slot.key))
                for slot, each in self._all("vpc", Vpc)
            },
            subnets=subnets,
            tables=self._tables(subnets, system),
            gateways={
                slot.key: replace(each, table=self._text(Slot("table_of", slot.key)))
                for slot, each in self._all("gateway", Gateway)
            },
            endpoints={slot.key: each for slot, each in self._all("endpoint", Endpoint)},
            services=self._services(),
            balancers={
                slot.key: replace(
                    each, listener=content(self._values, Slot("listener", slot.key), Listener)
                )
                for slot, each in self._all("balancer", Balancer)
            },
            groups=groups,
            machines={slot.key: each for slot, each in self._all("machine", Machine)},
            security_groups={slot.key: each for slot, each in self._all("rules", tuple)},
            public_ips=tuple(each for _, each in self._all("public", PublicAddress)),
            labels=dict(self._labels),
            missing=tuple(each for each in self._base.missing if each not in keys),
            assumed=tuple(dict.fromkeys([*self._base.assumed, *assumed])),
        )

    def _is_centralised(self, vpc: str) -> bool:
        return self._values.get(Slot("centralised", vpc)) is True

    def _text(self, slot: Slot) -> str:
        return content(self._values, slot, str) or ""

    def _subnets(self) -> Iterator[tuple[str, Subnet]]:
        return ((slot.key, each) for slot, each in self._all("subnet", Subnet))

    def _system_tables(self) -> dict[str, str]:
        """The system table of each VPC; one that is known by nothing else has a name of its own."""
        known = {each.vpc: each.id for _, each in self._all("table", Table) if each.system}
        vpcs = {subnet.vpc for _, subnet in self._subnets()}
        return {vpc: known.get(vpc) or unnamed_system_table(vpc) for vpc in vpcs}

    def _tables(self, subnets: Mapping[str, Subnet], system: Mapping[str, str]) -> dict[str, Table]:
        """The tables with their entries, sorted, the local ones of every subnet included."""
        meta = {slot.key: each for slot, each in self._all("table", Table)}
        for vpc, key in system.items():
            meta.setdefault(key, Table(key, vpc, system=True))
        entries: defaultdict[str, dict[Prefix, tuple[Entry, ...]]] = defaultdict(dict)
        for slot, each in self._all("entry", tuple):
            entries[slot.key][slot.part] = each
        in_vpc: defaultdict[str, list[Prefix]] = defaultdict(list)
        for subnet in subnets.values():
            in_vpc[subnet.vpc].append(subnet.cidr)
        found = {}
        for key, table in meta.items():
            local = {cidr: (local_entry(cidr),) for cidr in in_vpc[table.vpc]}
            every = sorted({**local, **entries[key]}.items())
            found[key] = self._table(table, tuple(each for _, same in every for each in same))
        return found

    def _table(self, table: Table, entries: tuple[Entry, ...]) -> Table:
        """The table with these entries; the one of the base, which is compiled, if it is equal."""
        known = self._base.tables.get(table.id)
        whole = replace(table, entries=entries)
        same = known is not None and set(known.entries) == set(entries)
        return (
            known
            if known is not None and same and replace(known, entries=entries) == whole
            else whole
        )

    def _services(self) -> dict[str, Service]:
        behind: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for slot, there in self._all("behind", bool):
            if there:
                behind[slot.key].append(slot.part)
        return {
            slot.key: replace(each, resources=tuple(behind[slot.key]))
            for slot, each in self._all("service", Service)
        }

    def _groups(self) -> tuple[dict[str, ServerGroup], list[str]]:
        """The server groups; a member whose health nobody can know yet is taken to be healthy."""
        members: defaultdict[str, list[Member]] = defaultdict(list)
        assumed = []
        for slot, member in self._all("member", Member):
            health = content(self._values, Slot("health", slot.key, slot.part), str)
            if health is None:
                label = self._labels.get(member.server, member.server)
                assumed.append(f"{label} is taken to be healthy once it is in its server group")
                health = "Healthy"
            members[slot.key].append(replace(member, health=health))
        groups = {
            slot.key: replace(each, members=tuple(members[slot.key]))
            for slot, each in self._all("group", ServerGroup)
        }
        return groups, assumed


def unnamed_system_table(vpc: str) -> str:
    """The key of a VPC's system table where nothing else is known of it."""
    return f"system table of {vpc}"
