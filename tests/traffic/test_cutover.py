"""A zone turns to the firewall as a whole or not at all, and what refutes it takes it back."""

from collections.abc import Callable
from typing import Any

import pytest

from gwlbfw.cloud.transport import BoundCall, Transport
from gwlbfw.errors import CloudError, Denied, Missing, Rejected
from gwlbfw.execute import ApplyReport, Event
from tests.scenarios.existing import Existing, brownfield, network
from tests.scenarios.testbed import RefusingTransport, Testbed
from tests.traffic.prober import probe


@pytest.fixture
def made(testbed: Testbed) -> Existing:
    return network(testbed)


def inspected(testbed: Testbed, made: Existing) -> dict[str, bool]:
    """By server whether its traffic is inspected; what is not goes direct, both ways."""
    testbed.settle()
    found = {}
    for (server, _), way in probe(testbed, made).items():
        assert way.connected
        assert way.inspected or not (way.inward or way.outward), server
        found[server] = way.inspected
    return found


def refusing(action: str, **params: Any) -> Callable[[Transport], Transport]:
    """A cloud that refuses for good to turn a route to an endpoint."""

    def refusing(call: BoundCall) -> CloudError | None:
        hits = all(call.params.get(key) == value for key, value in params.items())
        to_endpoint = "GatewayLoadBalancerEndpoint" in call.params.values()
        if call.action == action and hits and to_endpoint:
            return Rejected(call.name, "Forbidden", "Not this one.", "R-1")
        return None

    return lambda inner: RefusingTransport(inner, refusing)


def outcomes(report: ApplyReport) -> dict[str, str]:
    """What came of each route."""
    return {
        str(each.step.address): each.outcome
        for each in report.results
        if each.step.address.kind == "route" and each.step.group
    }


ROUTES = {
    name: (f"route.gateway/shop/{name}", f"route.business/shop/{name}")
    for name in ("app-b", "app-c")
}


@pytest.mark.parametrize("order", ["inbound-first", "outbound-first"])
def test_a_zone_of_which_one_route_fails_is_as_before_and_the_other_stays(
    testbed: Testbed, made: Existing, order: str
) -> None:
    content = {**brownfield(made), "cutover": {"order": order}}
    inbound, outbound = ROUTES["app-c"]
    if order == "inbound-first":
        refuse = refusing("ModifyRouteEntry", RouteTableId=made.ids["table-app-c"])
        first, failed = inbound, outbound
    else:
        action = "UpdateGatewayRouteTableEntryAttribute"
        refuse = refusing(action, DestinationCidrBlock="192.168.2.0/24")
        first, failed = outbound, inbound
    report = testbed.stack(content, refuse).try_apply()
    assert report.outcome == "failed"
    assert outcomes(report) == {
        **dict.fromkeys(ROUTES["app-b"], "done"),
        first: "undone",
        failed: "failed",
    }
    assert inspected(testbed, made) == {
        "server-app-b": True,
        "server-app-c": False,
        "server-vtb": False,
    }
    stack = testbed.stack(content)
    assert set(stack.changes()) == {inbound, outbound}
    stack.apply()
    assert stack.stack.sync.verify().proven


def test_a_zone_that_fails_stops_those_that_come_after_it(testbed: Testbed, made: Existing) -> None:
    refuse = refusing("ModifyRouteEntry", RouteTableId=made.ids["table-app-b"])
    report = testbed.stack(brownfield(made), refuse).try_apply()
    assert outcomes(report) == {
        ROUTES["app-b"][0]: "undone",
        ROUTES["app-b"][1]: "failed",
        **dict.fromkeys(ROUTES["app-c"], "skipped"),
    }
    assert not any(inspected(testbed, made).values())


def test_zones_cut_over_all_at_once_do_not_stop_each_other(
    testbed: Testbed, made: Existing
) -> None:
    refuse = refusing("ModifyRouteEntry", RouteTableId=made.ids["table-app-b"])
    content = {**brownfield(made), "cutover": {"strategy": "all-at-once"}}
    assert testbed.stack(content, refuse).try_apply().outcome == "failed"
    assert inspected(testbed, made)["server-app-c"]
    assert not inspected(testbed, made)["server-app-b"]


