"""From what the cloud says of NAT gateways, and of their entries, to the forwarding model."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gwlbfw.cloud.call import Raw, objects
from gwlbfw.cloud.reply_fields import text_at
from gwlbfw.diagnostics import one_line
from gwlbfw.errors import ReplyError
from gwlbfw.reachability.facts import NetworkFacts
from gwlbfw.reachability.listings import FORWARD_ENTRIES
from gwlbfw.reachability.model import Subnet
from gwlbfw.reachability.nat_gateway import Coverage, ForwardEntry, NatGateway, SnatEntry
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.resources.load_balancer import NORMAL

_ANYBODY = Prefix(0, 0)
_LONGEST = 60
_ALL = "any"
"""The protocol and the port of a DNAT entry of all ports (VPC API, CreateForwardEntry)."""


def nat_gateways(facts: NetworkFacts, subnets: Mapping[str, Subnet]) -> Iterator[NatGateway]:
    """The NAT gateways of the VPCs, with their entries as far as these were read.

    An Internet NAT gateway leaves by its EIPs, an intranet one (NetworkType) by none.
    """
    for raw in facts.nat_gateways:
        key = text_at(raw, "NatGatewayId")
        snat, forwards = facts.snat_entries.get(key), facts.forward_entries.get(key)
        bound = _Bound.of(raw, facts)
        yield NatGateway(
            key,
            text_at(raw, "VpcId"),
            text_at(raw, "NatGatewayPrivateInfo.VswitchId") or text_at(raw, "VSwitchId"),
            _status(raw),
            bool(objects(raw, "IpLists.IpList")) and text_at(raw, "NetworkType") != "intranet",
            None if snat is None else tuple(_snat_entry(each, bound, subnets) for each in snat),
            None if forwards is None else tuple(_forward_entry(each, bound) for each in forwards),
        )


def _status(raw: Raw) -> str:
    """The status of a NAT gateway, or that of its bill: UNVERIFIED what one in arrears does."""
    business = text_at(raw, "BusinessStatus") or NORMAL
    return text_at(raw, "Status") if business == NORMAL else business


class _Bound(NamedTuple):
    """The addresses that are bound to a NAT gateway."""

    lasting: frozenset[str]
    changing: frozenset[str]
    """Those that are being bound or unbound, or in arrears: UNVERIFIED what these do."""
    prefixes: bool
    """True if it has prefixes of addresses, too; UNVERIFIED which these stand for."""

    @classmethod
    def of(cls, nat: Raw, facts: NetworkFacts) -> "_Bound":
        """The addresses of a NAT gateway, by its own list and that of EIPs."""
        own = {text_at(each, "IpAddress") for each in objects(nat, "IpLists.IpList")}
        changing = {text_at(each, "IpAddress") for each in facts.eips if not _lasts(each)}
        prefixes = bool(objects(nat, "IpPrefixList.IpPrefixList"))
        return cls(frozenset(own - changing), frozenset(own & changing), prefixes)


def _lasts(eip: Raw) -> bool:
    """VPC API, DescribeEipAddresses: one that is bound is InUse."""
    return text_at(eip, "Status") == "InUse" and text_at(eip, "BusinessStatus") in ("", NORMAL)


def _snat_entry(raw: Raw, bound: _Bound, subnets: Mapping[str, Subnet]) -> SnatEntry:
    """An entry for a source that can't be placed may be for anybody."""
    subnet = subnets.get(text_at(raw, "SourceVSwitchId"))
    block = subnet.cidr if subnet else _prefix(text_at(raw, "SourceCIDR"))
    return SnatEntry(block or _ANYBODY, _serves(raw, bound) if block else "unknown")


def _serves(raw: Raw, bound: _Bound) -> Coverage:
    """An entry serves by addresses that are bound to its gateway.

    UNVERIFIED what one does of which some are not, and what by the addresses of an interface.
    """
    if text_at(raw, "Status") != "Available" or text_at(raw, "NetworkInterfaceId"):
        return "unknown"
    own = {each.strip() for each in text_at(raw, "SnatIp").split(",")} - {""}
    if own and own <= bound.lasting:
        return "covered"
    return "unknown" if own & (bound.lasting | bound.changing) or bound.prefixes else "uncovered"


def _forward_entry(raw: Raw, bound: _Bound) -> ForwardEntry:
    target = _prefix(text_at(raw, "InternalIp"))
    if target is None:
        problem = f"{one_line(text_at(raw, 'InternalIp'), _LONGEST)!r} is no address"
        raise ReplyError(FORWARD_ENTRIES.call.name, problem)
    address, port = text_at(raw, "ExternalIp"), text_at(raw, "ExternalPort")
    outside = (address, text_at(raw, "IpProtocol").lower(), port)
    lends = _lends(raw, bound) if _ALL in (outside[1], port.lower()) else "uncovered"
    return ForwardEntry(target, " ".join(each for each in outside if each), lends)


def _lends(raw: Raw, bound: _Bound) -> Coverage:
    lasts = text_at(raw, "Status") == "Available"
    return "covered" if lasts and text_at(raw, "ExternalIp") in bound.lasting else "unknown"


def _prefix(block: str) -> Prefix | None:
    try:
        return Prefix.parse(block)
    except ValueError:
        return None
