"""DNAT entry: which port of a NAT gateway's address leads to which port of a private one.

Sources: VPC API, CreateForwardEntry, ModifyForwardEntry, DeleteForwardEntry and
DescribeForwardTableEntries, with their error tables.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc.eip.record import eips_of
from gwlbfw.sim.services.vpc.nat_gateway.record import NatGateway, gateway_of_table
from gwlbfw.sim.services.vpc.nat_ip import nat_ips_of
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

ENTRIES = quota("forward_entries_per_table", 100)
"""DNAT entries of one table (VPC API, CreateForwardEntry)."""
ANY = "any"
"""All ports of all protocols: the whole address leads to one private one."""
_PORTS = re.compile(r"(\d{1,5})(?:/(\d{1,5}))?")


@dataclass(frozen=True)
class Rule:
    """The content of an entry: ports are one, a range such as `10/20`, or Any."""

    external_ip: str
    external_port: str
    internal_ip: str
    internal_port: str
    protocol: str
    port_break: bool = False

    @property
    def whole(self) -> bool:
        """True for one that maps the whole address."""
        return self.protocol.lower() == ANY


@dataclass(kw_only=True, eq=False)
class ForwardEntry(
    Record,
    kind="forward_entry",
    prefix="fwd",
    product="vpc",
    not_found=("InvalidForwardEntryId.NotFound", 404),
):
    """One entry of a gateway's DNAT table."""

    gateway_id: str = ""
    table_id: str = ""
    name: str = ""
    external_ip: str = ""
    external_port: str = ""
    internal_ip: str = ""
    internal_port: str = ""
    protocol: str = ""
    port_break: bool = False

    @property
    def implicit(self) -> bool:
        return True

    def uses(self) -> Collection[str]:
        return (self.gateway_id,)

    @property
    def rule(self) -> Rule:
        """The content of the entry."""
        ports = self.external_port, self.internal_ip, self.internal_port
        return Rule(self.external_ip, *ports, self.protocol, self.port_break)

    def follow(self, rule: Rule) -> None:
        """Take over what a rule says."""
        self.external_ip, self.external_port = rule.external_ip, rule.external_port
        self.internal_ip, self.internal_port = rule.internal_ip, rule.internal_port
        self.protocol, self.port_break = rule.protocol, rule.port_break


@action("vpc", "CreateForwardEntry")
def create_forward_entry(region: Region, request: Request) -> Reply:
    """VPC API, CreateForwardEntry: one at a time for a gateway.

    The documentation says that entries of a gateway can't be added at once;
    terraform-provider-alicloud retries OperationConflict.
    """
    gateway = gateway_of_table(region, "forward_table_id", request.text("ForwardTableId"))
    others = region.where(ForwardEntry, gateway_id=gateway.id)
    if any(each.status == "Pending" for each in others):
        raise ApiError("OperationConflict", "A DNAT entry of the gateway is being changed.")
    if len(others) >= (most := region.quota(ENTRIES)):
        raise ApiError("QuotaExceeded", f"A DNAT table has at most {most} entries.")
    rule = _rule(request, Rule("", "", "", "", ""))
    _check(region, gateway, rule, others)
    entry = ForwardEntry(
        gateway_id=gateway.id,
        table_id=gateway.forward_table_id,
        name=name_or_description(request, "ForwardEntryName"),
    )
    entry.follow(rule)
    region.add(entry)
    region.transition(entry, "Pending", "Available")
    return {"ForwardEntryId": entry.id}


@action("vpc", "ModifyForwardEntry")
def modify_forward_entry(region: Region, request: Request) -> Reply:
    """VPC API, ModifyForwardEntry: what isn't named stays."""
    gateway = gateway_of_table(region, "forward_table_id", request.text("ForwardTableId"))
    entry = _require(region, request)
    rule = _rule(request, entry.rule)
    others = region.where(ForwardEntry, gateway_id=gateway.id)
    _check(region, gateway, rule, [each for each in others if each is not entry])
    entry.follow(rule)
    entry.name = name_or_description(request, "ForwardEntryName", entry.name)
    region.transition(entry, "Pending", "Available")
    return {}


