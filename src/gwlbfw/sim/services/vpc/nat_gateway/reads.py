"""Reads of NAT gateways, and where there can be one.

Sources: VPC API, DescribeNatGateways, GetNatGatewayAttribute and
ListEnhanhcedNatGatewayAvailableZones; capacities are those of their examples.
"""

from collections import Counter
from collections.abc import Mapping

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.regions import ZONES
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface, interfaces_of
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, tag_list
from gwlbfw.sim.services.vpc.eip.record import Eip, eips_of
from gwlbfw.sim.services.vpc.forward_entry import ANY, ForwardEntry
from gwlbfw.sim.services.vpc.nat_gateway.record import NatGateway
from gwlbfw.sim.services.vpc.snat_entry import SnatEntry
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_CAPACITY: Mapping[str, Json] = {
    "MaxBandwidth": 5120,
    "MaxSessionEstablishRate": 100000,
    "MaxSessionQuota": 2000000,
}
_FILTERS: Mapping[str, TextGetter[NatGateway]] = {
    "NatGatewayId": lambda each: each.id,
    "VpcId": lambda each: each.vpc_id,
    "Name": lambda each: each.name,
    "NatType": lambda _: "Enhanced",
    "NetworkType": lambda each: each.network_type,
    "AvailabilityMode": lambda each: each.availability_mode,
    "InstanceChargeType": lambda _: "PostPaid",
    "Spec": lambda _: "",
    "ResourceGroupId": lambda each: each.resource_group_id,
    "Status": lambda each: each.status,
}


@action("vpc", "DescribeNatGateways")
def describe_nat_gateways(region: Region, request: Request) -> Reply:
    """VPC API, DescribeNatGateways: tags are TagKey and TagValue here."""
    found = filter_by_parameters(request, filter_by_tags(region.all(NatGateway), request), _FILTERS)
    if zone := request.text("ZoneId"):
        found = [each for each in found if _interface(region, each).zone_id == zone]
    page = page_by_number(request, found)
    listed: list[Json] = [_view(region, each) for each in page.items]
    return {"NatGateways": {"NatGateway": listed}, **page.fields}


def _interface(region: Region, gateway: NatGateway) -> NetworkInterface:
    return interfaces_of(region, gateway.id)[0]


def _view(region: Region, gateway: NatGateway) -> dict[str, Json]:
    return {
        **_common(gateway),
        "EipBindMode": gateway.bind_mode,
        "InstanceChargeType": "PostPaid",
        "InternetChargeType": "PayByLcu",
        "DeletionProtection": gateway.deletion_protection,
        "IcmpReplyEnabled": gateway.icmp_reply,
        "EnableSessionLog": str(gateway.session_log).lower(),
        "SnatTableIds": {"SnatTableId": [gateway.snat_table_id]},
        "ForwardTableIds": {"ForwardTableId": [gateway.forward_table_id]},
        "IpLists": {"IpList": [_ip(region, each) for each in eips_of(region, gateway.id)]},
        # That a gateway's interface is never in cut-through mode is UNVERIFIED.
        "NatGatewayPrivateInfo": {**_place(region, gateway), **_CAPACITY, "EniType": "indirect"},
        "Tags": {"Tag": tag_list(gateway.tags, "TagKey", "TagValue")},
    }


def _common(gateway: NatGateway) -> dict[str, Json]:
    """The fields that both reads have."""
    tunnel = gateway.access_mode.get("ModeValue") == "tunnel"
    return {
        "NatGatewayId": gateway.id,
        "Name": gateway.name,
        "Description": gateway.description,
        "VpcId": gateway.vpc_id,
        "RegionId": gateway.region,
        "Status": gateway.status,
        "BusinessStatus": "Normal",
        "NatType": "Enhanced",
        "NetworkType": gateway.network_type,
        "AvailabilityMode": gateway.availability_mode,
        "PrivateLinkEnabled": gateway.private_link,
        # Which mode belongs to which access is UNVERIFIED.
        "PrivateLinkMode": ("Geneve" if tunnel else "FullNat") if gateway.private_link else "",
        "AccessMode": dict(gateway.access_mode),
        "CreationTime": timestamp(gateway.created),
        "ResourceGroupId": gateway.resource_group_id,
    }


def _place(region: Region, gateway: NatGateway) -> dict[str, Json]:
    interface = _interface(region, gateway)
    return {
        "EniInstanceId": interface.id,
        "IzNo": interface.zone_id,
        "PrivateIpAddress": interface.ip,
        "VswitchId": gateway.vswitch_id,
    }


def _ip(region: Region, eip: Eip) -> dict[str, Json]:
    """An EIP of a gateway; one that maps all of an instance's traffic serves no SNAT entry."""
    forwarding = region.where(ForwardEntry, external_ip=eip.address)
    used = "Idle"
    if forwarding:
        used = "UsedByForwardTable"
    elif any(eip.address in each.addresses for each in region.all(SnatEntry)):
        used = "UsedBySnatTable"
    return {
        "AllocationId": eip.id,
        "IpAddress": eip.address,
        "PrivateIpAddress": eip.ip,
        "SnatEntryEnabled": not any(each.protocol.lower() == ANY for each in forwarding),
        "UsingStatus": used,
    }


@action("vpc", "GetNatGatewayAttribute")
def get_nat_gateway_attribute(region: Region, request: Request) -> Reply:
    """VPC API, GetNatGatewayAttribute: one gateway, with the number of its entries."""
    gateway = region.require(NatGateway, request.text("NatGatewayId"))
    entries = Counter(each.kind for each in region.users(gateway.id))
    ips = [_ip(region, each) for each in eips_of(region, gateway.id)]
    return {
        **_common(gateway),
        "BillingConfig": {"InstanceChargeType": "PostPaid", "InternetChargeType": "PayByLcu"},
        "DeletionProtectionInfo": {"Enabled": gateway.deletion_protection},
        "EnableSessionLog": gateway.session_log,
        "LogDelivery": dict(gateway.log_delivery),
        "SnatTable": {
            "SnatTableId": gateway.snat_table_id,
            "SnatEntryCount": entries["snat_entry"],
        },
        "ForwardTable": {
            "ForwardTableId": gateway.forward_table_id,
            "ForwardEntryCount": entries["forward_entry"],
        },
        "IpList": [
            {name: each[name] for name in ("AllocationId", "IpAddress", "UsingStatus")}
            for each in ips
        ],
        "PrivateInfo": {**_place(region, gateway), "MaxBandwidth": _CAPACITY["MaxBandwidth"]},
    }


@action(
    "vpc",
    "ListEnhanhcedNatGatewayAvailableZones",
    without_effect=("AcceptLanguage",),
)
def list_nat_gateway_zones(region: Region, request: Request) -> Reply:
    """VPC API, ListEnhanhcedNatGatewayAvailableZones, which is spelled so.

    That every zone has NAT gateways, with PrivateLink, is UNVERIFIED.
    """
    for each in request.objects("Filter"):
        if each.text("Key") != "PrivateLinkEnabled":
            raise request.invalid("Filter.Key", "PrivateLinkEnabled is expected")
        if not each.flag("Value"):
            return {"Zones": []}
    return {"Zones": [{"ZoneId": each, "LocalName": each} for each in ZONES[region.name]]}
