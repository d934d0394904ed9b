"""NAT gateways: whose packets they translate, to whom they forward, and what is lost at them."""

import pytest

from gwlbfw.forecast.judging import judged_flows
from gwlbfw.reachability import judge, parse_network
from gwlbfw.reachability.flows import Flow, flows_by_sender
from gwlbfw.reachability.translation import senders
from gwlbfw.reachability.walk import Walker
from tests.unit.reachability.worlds import (
    GATEWAY,
    B,
    Entry,
    Hop,
    Subnet,
    World,
    named,
    to,
    ulanqab,
)

NGW, ENDPOINT = ("NatGateway", "ngw-1"), to("ep-b")


def behind(hop: Hop = ENDPOINT) -> World:
    """App-b leads to a NAT gateway, whose own subnet leads to this hop, and so does the way in."""
    world = named(ulanqab())
    world.subnets["nat"] = Subnet("192.168.201.0/24", B, "t-nat")
    world.tables["t-nat"] = {"0.0.0.0/0": Entry([hop])}
    world.nat_gateways["ngw-1"] = ("nat", True, "Available")
    world.snat["ngw-1"] = [{"SourceVSwitchId": "app-b"}]
    world.route("t-b", "0.0.0.0/0", NGW)
    if hop != GATEWAY:
        world.route("gateway", "192.168.201.0/24", hop)
    return world


def beside(hop: Hop = ENDPOINT) -> World:
    """The same, but app-b leads to its endpoint."""
    return behind(hop).route("t-b", "0.0.0.0/0", ENDPOINT)


def rows(world: World, direction: str, subnet: str = "app-b") -> dict[str | None, str]:
    """The verdicts on a subnet by source."""
    return {each.source: each.verdict for each in world.flows(subnet, direction)}


def reason(world: World) -> str:
    (flow,) = world.flows("app-b", "outbound")
    return flow.forward_path.reason


def test_sources_that_an_entry_serves_are_inspected_behind_a_nat_gateway() -> None:
    assert rows(behind(), "outbound") == {None: "inspected"}
    assert rows(behind(GATEWAY), "outbound") == {None: "bypass"}


@pytest.mark.parametrize(
    ("entries", "lost"),
    [
        ([], "no SNAT entry of ngw-1 serves 192.168.1.0 to 192.168.1.255"),
        ([{"SourceVSwitchId": "app-c"}], "no SNAT entry of ngw-1"),
        ([{"SourceVSwitchId": "app-b", "SnatIp": "8.8.4.4"}], "no SNAT entry of ngw-1"),
    ],
)
def test_a_nat_gateway_without_an_entry_loses_packets(
    entries: list[dict[str, str]], lost: str
) -> None:
    world = behind()
    world.snat["ngw-1"] = entries
    assert rows(world, "outbound") == {None: "black_hole"}
    assert lost in reason(world)


@pytest.mark.parametrize(
    "entry",
    [
        {"SourceVSwitchId": "app-b", "Status": "Pending"},
        {"SourceVSwitchId": "app-b", "SnatIp": "8.9.0.5,8.8.4.4"},
        {"SourceVSwitchId": "app-b", "SnatIp": "", "NetworkInterfaceId": "eni-1"},
        {"SourceCIDR": "nonsense"},
    ],
)
def test_an_entry_that_may_serve_is_not_known_to(entry: dict[str, str]) -> None:
    world = behind()
    world.snat["ngw-1"] = [entry]
    assert rows(world, "outbound") == {None: "unknown"}


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("nat_gateways", {"Status": "Creating"}),
        ("nat_gateways", {"Status": "Modifying"}),
        ("nat_gateways", {"BusinessStatus": "FinancialLocked"}),
        ("eips", {"Status": "Associating"}),
        ("eips", {"Status": "Unassociating"}),
        ("eips", {"Status": "InUse", "BusinessStatus": "FinancialLocked"}),
    ],
)
def test_a_nat_gateway_in_transition_or_in_arrears_is_not_known_to_serve(
    what: str, said: dict[str, str]
) -> None:
    """The NAT gateway itself, and the address that it serves by."""
    facts = behind().facts()
    facts.eips.append({"IpAddress": "8.9.0.5", "Status": "InUse", "BusinessStatus": "Normal"})
    served = [each for each in judge(parse_network(facts)).flows if each.direction == "outbound"]
    assert {each.verdict for each in served} == {"inspected"}
    listed = getattr(facts, what)
    listed[-1] = {**listed[-1], **said}
    served = [each for each in judge(parse_network(facts)).flows if each.subnet.id == "app-b"]
    assert "unknown" in {each.verdict for each in served if each.direction == "outbound"}


