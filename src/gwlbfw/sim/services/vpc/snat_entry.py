"""SNAT entry: which vSwitch or block reaches the Internet by which EIPs of a NAT gateway.

Source: VPC API, CreateSnatEntry, DeleteSnatEntry and DescribeSnatTableEntries, in brief.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc.eip import eips_of
from gwlbfw.sim.services.vpc.nat_gateway import NatGateway
from gwlbfw.sim.services.vpc.parameters import cidr_network, name_or_description
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply


@dataclass(kw_only=True, eq=False)
class SnatEntry(
    Record,
    kind="snat_entry",
    prefix="snat",
    product="vpc",
    # UNVERIFIED code.
    not_found=("InvalidSnatEntryId.NotFound", 404),
):
    """One entry of a gateway's SNAT table."""

    gateway_id: str = ""
    table_id: str = ""
    name: str = ""
    addresses: tuple[str, ...] = ()
    source_vswitch_id: str = ""
    source_cidr: str = ""

    @property
    def implicit(self) -> bool:
        return True

    def uses(self) -> Collection[str]:
        return (self.gateway_id, self.source_vswitch_id)


@action("vpc", "CreateSnatEntry")
def create_snat_entry(region: Region, request: Request) -> Reply:
    """VPC API, CreateSnatEntry: for a vSwitch or a block, by EIPs of the same gateway."""
    gateway = _gateway(region, request.text("SnatTableId"))
    addresses = request.comma_texts("SnatIp")
    own = {each.address for each in eips_of(region, gateway.id) if each.status == "InUse"}
    if not addresses or not own.issuperset(addresses):
        raise ApiError("EIP_NOT_IN_GATEWAY", "An address is not bound to the NAT gateway.")
    vswitch_id, cidr = request.text("SourceVSwitchId"), request.text("SourceCIDR")
    if bool(vswitch_id) is bool(cidr):
        raise request.invalid("SourceCIDR", "either SourceVSwitchId or SourceCIDR is expected")
    if vswitch_id:
        cidr = region.require(VSwitch, vswitch_id, "InvalidVSwitchId.NotFound").cidr
    entry = region.add(
        SnatEntry(
            gateway_id=gateway.id,
            table_id=gateway.snat_table_id,
            name=name_or_description(request, "SnatEntryName"),
            addresses=tuple(addresses),
            source_vswitch_id=vswitch_id,
            source_cidr=str(cidr_network(cidr)),
        )
    )
    region.transition(entry, "Pending", "Available")
    return {"SnatEntryId": entry.id}


@action("vpc", "DeleteSnatEntry")
def delete_snat_entry(region: Region, request: Request) -> Reply:
    """VPC API, DeleteSnatEntry: of the table that it names."""
    entry = region.require(SnatEntry, request.text("SnatEntryId"))
    if entry.table_id != request.text("SnatTableId"):
        raise ApiError("InvalidSnatTableId.NotFound", "The SNAT table has no such entry.", 404)
    region.transition(entry, "Deleting", DELETED)
    return {}


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
    page = page_by_number(request, filter_by_parameters(request, region.all(SnatEntry), _FILTERS))
    return {
        "SnatTableEntries": {
            "SnatTableEntry": [
                {
                    "SnatEntryId": each.id,
                    "SnatEntryName": each.name,
                    "SnatTableId": each.table_id,
                    "NatGatewayId": each.gateway_id,
                    "SnatIp": ",".join(each.addresses),
                    "SourceVSwitchId": each.source_vswitch_id,
                    "SourceCIDR": each.source_cidr,
                    "Status": each.status,
                    "EipAffinity": "0",
                }
                for each in page.items
            ]
        },
        **page.fields,
    }


def _gateway(region: Region, table_id: str) -> NatGateway:
    for gateway in region.where(NatGateway, snat_table_id=table_id):
        if gateway.status != "Available":
            raise ApiError("IncorrectStatus.NATGW", f"The NAT gateway is {gateway.status}.")
        return gateway
    raise ApiError("InvalidSnatTableId.NotFound", f"No SNAT table is {table_id}.", 404)
