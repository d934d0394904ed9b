import json

from gwlbfw.address import Address, Ref
from gwlbfw.drift import DriftItem, drift, moves
from gwlbfw.resources import Eip, LoadBalancer
from gwlbfw.resources.graph import Live, Node
from gwlbfw.resources.resource import Resource
from tests.unit.samples import example, graph, live_of, route, vpc, vswitch


def items(applied: dict[str, Resource], live: dict[str, Resource]) -> list[DriftItem]:
    return list(drift(graph(applied), live_of(graph(live))).items)


def test_live_state_as_applied_is_no_drift() -> None:
    report = drift(example(), live_of(example()))
    assert not report.drifted
    assert report.to_json() == {"drifted": False, "against": "record", "items": []}


def test_missing_resource_is_one_item() -> None:
    (item,) = items({"vpc.a": vpc()}, {})
    assert (item.address, item.attribute) == ("vpc.a", "exists")
    assert (item.expected, item.actual) == (True, False)


def test_unwanted_resource_of_the_stack_is_an_item() -> None:
    (item,) = items({}, {"route.business/shop/b": route()})
    assert (item.attribute, item.expected, item.actual) == ("exists", False, True)
    assert item.severity == "critical"


def test_unowned_resource_is_no_drift() -> None:
    assert not drift({}, live_of(graph({"vpc.a": vpc()}, owned=False))).drifted


def test_each_differing_attribute_is_an_item_with_expected_and_actual() -> None:
    found = items({"vpc.a": vpc("10.0.0.0/8", name="a")}, {"vpc.a": vpc("10.0.0.0/16", name="b")})
    assert [(i.attribute, i.expected, i.actual, i.severity) for i in found] == [
        ("cidr", "10.0.0.0/8", "10.0.0.0/16", "high"),
        ("name", "a", "b", "low"),
    ]


def test_a_route_that_leads_elsewhere_is_critical() -> None:
    found = items(
        {"route.business/shop/b": route()},
        {"route.business/shop/b": route(hop="ipv4gw-1", kind="Ipv4Gateway")},
    )
    assert [(i.attribute, i.severity) for i in found] == [
        ("next_hop", "critical"),
        ("next_hop_type", "critical"),
    ]


def test_load_balancer_that_bypasses_its_appliances_is_critical() -> None:
    def balancer(mode: str, name: str) -> LoadBalancer:
        return LoadBalancer(vpc=Ref("vpc.a"), zones={}, traffic_mode=mode, name=name)

    found = items(
        {"load_balancer.main": balancer("LoadBalance", "x")},
        {"load_balancer.main": balancer("ByPass", "y")},
    )
    assert [(i.attribute, i.severity) for i in found] == [
        ("traffic_mode", "critical"),
        ("name", "low"),
    ]


def test_drift_items_are_sorted_worst_first() -> None:
    applied: dict[str, Resource] = {
        "eip.e": Eip(bandwidth_mbps=5, name="a"),
        "route.business/shop/b": route(),
        "vpc.a": vpc(description="a"),
    }
    live: dict[str, Resource] = {
        "eip.e": Eip(bandwidth_mbps=9, name="b"),
        "vpc.a": vpc(description="b"),
    }
    found = [(i.severity, i.address, i.attribute) for i in items(applied, live)]
    assert found == [
        ("critical", "route.business/shop/b", "exists"),
        ("high", "eip.e", "bandwidth_mbps"),
        ("low", "eip.e", "name"),
        ("low", "vpc.a", "description"),
    ]


def test_drift_report_is_json_and_names_its_baseline() -> None:
    report = drift(
        {Address("vpc.a"): Node(vpc(tags={"a": "b"}))},
        Live({Address("vpc.a"): Node(vpc(tags={}))}),
        against_record=False,
    )
    content = json.loads(json.dumps(report.to_json()))
    assert (content["drifted"], content["against"]) == (True, "file")
    (item,) = content["items"]
    assert item.keys() == {"address", "attribute", "expected", "actual", "severity", "effect"}
    assert (item["expected"], item["actual"]) == ({"a": "b"}, {})


def test_drift_is_described_as_changes_that_lead_to_live_state() -> None:
    applied: dict[str, Resource] = {
        "vpc.a": vpc(name="a"),
        "vpc.gone": vpc(),
        "vpc.same": vpc(),
        "vswitch.s": vswitch(cidr="10.0.1.0/24"),
    }
    live: dict[str, Resource] = {
        "vpc.a": vpc(name="b"),
        "vpc.new": vpc(),
        "vpc.same": vpc(),
        "vswitch.s": vswitch(cidr="10.0.2.0/24"),
    }
    found = moves(graph(applied), live_of(graph(live)))
    assert {each.address: each.action for each in found} == {
        "vpc.a": "update",
        "vpc.gone": "delete",
        "vpc.new": "create",
        "vpc.same": "no_op",
        "vswitch.s": "update",
    }
    moved = {each.address: each for each in found}
    assert moved[Address("vpc.same")].reason == ""
    assert moved[Address("vpc.a")].reason
    was, towards = moved[Address("vpc.a")].was, moved[Address("vpc.a")].towards
    assert was is not None
    assert towards is not None
    assert (was.resource, towards.resource) == (applied["vpc.a"], live["vpc.a"])