def test_entries_for_some_machines_serve_these_alone() -> None:
    world = behind()
    world.snat["ngw-1"] = [{"SourceCIDR": "192.168.1.153/32"}]
    found: list[Flow] = world.flows("app-b", "outbound")
    assert {(each.source, each.verdict) for each in found} == {
        ("public", "black_hole"),
        ("public", "inspected"),
        ("nat", "inspected"),
    }


def test_a_private_source_dies_at_the_ipv4_gateway() -> None:
    world = beside()
    assert rows(world, "outbound") == {"public": "inspected", "nat": "black_hole"}
    assert rows(world, "inbound") == {None: "inspected"}
    assert not world.verdict().proven
    world.snat["ngw-1"] = [{"SourceVSwitchId": "nat"}]
    assert rows(world, "outbound") == {None: "inspected"}
    assert world.verdict().proven


def test_json_names_the_source_only_where_flows_differ() -> None:
    said = beside().verdict().to_json()["flows"]
    assert isinstance(said, list)
    sources = [
        (each["subnet"], each["direction"], each.get("source", "-"))
        for each in said
        if isinstance(each, dict)
    ]
    assert [each for each in sources if each[2] != "-"] == [
        ("app-b", "outbound", "nat"),
        ("app-b", "outbound", "public"),
    ]


@pytest.mark.parametrize(
    ("read", "direction"), [("SnatTableEntries", "outbound"), ("ForwardTableEntries", "inbound")]
)
def test_entries_that_could_not_be_read_are_not_known(read: str, direction: str) -> None:
    facts = behind().facts()
    (facts.snat_entries if read.startswith("Snat") else facts.forward_entries).clear()
    facts.unread[f"vpc:Describe{read}"] = "Forbidden.RAM"
    verdict = judge(parse_network(facts, behind().names))
    (flow,) = (
        each
        for each in verdict.flows
        if (each.subnet.id, each.direction) == ("app-b", direction) and each.source != "public"
    )
    assert flow.verdict == "unknown"
    assert flow.forward_path.reason.endswith("is not known: Forbidden.RAM")
    assert f"vpc:Describe{read}" in {each.subject for each in verdict.findings}


def test_a_nat_gateway_serves_its_own_subnet_where_the_table_leads_to_it_or_need_not() -> None:
    world = behind()
    world.names.clear()  # every subnet is judged
    world.snat["ngw-1"] = [{"SourceCIDR": "192.168.0.0/16"}]
    assert rows(world, "outbound", "nat") == {None: "inspected"}
    direct(world).route("t-nat", "0.0.0.0/0", NGW)
    assert rows(world, "outbound", "nat") == {"public": "bypass", "nat": "bypass"}
    world.unroute("t-nat", "0.0.0.0/0")
    assert rows(world, "outbound", "nat") == {"public": "bypass", "nat": "unknown"}


def test_what_packets_do_at_a_second_nat_gateway_is_not_known() -> None:
    world = behind()
    world.nat_gateways["ngw-22"] = ("gwlbe-b", True, "Available")
    world.route("t-nat", "0.0.0.0/0", ("NatGateway", "ngw-22"))
    assert rows(world, "outbound") == {None: "unknown"}


# --- DNAT ---


def test_an_entry_into_a_business_subnet_past_the_firewall_refutes() -> None:
    world = behind(GATEWAY)
    world.forwards["ngw-1"] = ["192.168.1.153"]
    assert rows(world, "inbound")["nat"] == "bypass"
    (flow,) = (each for each in world.flows("app-b", "inbound") if each.source == "nat")
    assert flow.destinations == ("192.168.1.153/32",)
    found = [each for each in world.verdict().findings if each.severity == "critical"]
    assert [each.subject for each in found] == ["ngw-1"]
    told = "forwards 8.9.0.5 tcp 80 to 192.168.1.153/32 in vswitch.business/shop/app-b"
    assert told in found[0].message


