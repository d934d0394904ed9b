"""The interpretation of facts: the slots that each fact fills, and with what."""

from collections.abc import Iterator
from functools import singledispatch
from typing import Protocol

from gwlbfw.reachability.model import (
    Balancer,
    Endpoint,
    EndpointZone,
    Entry,
    Gateway,
    Listener,
    Machine,
    Member,
    NextHop,
    PublicAddress,
    Role,
    ServerGroup,
    Service,
    Subnet,
    Table,
    Vpc,
)
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.reachability.slots import Slot, Values, content
from gwlbfw.resources.endpoint import CONNECTED, DISCONNECTED
from gwlbfw.resources.forwarding import (
    AssociationFact,
    DirectAccessFact,
    EndpointFact,
    EntryFact,
    ForwardingFact,
    GatewayFact,
    ListenerFact,
    LoadBalancerFact,
    MachineFact,
    MemberFact,
    PublicAddressFact,
    RouteTableFact,
    RulesFact,
    ServerGroupFact,
    ServiceFact,
    ServiceResourceFact,
    SubnetFact,
    VpcFact,
)
from gwlbfw.resources.load_balancer import NORMAL

Filling = tuple[Slot, object]


class Keys(Protocol):
    """The keys of a model by reference, and what its slots hold so far."""

    @property
    def values(self) -> Values:
        """The content of the slots."""
        ...

    def key_of(self, ref: str) -> str:
        """The key of what is referred to."""
        ...

    def role(self, key: str, vpc: str) -> Role:
        """The role of a subnet in the proof."""
        ...


@singledispatch
def filling(fact: ForwardingFact, keys: Keys) -> Filling:
    """The slot that a fact fills, and its content."""
    del keys
    raise TypeError(fact)


@filling.register
def _(fact: VpcFact, keys: Keys) -> Filling:
    slot = Slot("vpc", keys.key_of(fact.vpc))
    old = content(keys.values, slot, Vpc)
    further = old.cidrs[1:] if old else ()
    return slot, Vpc(slot.key, (Prefix.parse(fact.cidr), *further) if fact.cidr else further)


@filling.register
def _(fact: DirectAccessFact, keys: Keys) -> Filling:
    return Slot("centralised", keys.key_of(fact.vpc)), not fact.direct


@filling.register
def _(fact: SubnetFact, keys: Keys) -> Filling:
    slot = Slot("subnet", keys.key_of(fact.subnet))
    old = content(keys.values, slot, Subnet)
    if not fact.cidr or (old and old.cidr == Prefix.parse(fact.cidr)):
        return slot, old
    vpc = keys.key_of(fact.vpc)
    role = keys.role(slot.key, vpc)
    return slot, Subnet(slot.key, vpc, fact.zone, Prefix.parse(fact.cidr), "", role)


@filling.register
def _(fact: RouteTableFact, keys: Keys) -> Filling:
    slot = Slot("table", keys.key_of(fact.table))
    old = content(keys.values, slot, Table)
    vpc = keys.key_of(fact.vpc)
    return slot, old or Table(slot.key, vpc, serves=fact.serves, system=fact.system)


@filling.register
def _(fact: AssociationFact, keys: Keys) -> Filling:
    return Slot("table_of", keys.key_of(fact.subject)), keys.key_of(fact.table)


@filling.register
def _(fact: EntryFact, keys: Keys) -> Filling:
    prefix = Prefix.parse(fact.destination)
    hop = NextHop(fact.next_hop_type, keys.key_of(fact.next_hop))
    return Slot("entry", keys.key_of(fact.table), prefix), (Entry(prefix, (hop,)),)


@filling.register
def _(fact: GatewayFact, keys: Keys) -> Filling:
    key = keys.key_of(fact.gateway)
    return Slot("gateway", key), Gateway(key, keys.key_of(fact.vpc), fact.enabled)


@filling.register
def _(fact: EndpointFact, keys: Keys) -> Filling:
    key, state = keys.key_of(fact.endpoint), CONNECTED if fact.connected else DISCONNECTED
    zones = tuple(EndpointZone(zone, keys.key_of(each), state) for zone, each in fact.zones)
    vpc, service = keys.key_of(fact.vpc), keys.key_of(fact.service)
    slot = Slot("endpoint", key)
    old = content(keys.values, slot, Endpoint)
    business = old.business if old else NORMAL
    return slot, Endpoint(key, vpc, service, zones, state, business=business)


