"""Reading load balancers.

Source: GWLB API, GetLoadBalancerAttribute and ListLoadBalancers (which leaves TrafficMode out).
"""

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.services.ecs.network_interface import owned
from gwlbfw.sim.services.gwlb.load_balancer import LoadBalancer
from gwlbfw.sim.services.gwlb.parameters import keep, listed
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import pairs, tagged
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@action("gwlb", "GetLoadBalancerAttribute")
def get(region: Region, request: Request) -> Reply:
    """One load balancer, with its traffic mode."""
    balancer = region.need(LoadBalancer, request.text("LoadBalancerId"))
    return {**_show(region, balancer), "TrafficMode": balancer.traffic_mode}


@action("gwlb", "ListLoadBalancers")
def list_all(region: Region, request: Request) -> Reply:
    """The load balancers that the filters leave."""
    request.one_of("LoadBalancerBusinessStatus", ("Normal", "FinancialLocked"))
    found = tagged(region.all(LoadBalancer), request)
    found = keep(request, found, "LoadBalancerIds", lambda each: (each.id,))
    found = keep(request, found, "LoadBalancerNames", lambda each: (each.name,))
    found = keep(request, found, "VpcIds", lambda each: (each.vpc_id,))
    found = keep(request, found, "ZoneIds", lambda each: each.zones)
    found = keep(request, found, "LoadBalancerStatus", lambda each: (each.status,))
    found = keep(request, found, "LoadBalancerBusinessStatus", lambda _: ("Normal",))
    found = keep(request, found, "TrafficMode", lambda each: (each.traffic_mode,))
    found = keep(request, found, "AddressIpVersion", lambda _: ("Ipv4", "IPv4"))
    found = keep(request, found, "ResourceGroupId", lambda each: (each.resource_group_id,))
    return listed(request, "LoadBalancers", found, lambda each: _show(region, each))


def _show(region: Region, balancer: LoadBalancer) -> dict[str, Json]:
    return {
        "LoadBalancerId": balancer.id,
        "LoadBalancerName": balancer.name,
        "LoadBalancerStatus": balancer.status,
        "LoadBalancerBusinessStatus": "Normal",
        "AddressIpVersion": "Ipv4",
        "VpcId": balancer.vpc_id,
        "ResourceGroupId": balancer.resource_group_id,
        "CreateTime": timestamp(balancer.created),
        "ZoneMappings": _zones(region, balancer),
        "Tags": pairs(balancer.tags),
    }


def _zones(region: Region, balancer: LoadBalancer) -> list[Json]:
    interfaces = {each.vswitch_id: each for each in owned(region, balancer.id)}
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
