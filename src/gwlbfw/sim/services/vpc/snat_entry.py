"""SNAT entry: which vSwitch or block reaches other networks by which addresses of a NAT gateway.

The addresses are EIPs of an Internet NAT gateway, NAT IPs of a VPC NAT gateway, or those of an
interface.

Sources: VPC API, CreateSnatEntry, ModifySnatEntry, DeleteSnatEntry and DescribeSnatTableEntries,
with their error tables.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, filter_by_values
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc.eip.record import eips_of
from gwlbfw.sim.services.vpc.forward_entry import ANY, ForwardEntry
from gwlbfw.sim.services.vpc.nat_gateway.record import NatGateway, gateway_of_table
from gwlbfw.sim.services.vpc.nat_ip import nat_ips_of
from gwlbfw.sim.services.vpc.parameters import cidr_network, name_or_description
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@dataclass(kw_only=True, eq=False)
class SnatEntry(
    Record,
    kind="snat_entry",
    prefix="snat",
    product="vpc",
    not_found=("InvalidSnatEntryId.NotFound", 404),
):
    """One entry of a gateway's SNAT table."""

    gateway_id: str = ""
    table_id: str = ""
    name: str = ""
    addresses: tuple[str, ...] = ()
    network_interface_id: str = ""
    """The interface whose addresses it uses instead."""
    source_vswitch_id: str = ""
    source_cidr: str = ""
    eip_affinity: int = 0

    @property
    def implicit(self) -> bool:
        return True

    def uses(self) -> Collection[str]:
        return (self.gateway_id, self.source_vswitch_id)


@action("vpc", "CreateSnatEntry")
def create_snat_entry(region: Region, request: Request) -> Reply:
    """VPC API, CreateSnatEntry: for a vSwitch or a block that no other entry is for."""
    gateway = gateway_of_table(region, "snat_table_id", request.text("SnatTableId"))
    addresses, interface_id = _addresses(region, gateway, request)
    if not addresses and not interface_id:
        raise ApiError("EIP_NOT_IN_GATEWAY", "An address is not bound to the NAT gateway.")
    vswitch_id, cidr = _source(region, gateway, request)
    entry = region.add(
        SnatEntry(
            gateway_id=gateway.id,
            table_id=gateway.snat_table_id,
            name=name_or_description(request, "SnatEntryName"),
            addresses=tuple(addresses),
            network_interface_id=interface_id,
            source_vswitch_id=vswitch_id,
            source_cidr=cidr,
            eip_affinity=request.number("EipAffinity", 0, 0, 1),
        )
    )
    region.transition(entry, "Pending", "Available")
    return {"SnatEntryId": entry.id}


def _addresses(region: Region, gateway: NatGateway, request: Request) -> tuple[Sequence[str], str]:
    """The gateway's addresses that a call names, or the interface whose addresses are used."""
    interface_id, addresses = request.text("NetworkInterfaceId"), request.comma_texts("SnatIp")
    if interface_id:
        if addresses:
            raise request.invalid("SnatIp", "either SnatIp or NetworkInterfaceId is expected")
        interface = region.require(NetworkInterface, interface_id)
        if interface.vpc_id != gateway.vpc_id:
            raise request.invalid("NetworkInterfaceId", "an interface in the VPC is expected")
        return (interface.ip,), interface_id
    if gateway.network_type == "internet":
        own = {each.address for each in eips_of(region, gateway.id) if each.status == "InUse"}
    else:
        own = {each.ip for each in nat_ips_of(region, gateway.id) if each.status == "Available"}
    if not own.issuperset(addresses):
        raise ApiError("EIP_NOT_IN_GATEWAY", "An address is not bound to the NAT gateway.")
    for each in region.where(ForwardEntry, gateway_id=gateway.id):
        if each.external_ip in addresses and each.protocol.lower() == ANY:
            code = "Forbidden.IpUsedInForwardTable"
            raise ApiError(code, f"The DNAT entry {each.id} maps {each.external_ip} as a whole.")
    return addresses, ""


