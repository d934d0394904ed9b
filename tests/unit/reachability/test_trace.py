"""The way of any packet: hops, entries, addresses that change, and who may inspect it."""

import pytest

from gwlbfw.address import Address
from gwlbfw.cli.views.verdict_text import trace_text
from gwlbfw.reachability import NoSuchPlace, Trace, trace
from tests.unit.reachability.worlds import GATEWAY, B, Entry, Subnet, World, named, to, ulanqab


def traced(source: str, target: str, world: World | None = None) -> Trace:
    return trace((world or stack()).network(), source, target)


def stack() -> World:
    """The vendor's scenario as a stack has it."""
    world = named(ulanqab())
    world.names["i-b"] = Address("instance.server/shop/ecs-b-01")
    world.names["eip-8.130.0.1"] = Address("eip.shop/ecs-b-01")
    return world


def entries(found: Trace) -> list[str]:
    return [str(hop.entry.prefix) for hop in found.forward_path.hops if hop.entry]


@pytest.mark.parametrize(
    "target",
    ["192.168.1.153", "8.130.0.1", "i-b", "instance.server/shop/ecs-b-01", "eip.shop/ecs-b-01"],
)
def test_a_server_is_found_by_any_of_its_names(target: str) -> None:
    found = traced("internet", target)
    assert (found.verdict, found.inspected, found.symmetric) == ("inspected", True, True)
    assert found.target.address == "192.168.1.153"
    assert entries(found) == ["192.168.1.0/24", "192.168.1.0/24"]
    assert found.notes == ("the destination 8.130.0.1 becomes 192.168.1.153 at the IPv4 gateway",)


def test_a_trace_out_names_source_address_appliances_and_encapsulation() -> None:
    found = traced("instance.server/shop/ecs-b-01", "8.8.8.8")
    assert found.notes == ("the source 192.168.1.153 becomes 8.130.0.1 at the IPv4 gateway",)
    assert found.appliances == ("instance.appliance/fw-1", "instance.appliance/fw-2")
    said = trace_text(found)
    assert "/fw-1 10.0.9.0, instance.appliance/fw-2 10.0.9.1, from 10.0.1.41" in said
    assert "GENEVE over UDP 6081" in said


def test_a_client_by_its_address_is_as_good_as_the_internet() -> None:
    found = traced("203.0.113.10", "i-b", stack().route("t-b", "203.0.113.0/24", GATEWAY))
    assert found.verdict == "asymmetric"
    assert (
        str(found.return_path.hops[0].entry and found.return_path.hops[0].entry.prefix)
        == "203.0.113.0/24"
    )


def test_the_worst_path_to_the_internet_at_large_is_shown() -> None:
    world = stack().route("t-b", "8.8.8.0/24", GATEWAY)
    found = traced("i-b", "internet", world)
    assert (found.verdict, entries(found), found.other_paths) == ("bypass", ["8.8.8.0/24"], 1)
    assert "other paths: 1, none worse" in trace_text(found)
    assert traced("i-b", "8.8.9.9", world).verdict == "inspected"


def test_a_subnet_stands_for_all_its_addresses() -> None:
    assert traced("internet", "vswitch.business/shop/app-b").verdict == "inspected"
    assert traced("app-b", "1.1.1.1").source.address == "app-b"


def test_packets_between_subnets_stay_in_the_vpc() -> None:
    found = traced("i-b", "192.168.2.154")
    assert (found.verdict, found.inspected, found.notes) == ("local", False, ())
    assert found.forward_path.reason == "delivered in vswitch.business/shop/app-c"


def test_a_neighbours_public_address_is_reached_through_the_internet() -> None:
    found = traced("i-b", "8.130.0.2")
    assert found.verdict == "inspected"
    assert found.forward_path.disposition == "internet"


def test_an_address_without_a_public_one_is_traced_as_if_it_had_one() -> None:
    found = traced("internet", "192.168.1.77")
    assert found.verdict == "inspected"
    assert found.notes == ("192.168.1.77 has no public address: the path is as if it had one",)


def test_a_private_address_of_nowhere_gets_lost_at_the_gateway() -> None:
    found = traced("i-b", "10.9.9.9")
    assert found.verdict == "black_hole"
    assert found.forward_path.reason == "the Internet has no such address"


def test_the_machine_itself_changes_the_address_without_a_gateway() -> None:
    world = ulanqab()
    world.gateway, world.centralised = None, False
    world.tables["t-b"].clear()
    found = traced("i-b", "8.8.8.8", world)
    assert found.verdict == "bypass"
    assert found.notes[0].endswith("at the machine's own interface")


