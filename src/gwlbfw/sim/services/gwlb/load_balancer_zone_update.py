"""UpdateLoadBalancerZones: the zones of a load balancer, replaced as a whole.

Source: GWLB API, UpdateLoadBalancerZones (zones that the call leaves out are removed).
"""

from collections.abc import Iterator

from gwlbfw.sim.services.gwlb.errors import require_status, zone_in_use
from gwlbfw.sim.services.gwlb.load_balancer import LoadBalancer
from gwlbfw.sim.services.gwlb.load_balancer_zones import occupy, zone_mappings
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply


@action("gwlb", "UpdateLoadBalancerZones")
def update_zones(region: Region, request: Request) -> Reply:
    """Have the load balancer in these zones and no others."""
    balancer = region.need(LoadBalancer, request.text("LoadBalancerId"))
    require_status(balancer, "Active")
    vswitches = zone_mappings(region, request, balancer.vpc_id)
    moved = {
        zone
        for zone, vswitch_id in balancer.zones.items()
        if zone not in vswitches or vswitches[zone].id != vswitch_id
    }
    if moved and (used := sorted(moved.intersection(_served(region, balancer)))):
        raise zone_in_use(balancer.id, used[0])
    balancer.zones = {zone: occupy(region, balancer, each) for zone, each in vswitches.items()}
    region.begin(balancer, "Configuring", "Active")
    return {}


def _served(region: Region, balancer: LoadBalancer) -> Iterator[str]:
    """The zones in which endpoint services have the load balancer as a resource."""
    for each in region.users(balancer.id):
        if each.kind == "endpoint_service_resource":
            yield str(getattr(each, "zone_id", ""))
