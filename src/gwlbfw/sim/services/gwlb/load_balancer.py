"""Gateway Load Balancer: an address in one vSwitch of each of its zones.

Sources: GWLB API, CreateLoadBalancer to DeleteLoadBalancer, UpdateLoadBalancerZones (zones that
the call leaves out are removed), GetLoadBalancerAttribute and ListLoadBalancers (which leaves
TrafficMode out); help page "GWLB instances". The codes for zones are the Network Load Balancer's
(UNVERIFIED for GWLB).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.regions import gwlb_zones
from gwlbfw.sim.services.ecs.network_interface import (
    NetworkInterface,
    attach_interface,
    interfaces_of,
)
from gwlbfw.sim.services.gwlb.errors import (
    has_listener,
    over_quota,
    require_status,
    serves_endpoints,
    vswitch_not_ready,
    zone_in_use,
)
from gwlbfw.sim.services.gwlb.parameters import filter_by_any, gwlb_name, list_page
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Lifecycle, Region
from gwlbfw.sim.wire import Json, Reply

QUOTA = quota("load_balancers_per_region", 50)
"""Load balancers in one region (help page "GWLB quotas")."""
TRAFFIC_MODES = ("LoadBalance", "ByPass")
NORMAL, FINANCIAL_LOCKED = "Normal", "FinancialLocked"
"""Business statuses (GWLB API, GetLoadBalancerAttribute)."""
MAX_ZONES = 20
"""Zones in one call."""


@dataclass(kw_only=True, eq=False)
class LoadBalancer(
    Record,
    Lifecycle,
    kind="load_balancer",
    prefix="gwlb",
    product="gwlb",
    tag_type="loadbalancer",
    not_found=("ResourceNotFound.LoadBalancer", 404),
):
    """One load balancer; `zones` gives the vSwitch of each zone."""

    vpc_id: str = ""
    name: str = ""
    zones: Mapping[str, str] = field(default_factory=dict)
    traffic_mode: str = "LoadBalance"
    business_status: str = NORMAL
    resource_group_id: str = DEFAULT_GROUP

    def uses(self) -> Collection[str]:
        return (self.vpc_id,)

    def on_transition(self, region: Region, field: str) -> None:
        """Zones that were left out keep their address until the change is done."""
        if field == "status" and self.status == "Active":
            for interface in interfaces_of(region, self.id):
                if interface.vswitch_id not in self.zones.values():
                    region.remove(interface)

    def on_delete(self, region: Region) -> None:
        """The addresses stay for a moment longer, in which their vSwitches can't be deleted.

        UNVERIFIED for how long; terraform-provider-alicloud (resource_alicloud_vswitch.go) retries
        DependencyViolation since dependents are released some time after their deletion.
        """
        for interface in interfaces_of(region, self.id):
            region.transition(interface, "Detaching", DELETED)


@action("gwlb", "CreateLoadBalancer", not_simulated="service-linked roles")
def create_load_balancer(region: Region, request: Request) -> Reply:
    """Create a load balancer with an address in each zone's vSwitch."""
    request.one_of("AddressIpVersion", ("Ipv4",))
    if len(region.all(LoadBalancer)) >= (most := region.quota(QUOTA)):
        raise over_quota("LoadBalancersNum", most)
    vpc = region.require(Vpc, request.text("VpcId"), "ResourceNotFound.Vpc", 404)
    vswitches = zone_mappings(region, request, vpc.id)
    balancer = LoadBalancer(
        vpc_id=vpc.id,
        name=gwlb_name(request, "LoadBalancerName"),
        resource_group_id=request.text("ResourceGroupId", DEFAULT_GROUP),
        tags=requested_tags(request),
    )
    region.add(balancer)
    balancer.zones = {
        zone: assign_address(region, balancer, each) for zone, each in vswitches.items()
    }
    region.transition(balancer, "Provisioning", "Active")
    return {"LoadBalancerId": balancer.id}


@action("gwlb", "UpdateLoadBalancerAttribute")
def update_load_balancer_attribute(region: Region, request: Request) -> Reply:
    """Change its name or its traffic mode (ByPass: past the servers)."""
    balancer = region.require(LoadBalancer, request.text("LoadBalancerId"))
    require_status(balancer, "Active")
    balancer.name = gwlb_name(request, "LoadBalancerName", balancer.name)
    balancer.traffic_mode = request.one_of("TrafficMode", TRAFFIC_MODES, balancer.traffic_mode)
    region.transition(balancer, "Configuring", "Active")
    return {}


@action("gwlb", "DeleteLoadBalancer")
def delete_load_balancer(region: Region, request: Request) -> Reply:
    """Delete at once a load balancer that is Active, has no listener and serves no endpoints."""
    balancer = region.require(LoadBalancer, request.text("LoadBalancerId"))
    require_status(balancer, "Active")
    kinds = {each.kind for each in region.users(balancer.id)}
    if "listener" in kinds:
        raise has_listener(balancer.id)
    if "endpoint_service_resource" in kinds:
        raise serves_endpoints(balancer.id)
    region.remove(balancer)
    return {}


def zone_mappings(region: Region, request: Request, vpc_id: str) -> dict[str, VSwitch]:
    """The vSwitch that a call gives for each zone; one zone is enough."""
    given = request.objects("ZoneMappings")
    if not 1 <= len(given) <= MAX_ZONES:
        raise request.invalid("ZoneMappings", f"1 to {MAX_ZONES} zones")
    vswitches: dict[str, VSwitch] = {}
    for each in given:
        zone = each.require("ZoneId")
        if zone in vswitches:
            raise ApiError("OperationFailed.DuplicateZones.", f"The zone {zone} is named twice.")
        if zone not in gwlb_zones(region.name):
            raise ApiError("InvalidZones", f"The zone {zone} has no gateway load balancers.")
        vswitches[zone] = _vswitch(region, each, vpc_id, zone)
    return vswitches


