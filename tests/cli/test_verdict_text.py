"""Verdicts for people and for machines."""

from dataclasses import replace

from gwlbfw.cli.views.verdict_text import verdict_text
from tests.unit.reachability.worlds import GATEWAY, named, ulanqab

PROVEN = """\
Proven: all Internet traffic is inspected, both ways, by the same endpoint.

VPC shop
  subnet  direction  destinations    verdict    endpoint
  app-b   inbound    192.168.1.0/24  inspected  endpoint.shop/b
  app-b   outbound   the Internet    inspected  endpoint.shop/b
  app-c   inbound    192.168.2.0/24  inspected  endpoint.shop/c
  app-c   outbound   the Internet    inspected  endpoint.shop/c

Findings
  info      load balancers: those with a public address of their own (CLB, ALB, NLB) were not \
looked at: what they let in to servers of these subnets is not in the proof
  info      servers: their own security groups are not judged: these may drop what reaches them

Appliances
  instance.appliance/fw-1  Available, Healthy: gets traffic
  instance.appliance/fw-2  Available, Healthy: gets traffic
"""

VENDORS_MODULE = """\
bypass: inbound shop/app-b, 192.168.1.0/24
  forward path
    1. ipv4gw-1, table gateway: 192.168.1.0/24 (System) -> Local
    => delivered: delivered in vswitch.business/shop/app-b
  return path
    1. vswitch.business/shop/app-b, table t-b: 0.0.0.0/0 (Custom) -> \
GatewayLoadBalancerEndpoint endpoint.shop/b
    2. endpoint.shop/b: inspected by instance.appliance/fw-1 or instance.appliance/fw-2
    3. vswitch.gwlbe/shop/b, table t-gwlbe: 0.0.0.0/0 (Custom) -> Ipv4Gateway ipv4gw-1
    => internet: out to the Internet
"""


def test_proof_is_a_table_and_the_appliances() -> None:
    assert verdict_text(named(ulanqab()).verdict()) == PROVEN


def test_refutation_is_shown_hop_by_hop_with_the_deciding_entries() -> None:
    world = named(ulanqab())
    world.tables["gateway"].clear()
    said = verdict_text(world.verdict())
    assert said.startswith("Not proven: 4 of 4 classes of traffic refuted.\n")
    assert VENDORS_MODULE in said


def test_class_of_nearly_all_the_internet_is_named_by_its_exceptions() -> None:
    world = named(ulanqab())
    for number in range(8, 12):
        world.route("t-b", f"8.8.{number * 3}.0/24", GATEWAY)
    world.route("t-c", "9.9.9.0/24", GATEWAY)
    said = verdict_text(world.verdict())
    assert "the Internet but 8.8.24.0/24, 8.8.27.0/24, 8.8.30.0/24 and 1 more" in said
    assert "the Internet but 9.9.9.0/24" in said


def test_entries_with_the_same_effect_are_counted() -> None:
    world = named(ulanqab())
    for number in range(100):
        world.route("t-b", f"8.8.{number}.0/24", GATEWAY)
    assert "8.8.0.0/24 (Custom) and 99 more -> Ipv4Gateway" in verdict_text(world.verdict())


def test_lost_class_shows_no_return_path_and_dead_appliances_are_listed() -> None:
    world = named(ulanqab())
    for name in world.balancers["gwlb-1"].members:
        world.balancers["gwlb-1"].members[name] = ("Available", "Unhealthy")
    world.balancers["gwlb-1"].members["i-fw-3"] = ("Available", "")
    said = verdict_text(world.verdict())
    assert "  back" not in said
    assert "  instance.appliance/fw-1  Available, Unhealthy: gets no new traffic" in said
    assert "  i-fw-3  Available, health unknown: whether it gets traffic is not known" in said


def test_table_without_an_entry_is_shown_where_packets_end() -> None:
    said = verdict_text(named(ulanqab()).unroute("t-b", "0.0.0.0/0").verdict())
    assert (
        "    1. vswitch.business/shop/app-b, table t-b\n"
        "    => no route: the table has no entry for the destination\n"
    ) in said