def test_a_zone_that_live_routes_refute_is_rolled_back_and_the_run_stops_with_the_reason(
    testbed: Testbed, made: Existing
) -> None:
    """A stranger adds a way past the firewall while the zone is being turned."""

    def stray(event: Event) -> None:
        if (event.step.id, event.type) == (f"{ROUTES['app-b'][0]}:redirect", "done"):
            made.route("table-app-b", "gateway", "8.8.8.0/24")

    stack = testbed.stack(brownfield(made))
    report = stack.stack.sync.apply(stack.plan(), stray)
    assert report.outcome != "done"
    said = next(str(each.error) for each in report.results if each.outcome == "failed")
    assert "vswitch.business/shop/app-b" in said
    assert "outbound" in said
    assert "8.8.8.0/24 is not inspected: bypass" in said
    assert "rolled back" in said
    done = outcomes(report)
    assert done[ROUTES["app-b"][0]] == "undone"
    assert not {done[each] for each in ROUTES["app-c"]} & {"done", "undone"}
    assert not any(inspected(testbed, made).values())

    testbed.done(
        "vpc:DeleteRouteEntry",
        RouteTableId=made.ids["table-app-b"],
        DestinationCidrBlock="8.8.8.0/24",
        NextHopId=made.ids["gateway"],
    )
    testbed.stack(brownfield(made)).apply()
    assert inspected(testbed, made) == {
        "server-app-b": True,
        "server-app-c": True,
        "server-vtb": False,
    }


def test_a_refuted_zone_leaves_the_zones_cut_over_before_it(
    testbed: Testbed, made: Existing
) -> None:
    def stray(event: Event) -> None:
        if (event.step.id, event.type) == (f"{ROUTES['app-c'][0]}:redirect", "done"):
            made.route("table-app-c", "gateway", "8.8.8.0/24")

    stack = testbed.stack(brownfield(made))
    assert stack.stack.sync.apply(stack.plan(), stray).outcome != "done"
    assert inspected(testbed, made)["server-app-b"]
    assert not inspected(testbed, made)["server-app-c"]


def test_no_zone_is_cut_over_while_too_few_appliances_are_healthy(
    testbed: Testbed, made: Existing
) -> None:
    """They are waited for, and the wait ends with what was asked for and seen."""
    content = brownfield(made)
    content["cutover"] = {"min_healthy_appliances": 2, "timeout_s": 60}
    testbed.done("ecs:StopInstance", InstanceId=made.ids["fw-2"])
    report = testbed.stack(content).try_apply(whatever=True)
    assert report.outcome == "failed"
    assert set(outcomes(report).values()) == {"skipped"}
    assert not any(inspected(testbed, made).values())


def unreadable(
    problem: Callable[[str], CloudError], times: int
) -> Callable[[Transport], Transport]:
    """A cloud whose route tables can't be read so many times once a route was cut over."""
    left: list[int] = []

    def spoils(call: BoundCall) -> CloudError | None:
        if "GatewayLoadBalancerEndpoint" in call.params.values() and not left:
            left.append(times)
        if call.action == "DescribeRouteEntryList" and "DestinationCidrBlock" not in call.params:
            if left and left[0] > 0:
                left[0] -= 1
                return problem(call.name)
        return None

    return lambda inner: RefusingTransport(inner, spoils)


def test_table_that_is_deleted_while_a_cut_over_is_checked_is_no_failure(
    testbed: Testbed, made: Existing
) -> None:
    def gone(action: str) -> CloudError:
        return Missing(action, "InvalidRouteTable.NotFound", "It does not exist.", "R-1")

    report = testbed.stack(brownfield(made), unreadable(gone, 1)).try_apply()
    assert report.outcome == "done"


def test_zone_whose_routes_can_not_be_read_is_rolled_back_with_the_reason(
    testbed: Testbed, made: Existing
) -> None:
    def denied(action: str) -> CloudError:
        return Denied(action, "Forbidden.RAM", "Not you.", "R-1")

    report = testbed.stack(brownfield(made), unreadable(denied, 10_000)).try_apply()
    assert report.outcome != "done"
    reasons = [str(each.error) for each in report.results if each.outcome == "failed"]
    assert any("can't be judged: vpc:DescribeRouteEntryList" in each for each in reasons)
    assert not any(inspected(testbed, made).values())