def test_the_source_becomes_the_address_of_a_nat_gateway() -> None:
    world = ulanqab()
    world.subnets["nat"] = Subnet("192.168.201.0/24", B, "t-nat")
    world.tables["t-nat"] = {"0.0.0.0/0": Entry([to("ep-b")])}
    world.nat_gateways["ngw-1"] = ("nat", True, "Available")
    world.route("t-b", "0.0.0.0/0", ("NatGateway", "ngw-1"))
    world.route("gateway", "192.168.201.0/24", to("ep-b"))
    found = traced("i-b", "8.8.8.8", world)
    assert found.verdict == "inspected"
    assert found.notes == ("the source becomes an address of ngw-1",)
    assert [hop.at for hop in found.return_path.hops] == [
        "ipv4gw-1",
        "ep-b",
        "gwlbe-b",
        "ngw-1",
        "nat",
    ]


def test_a_lost_packet_has_no_way_back_to_show() -> None:
    said = trace_text(traced("i-b", "8.8.8.8", stack().unroute("t-b", "0.0.0.0/0")))
    assert "no route" in said
    assert "back" not in said


def test_json_has_the_packet_its_path_and_its_ends() -> None:
    said = traced("internet", "i-b").to_json()
    path = said["path"]
    assert isinstance(path, list)
    assert said["from"] == "internet"
    assert said["destination"] == "192.168.1.153"
    assert said["endpoint"] == "endpoint.shop/b"
    assert path[0] == {
        "way": "there",
        "at": "ipv4gw-1",
        "table": "gateway",
        "entry": "192.168.1.0/24",
        "origin": "Custom",
        "more_entries": 0,
        "next_hop_type": "GatewayLoadBalancerEndpoint",
        "next_hop": "endpoint.shop/b",
        "note": None,
        "end": None,
    }
    assert path[-1]["end"] == "internet"
    assert said["encapsulation"] == [
        {
            "load_balancer": "load_balancer.main",
            "zone": B,
            "from": "10.0.1.41",
            "to": ["10.0.9.0", "10.0.9.1"],
            "how": "GENEVE over UDP 6081, VNI 0, 32 bytes of options: 68 bytes more in all",
        }
    ]


def test_a_load_balancer_in_bypass_mode_wraps_nothing_for_nobody() -> None:
    world = stack()
    world.balancers["gwlb-1"].mode = "ByPass"
    found = traced("internet", "i-b", world)
    assert found.verdict == "bypass"
    assert "encapsulation" not in trace_text(found)
    wrapped = found.to_json()["encapsulation"]
    assert isinstance(wrapped, list)
    assert [each["how"] for each in wrapped] == [None]


@pytest.mark.parametrize(
    ("source", "target", "why"),
    [
        ("internet", "8.8.8.8", "neither internet nor 8.8.8.8 is in this network"),
        ("internet", "i-nobody", "nothing in this network is called i-nobody"),
        ("internet", "192.168.1.0/24", "is a block of addresses"),
        ("internet", "8.130.0.7", "bound to lb-1, which is in none of the subnets"),
        ("internet", "eip-8.130.0.7", "bound to lb-1"),
        ("internet", "8.130.0.8", "bound to lb-2, and where that is nobody says"),
        ("internet", "i-homeless", "nothing in this network is called i-homeless"),
    ],
)
def test_an_unknown_end_is_refused_with_what_could_be_meant(
    source: str, target: str, why: str
) -> None:
    world = stack()
    world.instances["i-homeless"] = {"subnet": "vsw-elsewhere", "ip": ""}
    world.eips["8.130.0.7"] = {"InstanceId": "lb-1", "VpcId": "vpc-shop"}
    world.eips["8.130.0.8"] = {"InstanceId": "lb-2", "InstanceType": "SlbInstance"}
    with pytest.raises(NoSuchPlace, match=why) as refused:
        traced(source, target, world)
    assert "internet" in str(refused.value.diagnostics()[0].hint)


def test_an_address_in_two_vpcs_is_refused_and_a_machine_is_not() -> None:
    network = stack().network()
    twin = network.subnets["app-b"].__class__
    subnets = dict(network.subnets)
    subnets["far"] = twin("far", "vpc-far", B, subnets["app-b"].cidr, "t-far")
    doubled = network.__class__(**{**network.__dict__, "subnets": subnets})
    with pytest.raises(NoSuchPlace, match="name the instance instead"):
        trace(doubled, "internet", "192.168.1.153")
    assert trace(doubled, "internet", "i-b").verdict == "inspected"


def test_a_public_address_whose_private_one_is_not_told_is_somewhere_in_its_subnet() -> None:
    world = stack()
    world.instances["i-n"] = {"subnet": "app-b", "ip": ""}
    world.eips["8.130.0.9"] = {"InstanceId": "i-n", "InstanceType": "EcsInstance"}
    assert traced("internet", "8.130.0.9", world).target.address == "8.130.0.9"
    assert traced("internet", "i-n", world).target.address == "i-n"