@action("vpc", "DeleteForwardEntry")
def delete_forward_entry(region: Region, request: Request) -> Reply:
    """VPC API, DeleteForwardEntry: not while an entry of its table is Pending."""
    region.transition(_require(region, request), "Deleting", DELETED)
    return {}


def _require(region: Region, request: Request) -> ForwardEntry:
    """The entry of the table that a call names, which can be changed now."""
    entry = region.require(ForwardEntry, request.text("ForwardEntryId"))
    if entry.table_id != request.text("ForwardTableId"):
        raise ApiError("InvalidForwardTableId.NotFound", "The DNAT table has no such entry.", 404)
    for each in region.where(ForwardEntry, table_id=entry.table_id):
        if each.status == "Pending" or entry.status == "Deleting":
            # The code is spelled so.
            why = f"The DNAT entry {each.id} is {each.status}."
            raise ApiError("IncorretForwardEntryStatus", why)
    return entry


def _rule(request: Request, now: Rule) -> Rule:
    """What a call says, which is well formed; from an entry's present rule where it is silent."""
    rule = replace(
        now,
        external_ip=request.text("ExternalIp", now.external_ip),
        external_port=request.text("ExternalPort", now.external_port),
        internal_ip=request.text("InternalIp", now.internal_ip),
        internal_port=request.text("InternalPort", now.internal_port),
        protocol=request.text("IpProtocol", now.protocol),
        port_break=request.flag("PortBreak", default=now.port_break),
    )
    if rule.protocol.lower() not in ("tcp", "udp", ANY):
        code = "InvalidProtocal.ValueNotSupported"
        raise ApiError(code, f"The protocol {rule.protocol} is not supported.")
    for name, address in (("ExternalIp", rule.external_ip), ("InternalIp", rule.internal_ip)):
        try:
            IPv4Address(address)
        except ValueError:
            why = f"The specified {name} is not a valid IP address."
            raise ApiError(f"Invalid{name}.Malformed", why) from None
    outer = _ports(rule, "ExternalPort", rule.external_port)
    inner = _ports(rule, "InternalPort", rule.internal_port)
    if len(outer) != len(inner):
        why = f"{rule.external_port} and {rule.internal_port} differ in number."
        raise ApiError("InvalidInternalPort.Malformed", why)
    return rule


def _ports(rule: Rule, name: str, text: str) -> range:
    """The ports that a text means: one, a range, or, with protocol Any alone, Any."""
    if rule.whole or text.lower() == ANY:
        if rule.whole and text.lower() == ANY:
            return range(1, 65536)
    elif found := _PORTS.fullmatch(text):
        first = int(found[1])
        last = int(found[2] or first)
        if 1 <= first <= last <= 65535:
            return range(first, last + 1)
    raise ApiError(f"Invalid{name}.Malformed", f"The specified {name} {text} is not a valid port.")


def _check(
    region: Region, gateway: NatGateway, rule: Rule, others: Collection[ForwardEntry]
) -> None:
    """Refuse a rule that the gateway can't carry out beside its others."""
    if gateway.network_type == "internet":
        own = {each.address for each in eips_of(region, gateway.id) if each.status == "InUse"}
        _check_target(region, gateway, rule)
    else:
        own = {each.ip for each in nat_ips_of(region, gateway.id) if each.status == "Available"}
    if rule.external_ip not in own:
        why = f"The specified Ip {rule.external_ip} not belong to natgateway."
        raise ApiError("InvalidIp.NotInNatgw", why)
    for other in others:
        if _clash(rule, other.rule):
            # That both kinds of duplicates have this code is UNVERIFIED.
            why = f"The DNAT entry {other.id} has the same address and port."
            raise ApiError("OperationUnsupported.ForwardEntry", why)
    translated = any(
        rule.external_ip in getattr(each, "addresses", ()) for each in region.users(gateway.id)
    )
    if translated and (rule.whole or _needs_break(rule)):
        why = f"An SNAT entry uses {rule.external_ip}: take PortBreak for ports above 1024."
        raise ApiError("Forbidden.ExternalIp.UsedInSnatTable", why)


