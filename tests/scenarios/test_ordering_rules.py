"""Each rule of a plan's order, for the sake of what the cloud or the traffic would do without it.

A plan is carried out in the worst order that it permits as far as one step goes. With the rule
that does no harm; a plan without the rule permits an order in which its test fails.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest

from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.plan import Plan
from tests.scenarios.adversarial_order import earliest, side_by_side
from tests.scenarios.existing import Existing, brownfield, network
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.testbed import Content, Deployment, Testbed, example, succeeded
from tests.traffic.networks import direct, direct_eips
from tests.traffic.prober import PEERS, Prober, Way, way_between
from tests.traffic.raw import facts
from tests.unit.reachability.naive import Naive

Order = Callable[[Plan], Plan]
INBOUND_B = "route.gateway/shop/app-b:redirect"
INBOUND_C = "route.gateway/shop/app-c:redirect"
SHOP, APP_B, SERVER_B = "192.168.0.0/16", "192.168.1.0/24", "192.168.1.153"
ENDPOINT = "GatewayLoadBalancerEndpoint"


def carry_out(stack: Deployment, order: Order, *, destroy: bool = False) -> None:
    """Plan, and carry that out in another order that the plan permits."""
    plan = order(stack.plan(destroy=destroy))
    work = stack.stack.sync
    succeeded(work.apply(plan, accept_uninspected=True, allow_traffic_loss=True))


def first(step: str) -> Order:
    """The order in which this step comes as early as it may."""
    return lambda plan: earliest(plan, step)


@dataclass
class Watch:
    """Looks at the cloud before each call of an action, and keeps what it sees."""

    action: str
    look: Callable[[BoundCall], object]
    seen: list[object] = field(default_factory=list)

    def __call__(self, inner: Transport) -> Transport:
        self.inner = inner
        return self

    def send(self, call: BoundCall) -> Reply:
        if call.action == self.action:
            self.seen.append(self.look(call))
        return self.inner.send(call)


class TestCloudRefusesNothing:
    """Refusals that end a run, and could have been known before it."""

    @pytest.mark.parametrize(
        "step",
        [
            "route.gwlbe/shop:create",
            f"endpoint.shop/{B}:zone",
            "instance.appliance/ecs-01:create",
            "route_table_association.gateway/shop:associate",
        ],
        ids=[
            "tables are joined before routes lead to an inactive gateway",
            "service has a resource in the endpoint's zone",
            "appliance's script knows the load balancer's addresses",
            "gateway is active before it gets a table",
        ],
    )
    def test_when_step_of_an_apply_comes_first(self, testbed: Testbed, step: str) -> None:
        carry_out(testbed.stack(example("ulanqab")), first(step))

    def test_when_endpoint_gets_its_zone_while_its_subnet_joins_a_table(
        self, testbed: Testbed
    ) -> None:
        """AddZoneToVpcEndpoint refuses a vSwitch that is Pending, for good."""
        joins = f"route_table_association.gwlbe/shop/{B}:associate"

        def together(plan: Plan) -> Plan:
            return side_by_side(plan, joins, f"endpoint.shop/{B}:zone")

        carry_out(testbed.stack(example("ulanqab")), together)

    def test_when_subnet_is_deleted_as_early_as_it_may(self, testbed: Testbed) -> None:
        """DeleteVSwitch refuses one whose entry in the gateway's table is redirected.

        One that has its table leaves that before, and the entry goes with that. This one does not.
        """
        content = example("ulanqab")
        content["business_vpcs"]["shop"]["zones"][B]["subnets"]["more"] = {
            "cidr": "192.168.77.0/24"
        }
        ids = {str(at): key for at, key in testbed.stack(content).apply().ids.items()}
        testbed.done(
            "vpc:UnassociateRouteTable",
            RouteTableId=ids[f"route_table.business/shop/{B}"],
            VSwitchId=ids["vswitch.business/shop/more"],
        )
        without = testbed.stack(example("ulanqab"))
        carry_out(without, first("vswitch.business/shop/more:delete"))

    def test_when_load_balancer_leaves_a_zone_as_early_as_it_may(self, deployed: Testbed) -> None:
        """UpdateLoadBalancerZones refuses to take a zone that is a service's resource."""
        content = example("ulanqab")
        shop, security = content["business_vpcs"]["shop"], content["security_vpc"]
        del shop["zones"][C], shop["servers"]["ecs-c-01"]
        del security["zones"][C], security["appliances"]["ecs-02"]
        carry_out(deployed.stack(content), first("load_balancer.main:zones"))

    @pytest.mark.parametrize("accepts", [True, False])
    def test_when_lost_zone_comes_with_another_way_to_accept(
        self, testbed: Testbed, *, accepts: bool
    ) -> None:
        """An endpoint's connection waits for approval, or not, as its service is at the moment."""
        content = {**example("ulanqab"), "endpoint_service": {"auto_accept": not accepts}}
        stack = testbed.stack(content)
        stack.apply()
        ids = {str(change.address): change.id for change in stack.plan().changes}
        endpoint = ids[f"endpoint.shop/{B}"]
        testbed.done("privatelink:RemoveZoneFromVpcEndpoint", EndpointId=endpoint, ZoneId=B)
        edited = {**deepcopy(content), "endpoint_service": {"auto_accept": accepts}}
        carry_out(testbed.stack(edited), first(f"endpoint.shop/{B}:zone"))


