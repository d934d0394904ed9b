"""The order of the calls as the cloud sees them: traffic is never led where nothing takes it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest

from gwlbfw.cloud.transport import BoundCall, Reply
from tests.scenarios.conftest import served
from tests.scenarios.dump import dump
from tests.scenarios.existing import brownfield, network
from tests.scenarios.testbed import ANYWHERE, Content, Deployment, Recorder, Testbed, example
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C

ENDPOINT = "GatewayLoadBalancerEndpoint"
CIDR = {B: "192.168.1.0/24", C: "192.168.2.0/24"}
Matches = Callable[[BoundCall], bool]


class Story:
    """Every call of one run with its answer, in order, and the ids of what it was about."""

    def __init__(self, recorder: Recorder, ids: Mapping[str, str]) -> None:
        self.calls = list(recorder.calls)
        self.ids = ids

    def at(self, action: str, **params: Any) -> int:
        """When the one call with these parameters was answered."""
        found = self.all(action, **params)
        assert len(found) == 1, (action, params, found)
        return found[0]

    def all(self, action: str, **params: Any) -> list[int]:
        wanted = {name: self.ids.get(value, value) for name, value in params.items()}
        return [
            number
            for number, (call, _) in enumerate(self.calls)
            if call.action == action and wanted.items() <= dict(call.params).items()
        ]

    def seen(self, says: Callable[[BoundCall, Reply], bool]) -> int:
        """When a reply first said something."""
        return next(n for n, (call, reply) in enumerate(self.calls) if says(call, reply))

    def outbound(self, zone: str) -> int:
        """When the zone's default route was turned to its endpoint."""
        return self.at("CreateRouteEntry", NextHopId=f"endpoint.shop/{zone}")

    def inbound(self, zone: str) -> int:
        """When what comes in to the zone's subnet was led to its endpoint."""
        return self.at(
            "UpdateGatewayRouteTableEntryAttribute",
            NextHopId=f"endpoint.shop/{zone}",
            DestinationCidrBlock=CIDR[zone],
        )

    def outbound_gone(self, zone: str) -> int:
        return self.at("DeleteRouteEntry", NextHopId=f"endpoint.shop/{zone}")

    def inbound_gone(self, zone: str) -> int:
        return self.at(
            "UpdateGatewayRouteTableEntryAttribute",
            NextHopType="Local",
            DestinationCidrBlock=CIDR[zone],
        )


def told(testbed: Testbed, content: Content) -> tuple[Story, Story]:
    """What happened on apply, and on destroy."""
    recorders: list[Recorder] = []

    def watch(inner: Any) -> Recorder:
        recorders.append(Recorder(inner))
        return recorders[-1]

    stack: Deployment = testbed.stack(content, watch)
    stack.apply()
    (recorder,) = recorders
    apply = list(recorder.calls)
    ids = {str(each.address): each.id for each in stack.plan().changes}
    recorder.calls.clear()
    stack.destroy()
    done = Story(recorder, ids)
    recorder.calls = apply
    return Story(recorder, ids), done


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Story, Story]:
    with served(tmp_path_factory.mktemp("story")) as testbed:
        return told(testbed, example("ulanqab"))


def test_inbound_is_cut_over_before_outbound_and_zone_after_zone(
    story: tuple[Story, Story],
) -> None:
    up, down = story
    assert up.inbound(B) < up.outbound(B) < up.inbound(C) < up.outbound(C)
    turns = [down.outbound_gone(C), down.inbound_gone(C), down.outbound_gone(B)]
    assert [*turns, down.inbound_gone(B)] == sorted([*turns, down.inbound_gone(B)])


def test_outbound_is_cut_over_first_where_the_file_asks(testbed: Testbed) -> None:
    content = example("ulanqab")
    content["cutover"]["order"] = "outbound-first"
    up, down = told(testbed, content)
    assert up.outbound(B) < up.inbound(B) < up.outbound(C) < up.inbound(C)
    assert down.inbound_gone(C) < down.outbound_gone(C) < down.inbound_gone(B)


def test_eip_is_bound_after_its_subnets_routes_and_unbound_before_they_are_deleted(
    story: tuple[Story, Story],
) -> None:
    up, down = story
    for zone, server in ((B, "shop/ecs-b-01"), (C, "shop/ecs-c-01")):
        bound = up.at("AssociateEipAddress", InstanceId=f"instance.server/{server}")
        assert bound > max(up.inbound(zone), up.outbound(zone))
        left = down.at("UnassociateEipAddress", AllocationId=f"eip.{server}")
        assert left < min(down.inbound_gone(zone), down.outbound_gone(zone))