def _needs_break(rule: Rule) -> bool:
    """True for ports above 1024, which SNAT uses as well, unless they are broken out of these."""
    return not rule.port_break and _ports(rule, "ExternalPort", rule.external_port)[-1] > 1024


def _clash(rule: Rule, other: Rule) -> bool:
    """True if two rules are about the same outer port, or lead to the same inner one."""
    same = rule.protocol.lower() == other.protocol.lower()
    if rule.external_ip == other.external_ip:
        if rule.whole or other.whole:
            return True
        if same and _overlap(rule, other, "external_port"):
            return True
    return same and rule.internal_ip == other.internal_ip and _overlap(rule, other, "internal_port")


def _overlap(rule: Rule, other: Rule, name: str) -> bool:
    ours = _ports(rule, name, getattr(rule, name))
    theirs = _ports(other, name, getattr(other, name))
    return ours[0] <= theirs[-1] and theirs[0] <= ours[-1]


def _check_target(region: Region, gateway: NatGateway, rule: Rule) -> None:
    """An Internet NAT gateway leads to addresses of its VPC that have no EIP of their own."""
    vpc = region.require(Vpc, gateway.vpc_id)
    address = IPv4Address(rule.internal_ip)
    if not any(address in IPv4Network(each) for each in (vpc.cidr, *vpc.secondary_cidrs)):
        code = "Forbidden.DestnationIpOutOfVpcCIDR"
        raise ApiError(code, f"The internal address {address} is out of the VPC's blocks.")
    for each in region.where(NetworkInterface, vpc_id=vpc.id, ip=rule.internal_ip):
        if eips_of(region, each.id) or eips_of(region, each.owner):
            # The code is spelled so.
            raise ApiError("Forbindden", "The specified instance already has an EIP.")


_FILTERS: Mapping[str, TextGetter[ForwardEntry]] = {
    "ForwardTableId": lambda each: each.table_id,
    "NatGatewayId": lambda each: each.gateway_id,
    "ForwardEntryId": lambda each: each.id,
    "ForwardEntryName": lambda each: each.name,
    "ExternalIp": lambda each: each.external_ip,
    "ExternalPort": lambda each: each.external_port,
    "InternalIp": lambda each: each.internal_ip,
    "InternalPort": lambda each: each.internal_port,
}


@action("vpc", "DescribeForwardTableEntries")
def describe_forward_table_entries(region: Region, request: Request) -> Reply:
    """VPC API, DescribeForwardTableEntries: of a table or a gateway.

    What isn't there is an empty list here: terraform-provider-alicloud asks for entries whose
    gateway it has deleted.
    """
    if not request.text("ForwardTableId") and not request.text("NatGatewayId"):
        raise ApiError("MissingParameter", "ForwardTableId or NatGatewayId is mandatory.")
    found = filter_by_parameters(request, region.all(ForwardEntry), _FILTERS)
    if protocol := request.text("IpProtocol").lower():
        found = [each for each in found if each.protocol.lower() == protocol]
    page = page_by_number(request, found)
    listed: list[Json] = [
        {
            "ForwardEntryId": each.id,
            "ForwardEntryName": each.name,
            "ForwardTableId": each.table_id,
            "NatGatewayId": each.gateway_id,
            "ExternalIp": each.external_ip,
            "ExternalPort": each.external_port,
            "InternalIp": each.internal_ip,
            "InternalPort": each.internal_port,
            "IpProtocol": each.protocol,
            "Status": each.status,
        }
        for each in page.items
    ]
    return {"ForwardTableEntries": {"ForwardTableEntry": listed}, **page.fields}
