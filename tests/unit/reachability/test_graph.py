"""A graph judged like a live network, and what each resource does by coming and going."""

import pytest

from gwlbfw.address import Address, Ref
from gwlbfw.reachability import (
    Network,
    NetworkBuilder,
    judge,
    parse_network,
    trace,
)
from gwlbfw.resources import (
    Eip,
    Endpoint,
    Instance,
    Ipv4Gateway,
    LoadBalancer,
    Route,
    RouteTable,
    RouteTableAssociation,
    ServerGroupMember,
    Vpc,
    VSwitch,
)
from gwlbfw.resources.graph import Live, Node
from gwlbfw.resources.resource import STATED, Resource, kinds, register
from tests.unit.reachability import worlds
from tests.unit.reachability.graphs import (
    GATE,
    GROUP,
    SERVICE,
    SHOP,
    at,
    everything_in,
    having,
    network_of,
    route,
    ulanqab,
    without,
)
from tests.unit.reachability.worlds import B, C, notable


def said(network: Network, subnet: str = "vswitch.business/shop/app-b") -> tuple[str, str]:
    verdict = judge(network)
    (inbound,), (outbound,) = (
        {e.verdict for e in verdict.flows if (e.subnet.id, e.direction) == (subnet, way)}
        for way in ("inbound", "outbound")
    )
    return inbound, outbound


def start() -> NetworkBuilder:
    return NetworkBuilder(network_of(ulanqab()))


def test_the_vendors_scenario_is_proven_with_health_assumed() -> None:
    verdict = judge(network_of(ulanqab()))
    assert verdict.proven
    assert {(e.subnet.id, e.verdict) for e in verdict.flows} == {
        ("vswitch.business/shop/app-b", "inspected"),
        ("vswitch.business/shop/app-c", "inspected"),
    }
    assert [(e.severity, "taken to be healthy" in e.message) for e in notable(verdict)] == [
        ("info", True),
        ("info", True),
    ]


def test_every_kind_states_its_facts_of_forwarding() -> None:
    sample = {type(node.resource): node.resource for node in ulanqab().values()}
    for kind in kinds().values():
        assert sample[kind].forwarding_facts(Ref(f"{kind.kind}.x")), kind


def test_kind_that_states_no_facts_of_forwarding_is_refused() -> None:
    facts = {name: getattr(Vpc, name) for name in STATED - {"forwarding_facts"}}
    silent = type("Silent", (Resource,), {"__module__": __name__, **facts})
    with pytest.raises(TypeError, match="Silent does not state its forwarding_facts"):
        register(silent)


def test_the_order_in_which_resources_come_does_not_matter() -> None:
    backwards = dict(reversed(ulanqab().items()))
    assert judge(network_of(backwards)).flows == judge(network_of(ulanqab())).flows


def test_a_graph_says_no_more_than_it_knows() -> None:
    network = network_of(dict([at(SHOP), at("vswitch.business/shop/app-b")]))
    assert said(network) == ("bypass", "bypass")  # direct mode is all there is


def test_a_planned_eip_can_be_traced_to() -> None:
    found = trace(network_of(ulanqab()), "internet", "eip.shop/ecs-b")
    assert found.verdict == "inspected"
    assert found.notes == ("the destination its EIP becomes 192.168.1.153 at the IPv4 gateway",)


# --- what goes ---


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("route.gateway/shop/app-b", ("bypass", "asymmetric")),
        (f"route.business/shop/{B}", ("black_hole", "no_route")),
        ("route.gwlbe/shop", ("black_hole", "black_hole")),
        (f"endpoint.shop/{B}", ("unknown", "unknown")),
        (f"endpoint_service_resource.main/{B}", ("black_hole", "black_hole")),
        (SERVICE, ("unknown", "unknown")),
        ("load_balancer.main", ("unknown", "unknown")),
        ("listener.main", ("black_hole", "black_hole")),
        (GROUP, ("unknown", "unknown")),
        ("route_table_association.gateway/shop", ("bypass", "asymmetric")),
        ("route_table_association.business/shop/app-b", ("black_hole", "no_route")),
        (f"route_table_association.gwlbe/shop/{B}", ("black_hole", "black_hole")),
        (f"vswitch.gwlbe/shop/{B}", ("unknown", "unknown")),
        (f"route_table.business/shop/{B}", ("unknown", "unknown")),
        ("vswitch.business/shop/app-c", ("inspected", "inspected")),
        ("instance.server/shop/ecs-b", ("inspected", "inspected")),
        ("eip.shop/ecs-b", ("inspected", "inspected")),
        ("server_group_member.main/fw-b", ("inspected", "inspected")),
        ("security_group.appliances", ("unknown", "unknown")),
    ],
)
def test_each_resource_is_missed_for_what_it_does(address: str, expected: tuple[str, str]) -> None:
    assert said(without(start(), address).build()) == expected


