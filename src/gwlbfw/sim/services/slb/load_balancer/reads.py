"""Reads of Classic Load Balancers.

Sources: SLB API, DescribeLoadBalancers and DescribeLoadBalancerAttribute; the fields of their
replies in alibaba-cloud-sdk-go, services/slb.
"""

from collections.abc import Mapping

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.services.ecs.network_interface import interfaces_of
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, filter_by_values
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.slb.backend_server import backend_view, backends_of
from gwlbfw.sim.services.slb.listener import listeners_of
from gwlbfw.sim.services.slb.load_balancer.record import VERSION, ClassicLoadBalancer
from gwlbfw.sim.services.tags import filter_by_tags, tag_list
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_ALIASES = {"paybytraffic": "4", "paybybandwidth": "3"}
"""The metering method as replies number it; its name is the alias."""


def _network(balancer: ClassicLoadBalancer) -> str:
    return "vpc" if balancer.vpc_id else "classic"


_FILTERS: Mapping[str, TextGetter[ClassicLoadBalancer]] = {
    "Address": lambda each: each.address or each.ip,
    "AddressIPVersion": lambda _: "ipv4",
    "AddressType": lambda each: each.address_type,
    "InternetChargeType": lambda each: _ALIASES.get(each.internet_charge_type, ""),
    "LoadBalancerStatus": lambda each: each.status,
    "MasterZoneId": lambda each: each.master_zone,
    "NetworkType": _network,
    "PayType": lambda _: "PayOnDemand",
    "ResourceGroupId": lambda each: each.resource_group_id,
    "SlaveZoneId": lambda each: each.slave_zone,
    "VSwitchId": lambda each: each.vswitch_id,
    "VpcId": lambda each: each.vpc_id,
}
_LISTS = ("LoadBalancerId", "LoadBalancerName")
_SERVERS = ("ServerId", "ServerIntranetAddress")


@action(
    "slb",
    "DescribeLoadBalancers",
    version=VERSION,
    required=("RegionId",),
    optional=(
        *(*_FILTERS, *_LISTS, *_SERVERS, "PageNumber", "PageSize"),
        *("Tag.1.Key", "Tag.1.Value", "Tags"),
    ),
    not_simulated="Tags",
)
def describe_load_balancers(region: Region, request: Request) -> Reply:
    """SLB API, DescribeLoadBalancers: ids and names with commas between them."""
    found = filter_by_tags(region.all(ClassicLoadBalancer), request)
    found = filter_by_parameters(request, found, _FILTERS)
    found = filter_by_values(found, request.comma_texts("LoadBalancerId"), lambda each: each.id)
    found = filter_by_values(found, request.comma_texts("LoadBalancerName"), lambda each: each.name)
    if server := request.text("ServerId"):
        found = [each for each in found if server in _servers(region, each)]
    if address := request.text("ServerIntranetAddress"):
        found = [each for each in found if address in _servers(region, each).values()]
    page = page_by_number(request, found, maximum=100)
    listed: list[Json] = [_view(each) for each in page.items]
    return {"LoadBalancers": {"LoadBalancer": listed}, **page.fields}


def _servers(region: Region, balancer: ClassicLoadBalancer) -> dict[str, str]:
    """The private address of each of a balancer's servers."""
    found = {}
    for each in backends_of(region, balancer):
        interfaces = interfaces_of(region, each.server_id)
        found[each.server_id] = each.ip or (interfaces[0].ip if interfaces else "")
    return found


def _view(balancer: ClassicLoadBalancer) -> dict[str, Json]:
    return {
        "LoadBalancerId": balancer.id,
        "LoadBalancerName": balancer.name,
        "LoadBalancerStatus": balancer.status,
        "Address": balancer.address or balancer.ip,
        "AddressType": balancer.address_type,
        "AddressIPVersion": "ipv4",
        "NetworkType": _network(balancer),
        "VpcId": balancer.vpc_id,
        "VSwitchId": balancer.vswitch_id,
        "RegionId": balancer.region,
        "RegionIdAlias": balancer.region,
        "MasterZoneId": balancer.master_zone,
        "SlaveZoneId": balancer.slave_zone,
        "Bandwidth": balancer.bandwidth,
        "InternetChargeType": _ALIASES.get(balancer.internet_charge_type, ""),
        "InternetChargeTypeAlias": balancer.internet_charge_type,
        "InstanceChargeType": balancer.charge_type,
        "LoadBalancerSpec": balancer.spec,
        "PayType": "PayOnDemand",
        "BusinessStatus": "Normal",
        "CreateTime": timestamp(balancer.created),
        "CreateTimeStamp": int(balancer.created * 1000),
        "DeleteProtection": "on" if balancer.deletion_protection else "off",
        "ModificationProtectionStatus": balancer.modification_protection,
        "ModificationProtectionReason": balancer.protection_reason,
        "ResourceGroupId": balancer.resource_group_id,
        "ServiceManagedMode": "Unmanaged",
        "Tags": {"Tag": tag_list(balancer.tags, "TagKey", "TagValue")},
    }


@action("slb", "DescribeLoadBalancerAttribute", version=VERSION, required=("LoadBalancerId",))
def describe_load_balancer_attribute(region: Region, request: Request) -> Reply:
    """SLB API, DescribeLoadBalancerAttribute: with its listeners' ports and its backend servers."""
    balancer = region.require(ClassicLoadBalancer, request.text("LoadBalancerId"))
    listeners = listeners_of(region, balancer.id)
    ports: list[Json] = [
        {
            "ListenerPort": each.port,
            "ListenerProtocol": each.protocol,
            "ListenerForward": "off",
            "ForwardPort": 0,
            "Description": each.description,
        }
        for each in listeners
    ]
    backends: list[Json] = [backend_view(each) for each in backends_of(region, balancer)]
    return {
        **_view(balancer),
        "ListenerPorts": {"ListenerPort": [each.port for each in listeners]},
        # The misspelled field has the same ports as the other.
        "ListenerPortsAndProtocal": {
            "ListenerPortAndProtocal": [
                {"ListenerPort": each.port, "ListenerProtocal": each.protocol} for each in listeners
            ]
        },
        "ListenerPortsAndProtocol": {"ListenerPortAndProtocol": ports},
        "BackendServers": {"BackendServer": backends},
        "HasReservedInfo": "false",
        "AutoReleaseTime": 0,
        # A subscription's, of which there are none.
        "EndTime": "",
        "EndTimeStamp": 0,
        "RenewalStatus": "",
        "RenewalDuration": 0,
        "RenewalCycUnit": "",
    }