def test_an_entry_behind_the_firewall_is_inspected_both_ways_without_an_snat_entry() -> None:
    world = behind()
    world.snat["ngw-1"] = []
    world.forwards["ngw-1"] = ["192.168.1.153"]
    assert rows(world, "inbound")["nat"] == "inspected"
    assert not [each for each in world.verdict().findings if each.severity == "critical"]


@pytest.mark.parametrize(
    ("hop", "verdict"), [(ENDPOINT, "black_hole"), (GATEWAY, "black_hole"), (NGW, "inspected")]
)
def test_replies_to_what_is_forwarded_leave_by_that_nat_gateway_alone(
    hop: Hop, verdict: str
) -> None:
    world = behind().route("t-b", "0.0.0.0/0", hop)
    world.forwards["ngw-1"] = ["192.168.1.153"]
    assert rows(world, "inbound")["nat"] == verdict


def test_what_a_reply_does_at_another_nat_gateway_is_not_known() -> None:
    world = behind()
    world.nat_gateways["ngw-22"] = ("nat", True, "Available")
    world.route("t-b", "0.0.0.0/0", ("NatGateway", "ngw-22"))
    world.forwards["ngw-1"] = ["192.168.1.153"]
    assert rows(world, "inbound")["nat"] == "unknown"


def test_an_entry_of_one_port_is_a_way_in_and_no_way_out() -> None:
    world = behind()
    world.snat["ngw-1"] = []
    world.forwards["ngw-1"] = ["192.168.1.153"]
    assert rows(world, "inbound")["nat"] == "inspected"
    assert set(rows(world, "outbound").values()) == {"black_hole"}


def test_an_entry_of_all_ports_is_a_way_in_and_out_for_its_machine_alone() -> None:
    world = behind()
    world.snat["ngw-1"] = []
    world.mapped["ngw-1"] = [{"InternalIp": "192.168.1.153"}]
    assert rows(world, "inbound")["nat"] == "inspected"
    found: list[Flow] = world.flows("app-b", "outbound")
    assert {(each.source, each.verdict) for each in found} == {
        ("public", "black_hole"),
        ("public", "inspected"),
        ("nat", "inspected"),
    }
    world.route("t-nat", "0.0.0.0/0", GATEWAY)
    assert "bypass" in rows(world, "outbound").values()


@pytest.mark.parametrize("said", [{"Status": "Pending"}, {"ExternalIp": "8.8.4.4"}])
def test_an_entry_of_all_ports_that_may_serve_is_not_known_to(said: dict[str, str]) -> None:
    world = behind()
    world.snat["ngw-1"] = []
    world.mapped["ngw-1"] = [{"InternalIp": "192.168.1.153", **said}]
    assert rows(world, "outbound")["nat"] == "unknown"


def test_a_machine_with_an_entry_of_all_ports_leaves_by_that_and_by_no_snat_entry() -> None:
    world = behind()
    world.mapped["ngw-1"] = [{"InternalIp": "192.168.1.153", "Status": "Pending"}]
    assert {each.verdict for each in world.flows("app-b", "outbound")} == {"inspected", "unknown"}


# --- direct access ---


def direct(world: World) -> World:
    world.gateway, world.enabled, world.centralised = None, False, False
    return world


def test_without_an_ipv4_gateway_only_public_addresses_pass_a_nat_gateway_by() -> None:
    world = direct(behind())
    assert rows(world, "outbound") == {"public": "bypass", "nat": "bypass"}
    world.snat["ngw-1"] = []
    assert rows(world, "outbound") == {"public": "bypass", "nat": "black_hole"}


def test_whether_a_nat_gateway_needs_a_route_without_an_ipv4_gateway_is_not_known() -> None:
    world = direct(behind()).unroute("t-b", "0.0.0.0/0")
    assert rows(world, "outbound") == {"public": "bypass", "nat": "unknown"}
    world.snat["ngw-1"] = []
    assert rows(world, "outbound") == {None: "bypass"}


def test_the_end_of_direct_access_is_a_loss_to_those_that_a_nat_gateway_serves() -> None:
    before, after = direct(behind(GATEWAY)).network(), beside().network()
    app = before.subnets["app-b"]
    served = senders(before, app)
    was, now = (flows_by_sender(Walker(each), app, served) for each in (before, after))
    harms = {(each.source, each.reason) for each in judged_flows(was, now, now)}
    assert harms == {("nat", "lost")}