def test_a_group_without_its_last_appliance_fails_closed() -> None:
    builder = without(start(), "server_group_member.main/fw-b")
    network = without(builder, "server_group_member.main/fw-c").build()
    assert said(network) == ("black_hole", "black_hole")


@pytest.mark.parametrize(
    ("mode", "expected"), [("public", ("bypass", "unknown")), ("private", ("no_route", "unknown"))]
)
def test_a_deleted_gateway_leaves_what_its_internet_mode_says(
    mode: str, expected: tuple[str, str]
) -> None:
    builder = start()
    gateway = Ipv4Gateway(vpc=SHOP, enabled=True, internet_mode=mode)
    builder = having(builder, GATE, gateway)
    builder.remove(Address(GATE), Node(gateway))
    assert said(builder.build()) == expected


def test_a_deleted_gateway_that_was_never_active_changes_nothing() -> None:
    builder = having(start(), GATE, Ipv4Gateway(vpc=SHOP, enabled=False))
    gateway = Ipv4Gateway(vpc=SHOP, enabled=False, internet_mode="private")
    builder.remove(Address(GATE), Node(gateway))
    assert said(builder.build())[0] == "bypass"


def test_a_subnet_that_goes_takes_its_local_entries_along() -> None:
    network = without(start(), "vswitch.business/shop/app-c").build()
    left = network.tables["route_table.gwlbe/shop"].entries
    assert not any(str(each.prefix) == "192.168.2.0/24" for each in left)


def test_removing_resources_that_are_not_there_does_nothing() -> None:
    builder = NetworkBuilder()
    for address in ulanqab():
        without(builder, address)
    network = builder.build()
    assert (dict(network.vpcs), dict(network.subnets), dict(network.tables)) == ({}, {}, {})


# --- what comes, or changes ---


def test_resources_may_come_one_by_one() -> None:
    order = [
        SHOP,
        "vpc.security",
        *(e for e in ulanqab() if e.startswith("vswitch.")),
        *(e for e in ulanqab() if e.startswith("route_table.")),
        GATE,
        *(e for e in ulanqab() if e.startswith("route_table_association.")),
        *("route.gwlbe/shop", SERVICE, "load_balancer.main", GROUP, "listener.main"),
        "security_group.appliances",
        *(e for e in ulanqab() if e.startswith(("instance.", "endpoint_service_resource."))),
        *(e for e in ulanqab() if e.startswith(("server_group_member.", "endpoint.", "eip."))),
        *(e for e in ulanqab() if e.startswith("route.") and e != "route.gwlbe/shop"),
    ]
    builder = NetworkBuilder()
    for address in order:
        having(builder, address, at(address)[1].resource)
    assert judge(builder.build()).flows == judge(network_of(ulanqab())).flows


def test_resources_without_their_parent_do_nothing() -> None:
    builder = NetworkBuilder()
    for kind in ("route.", "route_table_association.", "server_group_member.", "listener."):
        for address in ulanqab():
            if address.startswith(kind):
                having(builder, address, at(address)[1].resource)
    for address in ulanqab():
        if address.startswith(("endpoint_service_resource.", "eip.")):
            having(builder, address, at(address)[1].resource)
    network = builder.build()
    assert not network.tables
    assert not network.groups
    assert not network.public_ips


def test_a_gateway_that_is_not_active_loses_what_endpoints_return() -> None:
    network = having(start(), GATE, Ipv4Gateway(vpc=SHOP, enabled=False)).build()
    assert said(network) == ("bypass", "black_hole")


def test_an_endpoint_that_is_not_connected_is_a_black_hole() -> None:
    zones = {B: Ref[VSwitch](f"vswitch.gwlbe/shop/{B}")}
    endpoint = Endpoint(vpc=SHOP, service=SERVICE, zones=zones, connected=False)
    network = having(start(), f"endpoint.shop/{B}", endpoint).build()
    assert said(network) == ("black_hole", "black_hole")


