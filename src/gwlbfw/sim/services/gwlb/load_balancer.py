"""Gateway Load Balancer: an address in one vSwitch of each of its zones.

Sources: GWLB API, CreateLoadBalancer to DeleteLoadBalancer; help page "GWLB instances".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from gwlbfw.sim.services.ecs.network_interface import owned
from gwlbfw.sim.services.gwlb.errors import (
    has_listener,
    over_quota,
    require_status,
    serves_endpoints,
)
from gwlbfw.sim.services.gwlb.load_balancer_zones import occupy, zone_mappings
from gwlbfw.sim.services.gwlb.parameters import gwlb_name
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP
from gwlbfw.sim.services.tags import wanted
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.store.record import GONE, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

QUOTA = 50
"""Load balancers in one region (help page "GWLB quotas")."""
TRAFFIC_MODES = ("LoadBalance", "ByPass")


@dataclass(kw_only=True, eq=False)
class LoadBalancer(
    Record,
    kind="load_balancer",
    prefix="gwlb",
    product="gwlb",
    tag_type="loadbalancer",
    absent=("ResourceNotFound.LoadBalancer", 404),
):
    """One load balancer; `zones` gives the vSwitch of each zone."""

    vpc_id: str = ""
    name: str = ""
    zones: Mapping[str, str] = field(default_factory=dict)
    traffic_mode: str = "LoadBalance"
    resource_group_id: str = DEFAULT_GROUP

    def uses(self) -> Collection[str]:
        return (self.vpc_id,)

    def arrive(self, region: Region, name: str) -> None:
        """Zones that were left out keep their address until the change is done."""
        if name == "status" and self.status == "Active":
            for interface in owned(region, self.id):
                if interface.vswitch_id not in self.zones.values():
                    region.remove(interface)

    def leave(self, region: Region) -> None:
        """The addresses stay for a moment longer, in which their vSwitches can't be deleted.

        UNVERIFIED for how long; terraform-provider-alicloud (resource_alicloud_vswitch.go) retries
        DependencyViolation since dependents are released some time after their deletion.
        """
        for interface in owned(region, self.id):
            region.begin(interface, "Detaching", GONE)


@action("gwlb", "CreateLoadBalancer", note="service-linked roles")
def create(region: Region, request: Request) -> Reply:
    """Make a load balancer with an address in each zone's vSwitch."""
    request.one_of("AddressIpVersion", ("Ipv4",))
    if len(region.all(LoadBalancer)) >= QUOTA:
        raise over_quota("LoadBalancersNum", QUOTA)
    vpc = region.need(Vpc, request.text("VpcId"), "ResourceNotFound.Vpc", 404)
    vswitches = zone_mappings(region, request, vpc.id)
    balancer = LoadBalancer(
        vpc_id=vpc.id,
        name=gwlb_name(request, "LoadBalancerName"),
        resource_group_id=request.text("ResourceGroupId", DEFAULT_GROUP),
        tags=wanted(request),
    )
    region.add(balancer)
    balancer.zones = {zone: occupy(region, balancer, each) for zone, each in vswitches.items()}
    region.begin(balancer, "Provisioning", "Active")
    return {"LoadBalancerId": balancer.id}


@action("gwlb", "UpdateLoadBalancerAttribute")
def update(region: Region, request: Request) -> Reply:
    """Rename it, or have its traffic pass the servers by."""
    balancer = region.need(LoadBalancer, request.text("LoadBalancerId"))
    require_status(balancer, "Active")
    balancer.name = gwlb_name(request, "LoadBalancerName", balancer.name)
    balancer.traffic_mode = request.one_of("TrafficMode", TRAFFIC_MODES, balancer.traffic_mode)
    region.begin(balancer, "Configuring", "Active")
    return {}


@action("gwlb", "DeleteLoadBalancer")
def delete(region: Region, request: Request) -> Reply:
    """Remove it at once; only one that is Active, has no listener and serves no endpoints."""
    balancer = region.need(LoadBalancer, request.text("LoadBalancerId"))
    require_status(balancer, "Active")
    kinds = {each.kind for each in region.users(balancer.id)}
    if "listener" in kinds:
        raise has_listener(balancer.id)
    if "endpoint_service_resource" in kinds:
        raise serves_endpoints(balancer.id)
    region.remove(balancer)
    return {}