def test_verdict_without_a_firewall_lists_no_appliances() -> None:
    world = named(ulanqab())
    world.balancers.clear()
    assert "Appliances" not in verdict_text(world.verdict())


def test_findings_are_listed_and_critical_ones_counted() -> None:
    world = named(ulanqab())
    world.unread["vpc:DescribeEipAddresses"] = "Forbidden.RAM"
    said = verdict_text(world.verdict())
    assert said.startswith("Not proven: 0 of 4 classes of traffic refuted, 1 critical finding")
    assert "  critical  vpc:DescribeEipAddresses: was not answered" in said


def test_json_verdict_has_exactly_the_keys_of_the_contract() -> None:
    said = named(ulanqab()).route("t-b", "8.8.8.0/24", GATEWAY).verdict().to_json()
    assert list(said) == ["proven", "flows", "findings"]
    flows, findings = said["flows"], said["findings"]
    assert isinstance(flows, list)
    assert isinstance(findings, list)
    assert all(
        list(each)
        == [
            *("vpc", "subnet", "direction", "destinations", "inspected", "endpoint"),
            *("symmetric", "verdict", "path"),
        ]
        for each in flows
    )
    bypass = next(each for each in flows if each["verdict"] == "bypass")
    assert {k: v for k, v in bypass.items() if k != "path"} == {
        "vpc": "shop",
        "subnet": "app-b",
        "direction": "outbound",
        "destinations": ["8.8.8.0/24"],
        "inspected": False,
        "endpoint": None,
        "symmetric": False,
        "verdict": "bypass",
    }
    assert [hop["entry"] for hop in bypass["path"] if hop["way"] == "there"] == ["8.8.8.0/24", None]
    assert all(list(each) == ["severity", "subject", "message", "path"] for each in findings)


def test_json_verdict_without_a_topology_has_ids_and_paths() -> None:
    world = named(ulanqab())
    world.subnets["app-b"].zone = "cn-wulanchabu-c"
    world.names = {}
    said = world.verdict().to_json()
    flows, findings = said["flows"], said["findings"]
    assert isinstance(flows, list)
    assert isinstance(findings, list)
    assert {(each["vpc"], each["subnet"]) for each in flows} == {
        ("vpc-shop", "app-b"),
        ("vpc-shop", "app-c"),
    }
    crossing = next(each for each in findings if "crosses zones" in each["message"])
    assert crossing["path"][0]["at"] == "ipv4gw-1"


def test_verdict_says_below_its_first_line_what_and_where_it_is_about() -> None:
    said = verdict_text(named(ulanqab()).verdict(), "edge in cn-wulanchabu, on the simulator")
    assert said.splitlines()[1:3] == ["edge in cn-wulanchabu, on the simulator", ""]


def test_id_without_an_address_has_the_name_that_the_cloud_gives_it() -> None:
    world = ulanqab()
    titles = {"vpc-shop": "shop", "app-b": "front end", "t-b": "front", "i-fw-1": "fw 1"}
    verdict = world.unroute("t-b", "0.0.0.0/0").verdict()
    said = verdict_text(replace(verdict, network=replace(verdict.network, titles=titles)))
    assert 'VPC vpc-shop "shop"\n' in said
    assert '  app-b "front end"  outbound   the Internet    no_route  ' in said
    assert '    1. app-b "front end", table t-b "front"\n' in said
    assert 'inspected by i-fw-1 "fw 1" or i-fw-2\n' in said
    assert '  i-fw-1 "fw 1"  Available, Healthy: gets traffic\n' in said


def test_name_can_neither_end_its_quotes_nor_make_a_column() -> None:
    hostile = 'x"  inspected  ep-1\x1b[2J\n' + "y" * 99
    verdict = ulanqab().verdict()
    network = replace(verdict.network, titles={"app-b": hostile})
    said = verdict_text(replace(verdict, network=network))
    assert 'app-b "x\\" inspected ep-1' in said
    assert "\x1b" not in said
    assert "yyy…" in said