def test_a_load_balancer_turned_to_bypass_inspects_nothing() -> None:
    balancer = at("load_balancer.main")[1].resource.model_copy(update={"traffic_mode": "ByPass"})
    assert said(having(start(), "load_balancer.main", balancer).build()) == ("bypass", "bypass")


def test_a_route_changes_its_next_hop_in_place() -> None:
    address = f"route.business/shop/{B}"
    network = having(start(), address, route(f"business/shop/{B}", GATE)).build()
    assert said(network) == ("asymmetric", "bypass")


def test_a_route_for_ipv6_is_no_ipv4_route() -> None:
    builder = having(start(), "route.x", route(f"business/shop/{B}", GATE, "::/0"))
    assert said(builder.build()) == ("inspected", "inspected")


def test_a_kind_that_is_off_the_path_does_nothing_by_coming() -> None:
    address = "security_group.appliances"
    builder = having(start(), address, at(address)[1].resource)
    assert judge(builder.build()).flows == judge(start().build()).flows


def test_a_subnet_or_table_that_is_there_already_stays_as_it_is() -> None:
    builder = start()
    for address in ("vswitch.business/shop/app-b", f"route_table.business/shop/{B}"):
        having(builder, address, at(address)[1].resource)
    assert said(builder.build()) == ("inspected", "inspected")


def test_a_member_counts_once() -> None:
    member = at("server_group_member.main/fw-b")[1].resource
    network = having(start(), "server_group_member.main/fw-b", member).build()
    assert len(network.groups[GROUP].members) == 2


def test_an_eip_that_moves_off_is_gone() -> None:
    assert having(start(), "eip.shop/ecs-b", Eip()).build().public_ips == ()


def test_a_vswitch_whose_block_is_not_known_yet_is_not_judged() -> None:
    builder = having(start(), "vswitch.business/shop/new", VSwitch(vpc=SHOP, zone=B, cidr=""))
    assert "vswitch.business/shop/new" not in builder.build().subnets


def test_a_vpcs_block_may_grow_and_may_not_be_known() -> None:
    builder = having(start(), SHOP, Vpc(cidr="192.0.0.0/8"))
    assert [str(each) for each in builder.build().vpcs[SHOP].cidrs] == ["192.0.0.0/8"]
    assert having(NetworkBuilder(), SHOP, Vpc(cidr="")).build().vpcs[SHOP].cidrs == ()


def test_unchanged_tables_are_shared_with_the_network_that_a_builder_starts_from() -> None:
    base = network_of(ulanqab())
    changed = without(NetworkBuilder(base), "route.gateway/shop/app-b").build()
    gwlbe = "route_table.gwlbe/shop"
    assert changed.tables[gwlbe] is base.tables[gwlbe]


def test_all_routes_to_a_thing_go_at_once_and_other_tables_are_left_alone() -> None:
    base = network_of(ulanqab())
    builder = NetworkBuilder(base)
    builder.values.update([(slot, None) for slot in builder.routes_to(f"endpoint.shop/{B}")])
    network = builder.build()
    assert said(network) == ("bypass", "no_route")
    assert said(network, "vswitch.business/shop/app-c") == ("inspected", "inspected")
    other = f"route_table.business/shop/{C}"
    assert network.tables[other] is base.tables[other]


# --- on top of live state ---


def live() -> Network:
    """The vendor's scenario as read, before the firewall, with names but without endpoints."""
    world = worlds.named(worlds.ulanqab())
    world.names |= {
        "ipv4gw-1": Address(GATE),
        "gateway": Address("route_table.gateway/shop"),
        "t-gwlbe": Address("route_table.gwlbe/shop"),
        "t-b": Address(f"route_table.business/shop/{B}"),
        "t-c": Address(f"route_table.business/shop/{C}"),
        "ep-b": Address(f"endpoint.shop/{B}"),
        "ep-c": Address(f"endpoint.shop/{C}"),
        "i-b": Address("instance.server/shop/ecs-b"),
        "eip-8.130.0.1": Address("eip.shop/ecs-b"),
        "gwlb-1": Address("load_balancer.main"),
        "sgp-gwlb-1": Address(GROUP),
        "i-fw-1": Address("instance.appliance/fw-b"),
        "epsrv-1": Address(SERVICE),
    }
    world.route("t-b", "0.0.0.0/0", worlds.GATEWAY)
    world.tables["gateway"].clear()
    return world.network(wanted=(Address("vswitch.business/shop/app-d"),))