def test_gateway_is_activated_after_the_endpoints_default_routes(
    story: tuple[Story, Story],
) -> None:
    up, _ = story
    activated = up.at("EnableVpcIpv4Gateway")
    way_out = up.at(
        "CreateRouteEntry",
        RouteTableId="route_table.gwlbe/shop",
        DestinationCidrBlock=ANYWHERE,
        NextHopId="ipv4_gateway.shop",
    )
    joined = [
        up.at("AssociateRouteTable", VSwitchId=f"vswitch.gwlbe/shop/{zone}") for zone in (B, C)
    ]
    assert max(joined) < way_out < activated
    assert activated < up.at("AssociateRouteTableWithGateway") < up.inbound(B)


def test_traffic_is_cut_over_once_its_endpoint_is_connected_and_an_appliance_is_healthy(
    story: tuple[Story, Story],
) -> None:
    up, _ = story
    healthy = up.seen(
        lambda call, reply: call.action == "GetListenerHealthStatus" and "'Healthy'" in str(reply)
    )
    for zone in (B, C):
        endpoint = up.ids[f"endpoint.shop/{zone}"]
        connected = up.seen(partial(connects, endpoint))
        assert max(healthy, connected) < min(up.inbound(zone), up.outbound(zone))


def connects(endpoint: str, call: BoundCall, reply: Reply) -> bool:
    """Whether the reply says that this endpoint is connected."""
    asked = (call.action, call.params.get("EndpointId"))
    if asked != ("GetVpcEndpointAttribute", endpoint):
        return False
    return reply.body["ConnectionStatus"] == "Connected"


def test_cut_over_waits_for_as_many_healthy_appliances_as_the_file_asks(testbed: Testbed) -> None:
    content = example("ulanqab")
    content["cutover"]["min_healthy_appliances"] = 2
    up, _ = told(testbed, content)
    both = up.seen(
        lambda call, reply: (
            call.action == "GetListenerHealthStatus" and str(reply).count("'Healthy'") == 2
        )
    )
    assert both < min(up.inbound(B), up.outbound(B))


def test_no_resource_is_deleted_before_traffic_has_left_it(story: tuple[Story, Story]) -> None:
    _, down = story
    routes = {zone: max(down.inbound_gone(zone), down.outbound_gone(zone)) for zone in (B, C)}
    for zone, left in routes.items():
        endpoint = f"endpoint.shop/{zone}"
        assert left < down.at("RemoveZoneFromVpcEndpoint", EndpointId=endpoint)
        assert left < down.at("DeleteVpcEndpoint", EndpointId=endpoint)
        assert left < down.at("DetachResourceFromVpcEndpointService", ZoneId=zone)
    for action in (
        *("RemoveServersFromServerGroup", "DeleteListener", "DeleteLoadBalancer"),
        *("DissociateRouteTableFromGateway", "DeleteIpv4Gateway", "DeleteServerGroup"),
    ):
        assert max(routes.values()) < min(down.all(action)), action
    for name in ("ecs-01", "ecs-02"):
        appliance = f"instance.appliance/{name}"
        left = down.seen(partial(leaves, down.ids[appliance]))
        assert down.at("DeleteInstance", InstanceId=appliance) > max(*routes.values(), left)


def leaves(appliance: str, call: BoundCall, _: Reply) -> bool:
    """Whether the call takes this appliance out of the group."""
    return call.action == "RemoveServersFromServerGroup" and appliance in str(call.params)


def test_endpoints_are_deleted_before_the_service_that_they_use(story: tuple[Story, Story]) -> None:
    _, down = story
    for zone in (B, C):
        removed = down.at("RemoveZoneFromVpcEndpoint", ZoneId=zone)
        assert removed < down.at("DetachResourceFromVpcEndpointService", ZoneId=zone)
    assert max(down.all("DeleteVpcEndpoint")) < down.at("DeleteVpcEndpointService")
    assert max(down.all("DetachResourceFromVpcEndpointService")) < down.at("DeleteListener")
    assert down.at("DeleteListener") < down.at("DeleteLoadBalancer")


@pytest.mark.parametrize("mode", ["public", "private"])
def test_deleted_gateway_leaves_the_internet_access_that_the_file_asks(
    testbed: Testbed, mode: str
) -> None:
    content = example("ulanqab")
    content["business_vpcs"]["shop"]["ipv4_gateway"] = {"on_delete": mode}
    _, down = told(testbed, content)
    assert down.at("DeleteIpv4Gateway", InternetMode=mode)


def test_traffic_is_not_cut_over_while_no_appliance_is_healthy(testbed: Testbed) -> None:
    made = network(testbed)
    for name in ("fw-1", "fw-2"):
        testbed.done("ecs:StopInstance", InstanceId=made.ids[name])
    before = dump(testbed)
    content = brownfield(made)
    report = testbed.stack(content).try_apply()
    assert report.outcome == "failed"
    (failure,) = report.failures
    assert failure.step.id == "listener.main:healthy"
    now = dump(testbed)
    for table in ("table-app-b", "table-app-c"):
        route = f"{made.ids[table]} {ANYWHERE}"
        assert now[route] == before[route]
    testbed.stack(content).destroy()
    assert dump(testbed) == before
