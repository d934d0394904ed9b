"""From what the cloud says of NAT gateways, and of their entries, to the forwarding model."""

from collections.abc import Iterator, Mapping

from gwlbfw.cloud.call import Raw, objects
from gwlbfw.cloud.reply_fields import text_at
from gwlbfw.diagnostics import one_line
from gwlbfw.errors import ReplyError
from gwlbfw.reachability.facts import NetworkFacts
from gwlbfw.reachability.listings import FORWARD_ENTRIES
from gwlbfw.reachability.model import Subnet
from gwlbfw.reachability.nat_gateway import Coverage, ForwardEntry, NatGateway, SnatEntry
from gwlbfw.reachability.prefixes import Prefix

_ANYBODY = Prefix(0, 0)
_LONGEST = 60


def nat_gateways(facts: NetworkFacts, subnets: Mapping[str, Subnet]) -> Iterator[NatGateway]:
    """The NAT gateways of the VPCs, with their entries as far as these were read.

    An Internet NAT gateway leaves by its EIPs, an intranet one (NetworkType) by none.
    """
    for raw in facts.nat_gateways:
        key = text_at(raw, "NatGatewayId")
        snat, forwards = facts.snat_entries.get(key), facts.forward_entries.get(key)
        yield NatGateway(
            key,
            text_at(raw, "VpcId"),
            text_at(raw, "NatGatewayPrivateInfo.VswitchId") or text_at(raw, "VSwitchId"),
            text_at(raw, "Status"),
            bool(objects(raw, "IpLists.IpList")) and text_at(raw, "NetworkType") != "intranet",
            None if snat is None else tuple(_snat_entry(each, raw, subnets) for each in snat),
            None if forwards is None else tuple(map(_forward_entry, forwards)),
        )


def _snat_entry(raw: Raw, nat: Raw, subnets: Mapping[str, Subnet]) -> SnatEntry:
    """An entry for a source that can't be placed may be for anybody."""
    subnet = subnets.get(text_at(raw, "SourceVSwitchId"))
    block = subnet.cidr if subnet else _prefix(text_at(raw, "SourceCIDR"))
    return SnatEntry(block or _ANYBODY, _serves(raw, nat) if block else "unknown")


def _serves(raw: Raw, nat: Raw) -> Coverage:
    """An entry serves by addresses that are bound to its gateway.

    UNVERIFIED what one does of which some are not, what one does by the addresses of an interface,
    and which addresses a gateway's prefixes of addresses (IpPrefixList) stand for.
    """
    if text_at(raw, "Status") != "Available" or text_at(raw, "NetworkInterfaceId"):
        return "unknown"
    bound = {text_at(each, "IpAddress") for each in objects(nat, "IpLists.IpList")}
    own = {each.strip() for each in text_at(raw, "SnatIp").split(",")} - {""}
    if own and own <= bound:
        return "covered"
    return "unknown" if own & bound or objects(nat, "IpPrefixList.IpPrefixList") else "uncovered"


def _forward_entry(raw: Raw) -> ForwardEntry:
    target = _prefix(text_at(raw, "InternalIp"))
    if target is None:
        problem = f"{one_line(text_at(raw, 'InternalIp'), _LONGEST)!r} is no address"
        raise ReplyError(FORWARD_ENTRIES.call.name, problem)
    address, port = text_at(raw, "ExternalIp"), text_at(raw, "ExternalPort")
    outside = (address, text_at(raw, "IpProtocol").lower(), port)
    return ForwardEntry(target, " ".join(each for each in outside if each))


def _prefix(block: str) -> Prefix | None:
    try:
        return Prefix.parse(block)
    except ValueError:
        return None