def test_the_plans_end_is_live_state_with_the_graph_applied_to_it() -> None:
    base = live()
    assert said(base, "app-b") == ("bypass", "bypass")
    graph = {a: n for a, n in ulanqab().items() if a.startswith(("route.", "eip.", "instance.s"))}
    network = network_of(graph, base)
    assert said(network, "app-b") == ("inspected", "inspected")
    public = next(each for each in network.public_ips if each.id == "eip-8.130.0.1")
    assert (public.address, public.private, public.subnet) == (
        "8.130.0.1",
        "192.168.1.153",
        "app-b",
    )


def test_a_missing_subnet_is_there_once_it_is_planned() -> None:
    base = live()
    assert not judge(base).proven
    graph = {
        Address("vswitch.business/shop/app-d"): Node(
            VSwitch(vpc=SHOP, zone=B, cidr="192.168.3.0/24")
        )
    }
    network = network_of(graph, base)
    assert network.missing == ()
    assert said(network, "vswitch.business/shop/app-d") == ("bypass", "no_route")


def test_entries_that_disagree_stay_so_under_a_builder() -> None:
    world = worlds.named(worlds.ulanqab())
    facts = world.facts()
    facts.entries["t-b"].append({**facts.entries["t-c"][-1]})
    base = parse_network(facts, {**world.names, "t-b": Address(f"route_table.business/shop/{B}")})
    builder = having(
        NetworkBuilder(base), "route.x", route(f"business/shop/{B}", "ep-b", "9.9.9.0/24")
    )
    outs = {
        e.verdict
        for e in judge(builder.build()).flows
        if e.direction == "outbound" and e.subnet.id == "app-b"
    }
    assert outs == {"unknown", "inspected"}


def test_a_balancer_keeps_its_addresses_and_what_listens_on_it() -> None:
    balancer = LoadBalancer(
        vpc=Ref("vpc.security"), zones={B: Ref("x"), "cn-wulanchabu-d": Ref("y")}
    )
    network = having(NetworkBuilder(live()), "load_balancer.main", balancer).build()
    kept = network.balancers["gwlb-1"]
    assert kept.addresses == {B: "10.0.1.41", "cn-wulanchabu-d": ""}
    assert kept.listener is not None


def test_a_group_keeps_the_members_it_has_and_what_is_known_of_them() -> None:
    member = ServerGroupMember(group=GROUP, instance=Ref("instance.appliance/fw-b"))
    builder = having(NetworkBuilder(live()), "server_group_member.main/fw-b", member)
    before = {key: each.members for key, each in builder.build().groups.items()}
    again = having(builder, GROUP, at(GROUP)[1].resource).build().groups
    assert {key: each.members for key, each in again.items()} == before
    assert builder.build().assumed == ()


# --- strangers ---


def test_live_state_is_judged_with_its_strangers() -> None:
    strangers = {
        "vsw-old": Node(VSwitch(vpc=SHOP, zone=B, cidr="192.168.50.0/24"), False, "vsw-old"),
        "vtb-old": Node(RouteTable(vpc=SHOP, serves="VSwitch"), False, "vtb-old"),
        "vtb-old/2": Node(
            Route(
                vpc=SHOP,
                table=Ref("vtb-old"),
                destination="0.0.0.0/0",
                next_hop_type="Ipv4Gateway",
                next_hop=GATE,
            ),
            owned=False,
        ),
        "vsw-old/3": Node(
            RouteTableAssociation(vpc=SHOP, subject=Ref("vsw-old"), table=Ref("vtb-old")), False
        ),
        "vsw-far": Node(
            VSwitch(vpc=Ref("vpc-far"), zone=B, cidr="172.16.0.0/24"), False, "vsw-far"
        ),
        "i-old": Node(Instance(vswitch=Ref("vsw-old"), zone=B, instance_type="x"), False, "i-old"),
    }
    network = network_of(everything_in(Live(nodes=ulanqab(), others=strangers)))
    verdict = judge(network)
    assert verdict.proven
    assert [e.subject for e in verdict.findings if e.severity == "high"] == ["vsw-old"]
    assert network.subnets["vsw-far"].role == "other"
