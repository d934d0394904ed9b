"""The translation of sources: what NAT gateways do with packets, and who has nothing else."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address
from typing import NamedTuple

from gwlbfw.reachability.forwarding_model import ForwardingModel
from gwlbfw.reachability.listings import FORWARD_ENTRIES, NAT_GATEWAYS, SNAT_ENTRIES
from gwlbfw.reachability.model import NextHop, Subnet
from gwlbfw.reachability.nat_gateway import Coverage, NatGateway
from gwlbfw.reachability.packets import Disposition, Packets, Sender
from gwlbfw.reachability.prefixes import (
    INTERNET,
    HeaderSpace,
    Span,
    intersection,
    union,
)
from gwlbfw.resources.next_hop import ENDPOINT, GATEWAY, LOCAL, NAT_GATEWAY, TARGET_GROUP

NO_PUBLIC_ADDRESS = "the machine has no public address, and no NAT gateway is on the path"


class Untranslated(NamedTuple):
    """The end of packets that a NAT gateway does not translate."""

    disposition: Disposition
    reason: str


def untranslated(network: ForwardingModel, packets: Packets, key: str) -> Untranslated | None:
    """The end of packets at a NAT gateway; None where it translates their source."""
    label, nat = network.label(key), network.nat_gateway(key)
    if nat is None:
        return _missing(network, label)
    if nat.vpc != packets.vpc or network.subnet(nat.subnet) is None:
        return Untranslated("unknown", f"{label} was not found in the VPC")
    if nat.status != "Available":
        return Untranslated("unknown", f"{label} is {nat.status}")
    if not nat.public:
        return Untranslated("black_hole", "the NAT gateway has no public address")
    if set(packets.nat_gateways) - {key}:
        return Untranslated(
            "unknown", "what becomes of packets through two NAT gateways is not known"
        )
    return _uncovered(network, packets.sender, nat) if packets.sender else None


def _missing(network: ForwardingModel, label: str) -> Untranslated:
    """A NAT gateway may be deleted while a route leads to it, which then leads nowhere.

    Sources: VPC API, DeleteNatGateway; terraform-provider-alicloud, whose tests do so.
    """
    if reason := network.unread_reason(NAT_GATEWAYS.call.name):
        return Untranslated("unknown", f"what {label} does is not known: {reason}")
    return Untranslated("black_hole", f"{label} does not exist any more")


def _uncovered(network: ForwardingModel, sender: Sender, nat: NatGateway) -> Untranslated | None:
    """VPC API, CreateSnatEntry: only the sources of its entries leave by a NAT gateway.

    Replies to what it forwarded need no entry; that those to another one are lost is not known.
    """
    if sender.session:
        reason = "the reply comes to another NAT gateway than the request went by"
        return None if sender.session == nat.id else Untranslated("unknown", reason)
    label = network.label(nat.id)
    coverage = nat.coverage(sender.addresses[0][0])
    if coverage == "unknown":
        listing = SNAT_ENTRIES if nat.snat is None else FORWARD_ENTRIES
        why = network.unread_reason(listing.call.name)
        reason = f"whether an entry of {label} serves {_named(sender)} is not known"
        return Untranslated("unknown", f"{reason}: {why}" if why else reason)
    if coverage == "uncovered":
        return Untranslated("black_hole", f"no SNAT entry of {label} serves {_named(sender)}")
    return None


def _named(sender: Sender) -> str:
    first, last = sender.addresses[0]
    return f"{IPv4Address(first)}" + (f" to {IPv4Address(last)}" if last > first else "")


def without_a_route_to_nat(network: ForwardingModel, packets: Packets) -> Untranslated:
    """The end of packets with a private source that leave a VPC in which nothing needs a route.

    UNVERIFIED whether a NAT gateway serves a subnet whose table has no entry for it: the help page
    "IPv4 gateway" says that no route is needed, "Create and manage an Internet NAT gateway" that
    tables other than the system's need one. Where an entry names the source, nobody knows.
    """
    sender = packets.sender
    if sender and (sender.session or _may_be_served(network, packets.vpc, sender.addresses[0])):
        reason = "no entry leads to the NAT gateway, and whether one is needed is not known"
        return Untranslated("unknown", reason)
    return Untranslated("black_hole", NO_PUBLIC_ADDRESS)


def _may_be_served(network: ForwardingModel, vpc: str, span: Span) -> bool:
    return any(nat.coverage(span[0]) != "uncovered" for nat in _serving(network, vpc))


def _serving(network: ForwardingModel, vpc: str) -> list[NatGateway]:
    """The NAT gateways of a VPC that have a public address."""
    return [each for each in network.nat_gateways_in(vpc) if each.public]


def senders(network: ForwardingModel, subnet: Subnet) -> list[Sender]:
    """The machines that may send packets from a subnet, apart where NAT gateways treat them apart.

    Those with a public address may be anywhere in it. Those without count where an SNAT entry may
    serve them, and all where none does though the subnet's table leads to a NAT gateway. Apart are
    those that a DNAT entry leads to: they answer.
    """
    own = (subnet.cidr.span,)
    public = [Sender("public", each) for each, _ in _alike(network, subnet)]
    served = nat_served(network, subnet)
    if all(each.session for each in served) and _leads_to_nat(network, subnet):
        served.append(Sender("nat", own))
    return [*public, *served]


def users_of_nat(network: ForwardingModel, subnet: Subnet) -> list[Sender]:
    """The machines of a subnet that may use the Internet without a public address."""
    found = [*nat_served(network, subnet), *served_elsewhere(network, subnet)]
    return [*dict.fromkeys(found)]


def nat_served(network: ForwardingModel, subnet: Subnet) -> list[Sender]:
    """The machines of a subnet that an entry of a NAT gateway is for, or may be."""
    classes = _alike(network, subnet)
    by_snat = (Sender("nat", each) for each, may_be_served in classes if may_be_served)
    return [*by_snat, *_forwarded_to(network, subnet)]


def _alike(network: ForwardingModel, subnet: Subnet) -> Iterator[tuple[HeaderSpace, bool]]:
    """The addresses of a subnet by what the NAT gateways' entries do with them.

    A NAT gateway serves its own subnet only where the table there leads to it, or where no route
    may be needed.
    """
    own, found = (subnet.cidr.span,), dict[tuple[Coverage, ...], list[Span]]()
    serving = _serving(network, subnet.vpc)
    serves_own = any(each.subnet == subnet.id for each in serving) and (
        _leads_to_nat(network, subnet) or _goes_without_route(network, subnet)
    )
    may_serve = [serves_own or each.subnet != subnet.id for each in serving]
    blocks = {each.block for nat in serving for each in nat.snat or ()}
    mapped = {each.target for nat in serving for each in nat.mappings}
    for part in _cut(own, [each.span for each in blocks | mapped]):
        key = tuple(nat.coverage(part[0]) for nat in serving)
        found.setdefault(key, []).append(part)
    for key, spans in found.items():
        served = (each != "uncovered" for each in key)
        yield union(spans), any(a and b for a, b in zip(served, may_serve, strict=True))


def _cut(space: HeaderSpace, spans: Sequence[Span]) -> Iterator[Span]:
    """The parts of a space, cut wherever one of the spans begins or ends."""
    edges = sorted({edge for first, last in spans for edge in (first, last + 1)})
    for first, last in space:
        inner = [each for each in edges if first < each <= last]
        yield from zip([first, *inner], [*(each - 1 for each in inner), last], strict=True)


def served_elsewhere(network: ForwardingModel, subnet: Subnet) -> list[Sender]:
    """The machines of a subnet that something else may serve, of which nobody knows whom it does.

    Such are an instance that does NAT, and the way out of another VPC.
    """
    hops = _hops_to_the_internet(network, subnet)
    known = (LOCAL, GATEWAY, ENDPOINT, TARGET_GROUP, NAT_GATEWAY)
    leads_elsewhere = any(each.kind not in known for each in hops)
    return [Sender("nat", (subnet.cidr.span,))] if leads_elsewhere else []


def _leads_to_nat(network: ForwardingModel, subnet: Subnet) -> bool:
    """True if the subnet's table leads to a NAT gateway that may have a public address."""
    hops = _hops_to_the_internet(network, subnet)
    return any(each.kind == NAT_GATEWAY and _may_translate(network, each.id) for each in hops)