def _vswitch(region: Region, mapping: Params, vpc_id: str, zone: str) -> VSwitch:
    vswitch = region.require(VSwitch, mapping.require("VSwitchId"), "ResourceNotFound.VSwitch", 404)
    if vswitch.vpc_id != vpc_id:
        raise ApiError("Mismatch.VpcId", f"The vSwitch {vswitch.id} is not in {vpc_id}.")
    if vswitch.zone_id != zone:
        raise ApiError(
            "Mismatch.ZoneIdAndVswitchId", f"The vSwitch {vswitch.id} is not in the zone {zone}."
        )
    if vswitch.status != "Available":
        raise vswitch_not_ready(vswitch.id)
    return vswitch


def assign_address(region: Region, balancer: LoadBalancer, vswitch: VSwitch) -> str:
    """Assign a load balancer an address in a vSwitch, unless it has one; returns vswitch.id."""
    if all(each.vswitch_id != vswitch.id for each in interfaces_of(region, balancer.id)):
        codes = ("IllegalParam.PrivateIpv4Address", "ResourceNotEnough.VSwitchIp")
        attach_interface(
            region, vswitch, NetworkInterface(owner=balancer.id, service="gwlb"), codes
        )
    return vswitch.id


@action("gwlb", "UpdateLoadBalancerZones")
def update_load_balancer_zones(region: Region, request: Request) -> Reply:
    """Set the zones of a load balancer."""
    balancer = region.require(LoadBalancer, request.text("LoadBalancerId"))
    require_status(balancer, "Active")
    vswitches = zone_mappings(region, request, balancer.vpc_id)
    moved = {
        zone
        for zone, vswitch_id in balancer.zones.items()
        if zone not in vswitches or vswitches[zone].id != vswitch_id
    }
    if moved and (used := sorted(moved.intersection(_zones_in_service(region, balancer)))):
        raise zone_in_use(balancer.id, used[0])
    balancer.zones = {
        zone: assign_address(region, balancer, each) for zone, each in vswitches.items()
    }
    region.transition(balancer, "Configuring", "Active")
    return {}


def _zones_in_service(region: Region, balancer: LoadBalancer) -> Iterator[str]:
    """The zones in which endpoint services have the load balancer as a resource."""
    for each in region.users(balancer.id):
        if each.kind == "endpoint_service_resource":
            yield str(getattr(each, "zone_id", ""))


@action("gwlb", "GetLoadBalancerAttribute")
def get_load_balancer_attribute(region: Region, request: Request) -> Reply:
    """One load balancer, with its traffic mode."""
    balancer = region.require(LoadBalancer, request.text("LoadBalancerId"))
    return {**_view(region, balancer), "TrafficMode": balancer.traffic_mode}


@action("gwlb", "ListLoadBalancers")
def list_load_balancers(region: Region, request: Request) -> Reply:
    """The load balancers that match the filters."""
    request.one_of("LoadBalancerBusinessStatus", (NORMAL, FINANCIAL_LOCKED))
    found = filter_by_tags(region.all(LoadBalancer), request)
    found = filter_by_any(request, found, "LoadBalancerIds", lambda each: (each.id,))
    found = filter_by_any(request, found, "LoadBalancerNames", lambda each: (each.name,))
    found = filter_by_any(request, found, "VpcIds", lambda each: (each.vpc_id,))
    found = filter_by_any(request, found, "ZoneIds", lambda each: each.zones)
    found = filter_by_any(request, found, "LoadBalancerStatus", lambda each: (each.status,))
    found = filter_by_any(
        request, found, "LoadBalancerBusinessStatus", lambda each: (each.business_status,)
    )
    found = filter_by_any(request, found, "TrafficMode", lambda each: (each.traffic_mode,))
    found = filter_by_any(request, found, "AddressIpVersion", lambda _: ("Ipv4", "IPv4"))
    found = filter_by_any(request, found, "ResourceGroupId", lambda each: (each.resource_group_id,))
    return list_page(request, "LoadBalancers", found, lambda each: _view(region, each))


def _view(region: Region, balancer: LoadBalancer) -> dict[str, Json]:
    return {
        "LoadBalancerId": balancer.id,
        "LoadBalancerName": balancer.name,
        "LoadBalancerStatus": balancer.status,
        "LoadBalancerBusinessStatus": balancer.business_status,
        "AddressIpVersion": "Ipv4",
        "VpcId": balancer.vpc_id,
        "ResourceGroupId": balancer.resource_group_id,
        "CreateTime": timestamp(balancer.created),
        "ZoneMappings": _zones(region, balancer),
        "Tags": tag_list(balancer.tags),
    }


def _zones(region: Region, balancer: LoadBalancer) -> list[Json]:
    interfaces = {each.vswitch_id: each for each in interfaces_of(region, balancer.id)}
    return [
        {
            "ZoneId": zone,
            "VSwitchId": vswitch_id,
            "LoadBalancerAddresses": [
                {
                    "EniId": interfaces[vswitch_id].id,
                    "PrivateIpv4Address": interfaces[vswitch_id].ip,
                }
            ],
        }
        for zone, vswitch_id in sorted(balancer.zones.items())
    ]