def _source(region: Region, gateway: NatGateway, request: Request) -> tuple[str, str]:
    """The vSwitch, if one is named, and the block that an entry is for."""
    vswitch_id, cidr = request.text("SourceVSwitchId"), request.text("SourceCIDR")
    if bool(vswitch_id) is bool(cidr):
        raise request.invalid("SourceCIDR", "either SourceVSwitchId or SourceCIDR is expected")
    if vswitch_id:
        cidr = region.require(VSwitch, vswitch_id, "InvalidVSwitchId.NotFound").cidr
    cidr = str(cidr_network(cidr))
    for each in region.where(SnatEntry, gateway_id=gateway.id):
        if vswitch_id and each.source_vswitch_id == vswitch_id:
            code = "Forbidden.SourceVSwitchId.Duplicated"
            raise ApiError(code, f"The SNAT entry {each.id} is for the vSwitch.")
        if each.source_cidr == cidr:
            code = "OperationUnsupported.CidrConflict"
            raise ApiError(code, f"The SNAT entry {each.id} is for {cidr}.")
    return vswitch_id, cidr


@action("vpc", "ModifySnatEntry")
def modify_snat_entry(region: Region, request: Request) -> Reply:
    """VPC API, ModifySnatEntry: its addresses, name and affinity."""
    gateway = gateway_of_table(region, "snat_table_id", request.text("SnatTableId"))
    entry = _require(region, request)
    addresses, interface_id = _addresses(region, gateway, request)
    if addresses:
        entry.addresses, entry.network_interface_id = tuple(addresses), interface_id
    entry.name = name_or_description(request, "SnatEntryName", entry.name)
    entry.eip_affinity = request.number("EipAffinity", entry.eip_affinity, 0, 1)
    region.transition(entry, "Pending", "Available")
    return {}


@action("vpc", "DeleteSnatEntry")
def delete_snat_entry(region: Region, request: Request) -> Reply:
    """VPC API, DeleteSnatEntry: not while an entry of its table is Pending."""
    region.transition(_require(region, request), "Deleting", DELETED)
    return {}


def _require(region: Region, request: Request) -> SnatEntry:
    """The entry of the table that a call names, which can be changed now."""
    entry = region.require(SnatEntry, request.text("SnatEntryId"))
    if entry.table_id != request.text("SnatTableId"):
        raise ApiError("InvalidSnatTableId.NotFound", "The SNAT table has no such entry.", 404)
    for each in region.where(SnatEntry, table_id=entry.table_id):
        if each.status == "Pending" or entry.status == "Deleting":
            # The code is spelled so.
            raise ApiError("IncorretSnatEntryStatus", f"The SNAT entry {each.id} is {each.status}.")
    return entry


_FILTERS: Mapping[str, TextGetter[SnatEntry]] = {
    "SnatTableId": lambda each: each.table_id,
    "NatGatewayId": lambda each: each.gateway_id,
    "SnatEntryId": lambda each: each.id,
    "SnatEntryName": lambda each: each.name,
    "SnatIp": lambda each: ",".join(each.addresses),
    "SourceVSwitchId": lambda each: each.source_vswitch_id,
    "SourceCIDR": lambda each: each.source_cidr,
}


@action("vpc", "DescribeSnatTableEntries")
def describe_snat_table_entries(region: Region, request: Request) -> Reply:
    """VPC API, DescribeSnatTableEntries: of a table or a gateway."""
    if not request.text("SnatTableId") and not request.text("NatGatewayId"):
        raise ApiError("MissingParameter", "SnatTableId or NatGatewayId is mandatory.")
    found = filter_by_parameters(request, region.all(SnatEntry), _FILTERS)
    interfaces = request.texts("NetworkInterfaceIds")
    found = filter_by_values(found, interfaces, lambda each: each.network_interface_id)
    page = page_by_number(request, found)
    listed: list[Json] = [
        {
            "SnatEntryId": each.id,
            "SnatEntryName": each.name,
            "SnatTableId": each.table_id,
            "NatGatewayId": each.gateway_id,
            "NetworkInterfaceId": each.network_interface_id,
            "SnatIp": ",".join(each.addresses),
            "SourceVSwitchId": each.source_vswitch_id,
            "SourceCIDR": each.source_cidr,
            "Status": each.status,
            "EipAffinity": str(each.eip_affinity),
        }
        for each in page.items
    ]
    return {"SnatTableEntries": {"SnatTableEntry": listed}, **page.fields}