def _goes_without_route(network: ForwardingModel, subnet: Subnet) -> bool:
    """True if some of what a subnet sends has no route, or one without effect, and needs none."""
    key = network.table_of(subnet.id)
    if needs_routes(network, subnet.vpc) or network.table(key) is None:
        return False
    decided = (each.entry for each in network.decide(key, INTERNET))
    return any(entry is None or any(h.kind == GATEWAY for h in entry.hops) for entry in decided)


def needs_routes(network: ForwardingModel, vpc: str) -> bool:
    """True if nothing leaves a VPC but by a route to its active IPv4 gateway."""
    gateway = network.gateway_in(vpc)
    return (gateway is not None and gateway.enabled) or network.is_centralised(vpc)


def _hops_to_the_internet(network: ForwardingModel, subnet: Subnet) -> Iterator[NextHop]:
    key = network.table_of(subnet.id)
    if network.table(key) is not None:
        for each in network.decide(key, INTERNET, per_entry=True):
            yield from each.entry.hops if each.entry else ()


def _may_translate(network: ForwardingModel, key: str) -> bool:
    nat = network.nat_gateway(key)
    return nat.public if nat else network.unread_reason(NAT_GATEWAYS.call.name) is not None


def _forwarded_to(network: ForwardingModel, subnet: Subnet) -> Iterator[Sender]:
    own = (subnet.cidr.span,)
    for nat in _serving(network, subnet.vpc):
        targets: HeaderSpace = own
        if nat.forwards is not None:
            targets = intersection(own, union(each.target.span for each in nat.forwards))
        if targets:
            yield Sender("nat", targets, session=nat.id)