class TestTrafficGoesOn:
    """Servers that had the Internet before keep it, and are asymmetric for one zone's moment."""

    def probed(self, testbed: Testbed, made: Existing, content: Content, step: str) -> Prober:
        """What packets saw while the firewall was put in, this step as early as it may be."""
        prober = Prober(made, settles=True)
        stack = testbed.stack(content, prober.watch)
        plan = earliest(stack.plan(), step)
        prober.sights.clear()
        work = stack.stack.sync
        succeeded(work.apply(plan, prober.hear, accept_uninspected=True, allow_traffic_loss=True))
        assert prober.sights
        return prober

    def disconnected(self, prober: Prober) -> set[str]:
        """The servers that were without the Internet at some moment."""
        return {server for sight in prober.sights for server in sight.servers(_is_lost)}

    def test_when_gateway_is_activated_as_early_as_it_may(self, testbed: Testbed) -> None:
        made = direct(testbed)
        prober = self.probed(testbed, made, direct_eips(made), "ipv4_gateway.shop:activate")
        assert self.disconnected(prober) == set()

    def test_when_subnet_moves_to_its_new_table_as_early_as_it_may(self, testbed: Testbed) -> None:
        made = direct(testbed)
        step = "route_table_association.business/shop/app-c:move"
        prober = self.probed(testbed, made, direct_eips(made), step)
        assert self.disconnected(prober) == set()

    def test_when_default_route_is_cut_over_as_early_as_it_may(self, testbed: Testbed) -> None:
        made = network(testbed)
        prober = self.probed(testbed, made, brownfield(made), "route.business/shop/app-b:modify")
        assert self.disconnected(prober) == set()

    def test_when_second_zone_is_cut_over_as_early_as_it_may(self, testbed: Testbed) -> None:
        made = network(testbed)
        prober = self.probed(testbed, made, brownfield(made), INBOUND_C)
        assert prober.longest() == 2

    def test_when_inbound_traffic_is_cut_over_before_its_subnet_moves(
        self, testbed: Testbed
    ) -> None:
        """A subnet that shares its table with a stranger goes by a table of the stack's."""
        made = network(testbed)
        made.leave("table-vtb", "vtb")
        made.join("table-app-c", "vtb")
        prober = self.probed(testbed, made, brownfield(made), INBOUND_C)
        assert prober.longest() == 2


def _is_lost(way: Way) -> bool:
    return not way.connected


def test_first_route_to_an_endpoint_finds_listener_and_every_member(testbed: Testbed) -> None:
    """Where health is not checked there is no gate that would wait for them."""
    made = network(testbed)
    content = brownfield(made)
    content["gateway_load_balancer"] = {"health_check": {"enabled": False}}

    def behind(call: BoundCall) -> Mapping[str, Any]:
        (group,) = testbed.call("gwlb:ListServerGroups")["ServerGroups"]
        servers = testbed.call("gwlb:ListServerGroupServers", ServerGroupId=group["ServerGroupId"])
        return {
            "leads": call.params["NextHopType"],
            "listeners": [
                e["ListenerStatus"] for e in testbed.call("gwlb:ListListeners")["Listeners"]
            ],
            "members": [each["Status"] for each in servers["Servers"]],
        }

    watch = Watch("UpdateGatewayRouteTableEntryAttribute", behind)
    carry_out(testbed.stack(content, watch), first(INBOUND_B))
    assert watch.seen[0] == {
        "leads": ENDPOINT,
        "listeners": ["Running"],
        "members": ["Available", "Available"],
    }


class TestNoPublicAddressWithoutInspection:
    """An EIP of the stack's is bound only while its server's traffic is inspected, both ways."""

    def ways(self, testbed: Testbed) -> Callable[[BoundCall], list[bool]]:
        """Whether each way to and from the example's first server is inspected."""

        def look(_: BoundCall) -> list[bool]:
            testbed.settle()
            vpcs = testbed.call("vpc:DescribeVpcs")["Vpcs"]["Vpc"]
            (vpc,) = [each["VpcId"] for each in vpcs if each["CidrBlock"] == SHOP]
            naive = Naive(facts(testbed, vpc))
            (subnet,) = [e["VSwitchId"] for e in naive.facts.vswitches if e["CidrBlock"] == APP_B]
            ways = [way_between(naive, str(subnet), SERVER_B, peer) for peer in PEERS]
            return [way.inspected for way in ways]

        return look

    def test_when_eip_is_bound_as_early_as_it_may(self, testbed: Testbed) -> None:
        watch = Watch("AssociateEipAddress", self.ways(testbed))
        step = "eip.shop/ecs-b-01:associate"
        carry_out(testbed.stack(example("ulanqab"), watch), first(step))
        assert watch.seen[0] == [True, True, True]

    def test_when_routes_go_as_early_as_they_may(self, deployed: Testbed) -> None:
        watch = Watch("UnassociateEipAddress", self.ways(deployed))
        step = f"route.business/shop/{B}:delete"
        carry_out(deployed.stack(example("ulanqab"), watch), first(step), destroy=True)
        assert watch.seen
        assert all(each == [True, True, True] for each in watch.seen[:1])
