"""Which actions of GWLB and PrivateLink are simulated, and which fields their replies have."""

from pathlib import Path
from typing import Any

from gwlbfw.openapi import catalogue, versions
from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.server import Server
from gwlbfw.sim.services.registry import implemented, load_services
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from tests.sim.cloud import Cloud
from tests.sim.services.gwlb.calls import ZONE_B, Firewall, raw
from tests.sim.services.vpc.calls import Vpcs

LEFT_OUT = {("privatelink", "UpdateVpcEndpointZoneConnectionResourceAttribute")}
"""It moves connections between classic and application load balancers."""

READS: list[tuple[str, str, tuple[str, ...]]] = [
    ("gwlb", "DescribeRegions", ()),
    ("gwlb", "DescribeZones", ()),
    ("gwlb", "GetListenerAttribute", ("ListenerId",)),
    ("gwlb", "GetListenerHealthStatus", ("ListenerId",)),
    ("gwlb", "GetLoadBalancerAttribute", ("LoadBalancerId",)),
    ("gwlb", "ListListeners", ()),
    ("gwlb", "ListLoadBalancers", ()),
    ("gwlb", "ListServerGroupServers", ()),
    ("gwlb", "ListServerGroups", ()),
    ("gwlb", "ListTagResources", ()),
    ("privatelink", "DescribeRegions", ()),
    ("privatelink", "DescribeZones", ()),
    ("privatelink", "GetVpcEndpointAttribute", ("EndpointId",)),
    ("privatelink", "GetVpcEndpointServiceAttribute", ("ServiceId",)),
    ("privatelink", "ListTagResources", ()),
    ("privatelink", "ListVpcEndpointConnections", ()),
    ("privatelink", "ListVpcEndpointSecurityGroups", ("EndpointId",)),
    ("privatelink", "ListVpcEndpointServiceResources", ("ServiceId",)),
    ("privatelink", "ListVpcEndpointServiceUsers", ("ServiceId",)),
    ("privatelink", "ListVpcEndpointServices", ()),
    ("privatelink", "ListVpcEndpointServicesByEndUser", ()),
    ("privatelink", "ListVpcEndpointZones", ("EndpointId",)),
    ("privatelink", "ListVpcEndpoints", ()),
]


def test_every_gwlb_and_privatelink_action_is_simulated_or_excluded() -> None:
    load_services()
    wanted = {each for each in catalogue() if each[0] in ("gwlb", "privatelink")}
    assert wanted - implemented() == LEFT_OUT


def test_reply_fields_are_those_of_the_typed_clients(fw: Firewall) -> None:
    ids = _everything(fw)
    for product, action, names in READS:
        parameters: dict[str, Any] = {name: ids[name] for name in names}
        if action == "ListTagResources":
            parameters = {"ResourceType": ids[product], "Tag": [{"Key": "k"}]}
        typed = (fw.gwlb if product == "gwlb" else fw.link)(action, **parameters)
        assert typed == _read(fw.cloud, product, action, names, ids), action


def test_gwlb_and_privatelink_resources_outlive_the_process(
    settings: Settings, folder: Path
) -> None:
    clock = TurnedClock()
    before = Simulator(folder, settings, clock)
    with Server(before) as server:
        cloud = Cloud(before, clock, server.url)
        ids = _everything(Firewall.of(cloud, Vpcs(cloud, cloud.vpc())))
        replies = [_read(cloud, *read, ids) for read in READS]
    before.close()
    after = Simulator(folder, settings, clock)
    cloud = Cloud(after, clock, "")
    assert [_read(cloud, *read, ids) for read in READS] == replies
    after.close()


def _read(
    cloud: Cloud, product: str, action: str, names: tuple[str, ...], ids: dict[str, Any]
) -> Any:
    """The raw reply to one of the calls that read."""
    sent = {name: ids[name] for name in names} | {"RegionId": "cn-wulanchabu"}
    if action == "ListTagResources":
        sent |= {"ResourceType": ids[product], "Tag.1.Key": "k"}
    reply = raw(cloud, action, versions()[product], **sent)
    del reply["RequestId"]
    return reply


def _everything(fw: Firewall) -> dict[str, Any]:
    """One of each kind, and their ids."""
    tag = [{"Key": "k", "Value": "v"}]
    balancer, group = fw.balancer(Tag=tag), fw.group(Tag=tag)
    fw.add(group, fw.ecs.instance())
    fw.settle()
    listener = fw.listener(balancer, group, Tag=tag)
    service = fw.service(ZONE_B, balancer=balancer, Tag=tag)
    fw.link("AddUserToVpcEndpointService", ServiceId=service, UserId=42)
    vpc = fw.vpcs.vpc("10.0.0.0/16")
    security_group = fw.ecs.new_group(VpcId=vpc)
    endpoint = fw.endpoint(service, vpc, Tag=tag, SecurityGroupId=[security_group])
    fw.add_zone(endpoint, ZONE_B, fw.vpcs.vswitch(vpc, "10.0.1.0/24"))
    fw.settle()
    return {
        "ListenerId": listener,
        "LoadBalancerId": balancer,
        "EndpointId": endpoint,
        "ServiceId": service,
        "gwlb": "loadbalancer",
        "privatelink": "VpcEndpoint",
    }
