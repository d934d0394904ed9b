"""What needs leave, what is only tried, and what becomes of it when the cloud says yes or no."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from gwlbfw.address import Address
from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.errors import PlanError
from gwlbfw.execute import ApplyReport, Event
from gwlbfw.execute.confirm import AcceptedFlows, fetch_objection
from gwlbfw.plan.forecast import TransientFlow
from tests.scenarios.dump import dump
from tests.scenarios.existing import Existing, brownfield, network
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import Content, Deployment, Testbed, succeeded
from tests.traffic.networks import direct, direct_eips
from tests.traffic.prober import Prober, probe


@dataclass
class Lenient:
    """A cloud that does in one call what the simulator only does in several."""

    inner: Transport
    made: Existing

    def send(self, call: BoundCall) -> Reply:
        testbed = self.made.testbed
        if call.action == "AssociateRouteTable":
            listed = testbed.call("vpc:DescribeVSwitches", VSwitchId=call.params["VSwitchId"])
            table = listed["VSwitches"]["VSwitch"][0]["RouteTable"]
            if table["RouteTableType"] == "Custom":
                testbed.done(
                    "vpc:UnassociateRouteTable",
                    RouteTableId=table["RouteTableId"],
                    VSwitchId=call.params["VSwitchId"],
                )
        if call.action == "DeleteIpv4Gateway":
            self._drop_routes_to(str(call.params["Ipv4GatewayId"]))
        return self.inner.send(call)

    def _drop_routes_to(self, gateway: str) -> None:
        testbed = self.made.testbed
        listed = testbed.call(
            "vpc:DescribeRouteTableList", VpcId=self.made.ids["prod"], PageSize=50
        )
        for table in listed["RouterTableList"]["RouterTableListType"]:
            if table["AssociateType"] == "Gateway":
                continue
            key = table["RouteTableId"]
            found = testbed.call("vpc:DescribeRouteEntryList", RouteTableId=key, MaxResult=100)
            for each in found["RouteEntrys"]["RouteEntry"]:
                if each["NextHops"]["NextHop"][0]["NextHopId"] == gateway:
                    testbed.done(
                        "vpc:DeleteRouteEntry",
                        RouteTableId=key,
                        DestinationCidrBlock=each["DestinationCidrBlock"],
                        NextHopId=gateway,
                    )


@pytest.fixture
def shared(testbed: Testbed) -> tuple[Existing, Content]:
    """A business subnet that shares its table with a stranger, behind an active gateway."""
    made = network(testbed)
    made.leave("table-vtb", "vtb")
    made.join("table-app-b", "vtb")
    return made, brownfield(made)


def probed(made: Existing, content: Content) -> tuple[Prober, Deployment]:
    """A stack in a lenient cloud, under the eyes of a prober."""
    prober = Prober(made, settles=True)
    stack = made.testbed.stack(content, lambda inner: prober.watch(Lenient(inner, made)))
    return prober, stack


def always_connected(prober: Prober) -> bool:
    return not any(sight.servers(lambda way: not way.connected) for sight in prober.sights)


def black_holes(flows: Iterable[TransientFlow]) -> set[str]:
    """The subnets that lose traffic for a moment."""
    return {each.subnet for each in flows if each.black_hole}


def applied(stack: Deployment, *, loss: bool) -> ApplyReport:
    return asyncio.run(stack.stack.apply(stack.plan(), allow_traffic_loss=loss))


def test_a_subnet_moves_from_table_to_table_at_once_where_the_cloud_does_that(
    shared: tuple[Existing, Content],
) -> None:
    made, content = shared
    before = dump(made.testbed)
    prober, stack = probed(made, content)
    succeeded(applied(stack, loss=False))
    assert stack.stack.sync.verify().proven
    stack.destroy()
    assert always_connected(prober)
    assert dump(made.testbed) == before


def test_inspected_subnets_that_get_tables_of_their_own_find_the_way_to_their_endpoint(
    testbed: Testbed,
) -> None:
    made = direct(testbed)
    content = direct_eips(made)
    testbed.stack(content).apply()
    for choice in ("per-subnet", "per-zone"):
        content["business_vpcs"]["shop"]["route_tables"] = choice
        prober, stack = probed(made, content)
        assert "replace" not in stack.changes().values()
        succeeded(applied(stack, loss=False))
        assert prober.sights
        for sight in prober.sights:
            assert sight.servers(lambda way: way.inspected) == {"server-app-b", "server-app-c"}


def test_move_that_loses_traffic_needs_consent_where_the_cloud_refuses_a_better_one(
    shared: tuple[Existing, Content],
) -> None:
    made, content = shared
    stack = made.testbed.stack(content)
    plan = stack.plan()
    assert plan.forecast is not None
    at = "route_table_association.business/shop/app-b"
    assert plan.forecast.lossy_steps == {f"{at}:dissociate"}
    assert black_holes(plan.forecast.transient_if_refused) == {"vswitch.business/shop/app-b"}
    report = applied(stack, loss=False)
    assert report.outcome == "failed"
    said = next(each for each in report.results if each.outcome == "failed")
    assert said.step.id == f"{at}:dissociate"
    assert "loses traffic" in str(said.error)
    made.testbed.settle()
    assert all(way.connected for way in probe(made.testbed, made).values())
    succeeded(applied(made.testbed.stack(content), loss=True))
    assert stack.stack.sync.verify().proven


def test_direct_access_comes_back_without_a_gap_where_the_gateway_may_go_with_its_routes(
    testbed: Testbed,
) -> None:
    made = direct(testbed)
    before = dump(testbed)
    prober, stack = probed(made, direct_eips(made))
    stack.apply()
    stack.destroy()
    assert always_connected(prober)
    assert dump(testbed) == before


def test_gap_is_stated_and_opens_only_where_the_gateway_may_not_go_with_its_routes(
    testbed: Testbed,
) -> None:
    made = direct(testbed)
    testbed.stack(direct_eips(made)).apply()
    prober = Prober(made, settles=True)
    stack = testbed.stack(direct_eips(made), prober.watch)
    plan = stack.plan(destroy=True)
    assert plan.forecast is not None
    named = {f"vswitch.business/shop/{each}" for each in ("app-b", "app-c")}
    everyone = named | {made.ids["by"], made.ids["stranger"]}
    assert black_holes(plan.forecast.transient_if_refused) == everyone
    assert black_holes(plan.forecast.transient_flows) == set()
    succeeded(stack.stack.sync.apply(plan, prober.hear))
    lost = [each for each in prober.sights if each.servers(lambda way: not way.connected)]
    assert lost
    assert all("ipv4_gateway.shop:delete-standing" in each.started for each in lost)


class TestAnEndThatIsNotProven:
    @pytest.fixture
    def made(self, testbed: Testbed) -> Existing:
        """A table that the subnet keeps leads past the firewall."""
        made = network(testbed)
        made.route("table-app-b", "gateway", "8.8.8.0/24")
        return made

    def test_plan_with_an_uninspected_end_is_refused_with_its_flows(
        self, testbed: Testbed, made: Existing
    ) -> None:
        before = dump(testbed)
        stack = testbed.stack(brownfield(made))
        with pytest.raises(PlanError, match="not all Internet traffic would be inspected") as said:
            stack.apply()
        (problem,) = said.value.diagnostics()
        assert problem.code == "not-proven"
        assert "shop/app-b" in problem.message
        assert "--accept-uninspected" in (problem.hint or "")
        assert dump(testbed) == before

    def test_plan_with_an_uninspected_end_is_applied_where_it_is_accepted(
        self, testbed: Testbed, made: Existing
    ) -> None:
        stack = testbed.stack(brownfield(made))
        report = stack.stack.sync.apply(stack.plan(), accept_uninspected=True)
        assert succeeded(report).outcome == "done"
        assert not stack.stack.sync.verify().proven
        assert stack.changes() == {}

    def test_consent_to_traffic_loss_does_not_cover_an_uninspected_end(
        self, testbed: Testbed, made: Existing
    ) -> None:
        stack = testbed.stack(brownfield(made))
        with pytest.raises(PlanError, match="inspected"):
            stack.stack.sync.apply(stack.plan(), allow_traffic_loss=True)

    def test_flow_that_was_not_accepted_still_rolls_a_zone_back(
        self, testbed: Testbed, made: Existing
    ) -> None:
        content = brownfield(made)
        stack = testbed.stack(content)
        plan = stack.plan()

        def stray(event: Event) -> None:
            if (event.step.id, event.type) == ("route.gateway/shop/app-c:redirect", "done"):
                made.route("table-app-c", "gateway", "9.9.9.0/24")

        report = stack.stack.sync.apply(plan, stray, accept_uninspected=True)
        assert report.outcome == "failed"
        testbed.settle()
        ways = probe(testbed, made)
        assert ways["server-app-b", "1.1.1.1"].inspected
        assert not ways["server-app-c", "1.1.1.1"].inward
        assert not ways["server-app-c", "1.1.1.1"].outward

    def test_accepted_destination_excuses_no_other_and_no_address_without_a_place_does(
        self, testbed: Testbed, made: Existing
    ) -> None:
        virtual = testbed.done("vpc:CreateHaVip", VSwitchId=made.ids["app-b"])["HaVipId"]
        testbed.done(
            "vpc:AssociateEipAddress",
            AllocationId=made.eip("eip-of-havip"),
            InstanceId=virtual,
            InstanceType="HaVip",
        )
        stack = testbed.stack(brownfield(made))
        plan = stack.plan()

        def stray(event: Event) -> None:
            if (event.step.id, event.type) == ("route.gateway/shop/app-b:redirect", "done"):
                made.route("table-app-b", "gateway", "9.9.9.0/24")

        report = stack.stack.sync.apply(plan, stray, accept_uninspected=True)
        (failed,) = report.failures
        assert "vswitch.business/shop/app-b to 9.9.9.0/24 is not inspected" in str(failed.error)
        assert not any(way.inward or way.outward for way in probe(testbed, made).values())


class TestEndOfARun:
    """Every VPC is looked at once more when all is done, whether a zone was cut over or not."""

    def test_bypass_that_comes_meanwhile_fails_a_run_that_cuts_nothing_over(
        self, testbed: Testbed
    ) -> None:
        made = network(testbed)
        content = brownfield(made)
        testbed.stack(content).apply()
        content["gateway_load_balancer"] = {"tcp_idle_timeout_s": 300}
        stack = testbed.stack(content)

        def stray(event: Event) -> None:
            if event.type == "done":
                made.route("table-app-b", "gateway", "8.8.8.0/24")

        report = stack.stack.sync.apply(stack.plan(), stray)
        assert {each.outcome for each in report.results} == {"done"}
        assert report.outcome == "failed"
        assert "app-b to 8.8.8.0/24 is not inspected: bypass" in report.objection

    def test_zone_with_a_subnet_that_the_cloud_does_not_list_is_not_confirmed(
        self, testbed: Testbed
    ) -> None:
        made = network(testbed)
        stack = testbed.stack(brownfield(made))
        ids = {each.address: each.id for each in stack.plan().changes if each.id}
        del ids[Address("vswitch.business/shop/app-b")]
        work = fetch_objection(
            stack.stack.api, stack.stack.topology, f"shop/{B}", ids, AcceptedFlows()
        )
        assert "app-b can't be judged: the cloud does not list" in (asyncio.run(work) or "")


def test_a_way_past_the_firewall_that_a_moved_subnet_takes_along_is_found(testbed: Testbed) -> None:
    made = direct(testbed)
    testbed.done(
        "vpc:CreateRouteEntry",
        RouteTableId=made.ids["shared"],
        DestinationCidrBlock="9.9.9.0/24",
        NextHopType="Instance",
        NextHopId=made.ids["server-by"],
    )
    plan = testbed.stack(direct_eips(made)).plan()
    assert plan.forecast is not None
    assert not plan.forecast.proven
