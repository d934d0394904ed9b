"""A forwarding model under change, one resource at a time.

A graph knows no health and no system entries: what nobody can know yet is taken as good and marked
as assumed, and local entries are put where the cloud puts them.
"""

from collections import defaultdict
from typing import Any

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.reachability.model import ROLES, Entry, Network, NextHop, Role, Subnet, Table
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.resources.graph import Node
from gwlbfw.resources.next_hop import LOCAL

Entries = dict[Prefix, tuple[Entry, ...]]


class NetworkBuilder:
    """A network under change. Unchanged parts are shared with the network that it starts from."""

    def __init__(self, base: Network | None = None) -> None:
        """Start from `base`, or from nothing."""
        base = base or Network()
        self._base = base
        self.vpcs, self.subnets = dict(base.vpcs), dict(base.subnets)
        self.tables, self.gateways = dict(base.tables), dict(base.gateways)
        self.endpoints, self.services = dict(base.endpoints), dict(base.services)
        self.balancers, self.groups = dict(base.balancers), dict(base.groups)
        self.machines = dict(base.machines)
        self.public_ips = {each.id or each.address: each for each in base.public_ips}
        self.labels = dict(base.labels)
        self.assumed = dict.fromkeys(base.assumed)
        self._keys = {address: key for key, address in base.labels.items()}
        self._entries: dict[str, Entries] = {}
        self._tables_in: defaultdict[str, set[str]] = defaultdict(set)
        self._subnets_in: defaultdict[str, set[str]] = defaultdict(set)
        for table in base.tables.values():
            self._tables_in[table.vpc].add(table.id)
        for subnet in base.subnets.values():
            self._subnets_in[subnet.vpc].add(subnet.id)

    def register(self, address: Address, node: Node) -> str:
        """The key of a resource: the id it has, or had when the network was read."""
        key = self._keys.get(address) or node.id or str(address)
        self._keys[address] = key
        if address.path != (node.id,):
            self.labels[key] = address
        return key

    def key_of(self, ref: Ref[Any]) -> str:
        """The key of what is referred to."""
        return self._keys.get(ref.address, str(ref)) if ref.address else str(ref)

    # --- subnets and tables ---

    def role(self, key: str, vpc: str) -> Role:
        """The role of a subnet in the proof, by its address."""
        address = self.labels.get(key)
        at = layout.parse(address) if address else None
        if at and at.role in (*ROLES, layout.Role.SECURITY):
            return ROLES.get(at.role, "other")
        owner = self.labels.get(vpc)
        return (
            "bystander" if owner and layout.parse(owner).role is layout.Role.BUSINESS else "other"
        )

    def add_subnet(self, subnet: Subnet) -> None:
        """Add a subnet, with its local entry in every table of the VPC."""
        self.subnets[subnet.id] = subnet
        self._subnets_in[subnet.vpc].add(subnet.id)
        for table in self._tables_in[subnet.vpc]:
            self._entries_of(table).setdefault(subnet.cidr, (_local(subnet.cidr),))

    def remove_subnet(self, key: str) -> None:
        """Remove a subnet, and its local entries with it."""
        subnet = self.subnets.pop(key, None)
        if subnet is not None:
            self._subnets_in[subnet.vpc].discard(key)
            for table in self._tables_in[subnet.vpc]:
                self._entries_of(table).pop(subnet.cidr, None)

    def add_table(self, table: Table) -> None:
        """Add a table, with a local entry for each subnet of the VPC."""
        self.tables[table.id] = table
        self._tables_in[table.vpc].add(table.id)
        entries = self._entries_of(table.id)
        for each in self._subnets_in[table.vpc]:
            cidr = self.subnets[each].cidr
            entries.setdefault(cidr, (_local(cidr),))

    def remove_table(self, key: str) -> None:
        """Remove a table."""
        table = self.tables.pop(key, None)
        self._entries.pop(key, None)
        if table is not None:
            self._tables_in[table.vpc].discard(key)

    def system_table(self, vpc: str) -> str:
        """The table of the subnets that have no other."""
        for key in self._tables_in[vpc]:
            if self.tables[key].system:
                return key
        table = Table(f"system table of {vpc}", vpc, system=True)
        self.add_table(table)
        return table.id

    def add_entry(self, table: str, prefix: Prefix, hop: NextHop) -> None:
        """Add an entry, in place of any other for its destination."""
        if table in self.tables:
            self._entries_of(table)[prefix] = (Entry(prefix, (hop,)),)

    def remove_entry(self, table: str, prefix: Prefix) -> None:
        """Remove an entry; what is redirected in a gateway's table becomes local again."""
        if table not in self.tables:
            return
        self._entries_of(table).pop(prefix, None)
        subnets = self._subnets_in[self.tables[table].vpc]
        if any(self.subnets[each].cidr == prefix for each in subnets):
            self._entries_of(table)[prefix] = (_local(prefix),)

    def remove_routes_to(self, hop: str) -> None:
        """Remove every entry that leads to something."""
        for table in [*self.tables]:
            for prefix in self._prefixes_to(table, hop):
                self.remove_entry(table, prefix)

    def _prefixes_to(self, table: str, hop: str) -> list[Prefix]:
        """The destinations of a table's entries that lead to something."""
        touched = self._entries.get(table)
        entries = (
            self.tables[table].entries
            if touched is None
            else [each for same in touched.values() for each in same]
        )
        return [each.prefix for each in entries if any(one.id == hop for one in each.hops)]

    def _entries_of(self, table: str) -> Entries:
        if table not in self._entries:
            found: Entries = {}
            for each in self.tables[table].entries:
                found[each.prefix] = (*found.get(each.prefix, ()), each)
            self._entries[table] = found
        return self._entries[table]

    def build(self) -> Network:
        """The network as it is now."""
        tables = dict(self.tables)
        for key, entries in self._entries.items():
            old = tables[key]
            every = tuple(each for _, same in sorted(entries.items()) for each in same)
            tables[key] = Table(
                key, old.vpc, every, old.serves, old.system, old.status, old.ipv6, old.unreadable
            )
        return Network(
            vpcs=dict(self.vpcs),
            subnets=dict(self.subnets),
            tables=tables,
            gateways=dict(self.gateways),
            endpoints=dict(self.endpoints),
            services=dict(self.services),
            balancers=dict(self.balancers),
            groups=dict(self.groups),
            nat_gateways=self._base.nat_gateways,
            target_groups=self._base.target_groups,
            public_ips=tuple(self.public_ips.values()),
            machines=dict(self.machines),
            labels=dict(self.labels),
            missing=tuple(
                each for each in self._base.missing if self._keys.get(each) not in self.subnets
            ),
            unread=self._base.unread,
            assumed=tuple(self.assumed),
        )


def _local(prefix: Prefix) -> Entry:
    return Entry(prefix, (NextHop(LOCAL),), "System")