@filling.register
def _(fact: ServiceFact, keys: Keys) -> Filling:
    slot = Slot("service", keys.key_of(fact.service))
    return slot, content(keys.values, slot, Service) or Service(slot.key)


@filling.register
def _(fact: ServiceResourceFact, keys: Keys) -> Filling:
    pair = fact.zone, keys.key_of(fact.load_balancer)
    return Slot("behind", keys.key_of(fact.service), pair), True


@filling.register
def _(fact: LoadBalancerFact, keys: Keys) -> Filling:
    """An address that it does not have yet is any of its subnet there."""
    slot = Slot("balancer", keys.key_of(fact.load_balancer))
    old = content(keys.values, slot, Balancer)
    addresses = {
        zone: (old.addresses.get(zone, "") if old else "") or _block(keys, subnet)
        for zone, subnet in fact.zones
    }
    subnets = tuple(sorted({keys.key_of(subnet) for _, subnet in fact.zones}))
    business = old.business if old else NORMAL
    return slot, Balancer(slot.key, addresses, fact.mode, business=business, subnets=subnets)


def _block(keys: Keys, subnet: str) -> str:
    found = content(keys.values, Slot("subnet", keys.key_of(subnet)), Subnet)
    return str(found.cidr) if found else ""


@filling.register
def _(fact: ListenerFact, keys: Keys) -> Filling:
    listener = Listener(keys.key_of(fact.listener), keys.key_of(fact.server_group))
    return Slot("listener", keys.key_of(fact.load_balancer)), listener


@filling.register
def _(fact: ServerGroupFact, keys: Keys) -> Filling:
    key = keys.key_of(fact.group)
    return Slot("group", key), ServerGroup(key, probe=fact.probe)


@filling.register
def _(fact: MemberFact, keys: Keys) -> Filling:
    server = keys.key_of(fact.server)
    slot = Slot("member", keys.key_of(fact.group), server)
    machine = content(keys.values, Slot("machine", server), Machine)
    return slot, Member(server, machine.ip if machine else "", health="")


@filling.register
def _(fact: MachineFact, keys: Keys) -> Filling:
    slot = Slot("machine", keys.key_of(fact.machine))
    old = content(keys.values, slot, Machine)
    groups = fact.security_groups
    return slot, Machine(
        slot.key,
        keys.key_of(fact.subnet),
        fact.private_ip or (old.ip if old else ""),
        fact.name,
        None if groups is None else tuple(map(keys.key_of, groups)),
        fact.running,
    )


@filling.register
def _(fact: RulesFact, keys: Keys) -> Filling:
    return Slot("rules", keys.key_of(fact.security_group)), fact.rules


@filling.register
def _(fact: PublicAddressFact, keys: Keys) -> Filling:
    """An address of what is no machine here is of no use to anybody here."""
    slot = Slot("public", keys.key_of(fact.address))
    holder = keys.key_of(fact.holder) if fact.holder else ""
    machine = content(keys.values, Slot("machine", holder), Machine)
    subnet = content(keys.values, Slot("subnet", machine.subnet), Subnet) if machine else None
    if machine is None or subnet is None:
        return slot, None
    old = content(keys.values, slot, PublicAddress)
    address = old.address if old else ""
    return slot, PublicAddress(address, machine.ip, holder, subnet.vpc, subnet.id, id=slot.key)


def fillings(
    present: tuple[ForwardingFact, ...], gone: tuple[ForwardingFact, ...], keys: Keys
) -> Iterator[Filling]:
    """The slots that facts fill, and those that are empty as other facts are gone.

    A VPC stays: the cloud refuses that it goes before everything in it has gone.
    """
    filled = set()
    for fact in present:
        slot, value = filling(fact, keys)
        filled.add(slot)
        yield slot, value
    for fact in gone:
        slot, _ = filling(fact, keys)
        if slot not in filled and slot.what != "vpc":
            yield slot, None
