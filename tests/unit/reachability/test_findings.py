"""What is found beside the flows of the business subnets, and what stands against the proof."""

import pytest

from gwlbfw.address import Address
from gwlbfw.reachability import Finding, judge, parse_network
from tests.unit.reachability.worlds import (
    GATEWAY,
    B,
    C,
    Entry,
    Subnet,
    World,
    named,
    notable,
    to,
    ulanqab,
)


def found(world: World, severity: str) -> list[Finding]:
    return [each for each in world.verdict().findings if each.severity == severity]


def messages(world: World, severity: str) -> list[str]:
    return [f"{each.subject}: {each.message}" for each in found(world, severity)]


def test_the_vendors_scenario_has_no_findings() -> None:
    assert notable(ulanqab().verdict()) == []
    assert notable(named(ulanqab()).verdict()) == []


def test_what_is_not_looked_at_is_told_once_where_there_are_machines() -> None:
    world = ulanqab()
    balancers, servers = messages(world, "info")
    assert balancers.startswith("load balancers: those with a public address of their own (CLB, A")
    assert servers.startswith("servers: their own security groups are not judged")
    world.instances.clear()
    assert messages(world, "info") == []


# --- nothing seen is nothing proven ---


def test_a_subnet_that_is_not_there_is_not_proven() -> None:
    gone = Address("vswitch.business/shop/app-z")
    there = Address("vswitch.business/shop/app-b")
    verdict = judge(named(ulanqab()).network(wanted=(gone, there)))
    assert not verdict.proven
    assert [each.subject for each in notable(verdict)] == [gone]


def test_a_network_without_subnets_is_not_proven() -> None:
    verdict = World(tables={"gateway": {}}).verdict()
    assert verdict.flows == ()
    assert not verdict.proven


def test_a_list_that_was_refused_leaves_a_gap_in_the_proof() -> None:
    world = ulanqab()
    world.unread["vpc:DescribeEipAddresses"] = "Forbidden.RAM"
    assert not world.verdict().proven
    assert "vpc:DescribeEipAddresses" in messages(world, "critical")[0]


def test_a_refused_reading_of_a_thing_on_no_path_does_not_matter() -> None:
    world = ulanqab()
    world.unread["gwlb-of-others"] = "Forbidden.RAM"
    assert world.verdict().proven


# --- bystanders ---


def bystander(table: str = "t-old") -> World:
    """A business VPC with a subnet that the topology does not name."""
    world = named(ulanqab())
    world.subnets["old"] = Subnet("192.168.50.0/24", B, table)
    world.tables["t-old"] = {"0.0.0.0/0": Entry([GATEWAY])}
    return world


def test_a_bystander_that_goes_past_the_firewall_is_found_and_unproves_nothing() -> None:
    world = bystander()
    verdict = world.verdict()
    assert verdict.proven
    assert {each.subnet.id for each in verdict.flows} == {"app-b", "app-c"}
    (finding,) = (each for each in verdict.findings if each.severity == "high")
    assert (finding.subject, finding.flow and finding.flow.verdict) == ("old", "bypass")


def test_a_bystander_without_a_way_out_is_no_finding() -> None:
    world = bystander()
    world.tables["t-old"].clear()
    assert found(world, "high") == []


def test_a_bystander_with_a_public_address_is_found_even_without_a_way_out() -> None:
    world = bystander()
    world.tables["t-old"].clear()
    world.instances["i-old"] = {"subnet": "old", "ip": "192.168.50.9"}
    world.eips["8.130.0.9"] = {"InstanceId": "i-old", "InstanceType": "EcsInstance"}
    (finding,) = found(world, "high")
    assert finding.flow is not None
    assert finding.flow.direction == "inbound"


def test_a_bystander_that_is_inspected_is_no_finding() -> None:
    world = bystander().route("t-old", "0.0.0.0/0", to("ep-b"))
    assert found(world.route("gateway", "192.168.50.0/24", to("ep-b")), "high") == []


def test_every_subnet_but_the_endpoints_own_is_judged_without_a_topology() -> None:
    world = bystander()
    world.names = {}
    verdict = world.verdict()
    assert {each.subnet.id for each in verdict.flows} == {"app-b", "app-c", "old"}
    assert not verdict.proven


def test_a_stranger_in_no_business_vpc_is_none_of_our_business() -> None:
    world = bystander()
    world.names = {"app-b": world.names["app-b"], "app-c": world.names["app-c"]}
    assert found(world, "high") == []


# --- public addresses ---


def test_a_public_address_in_an_endpoints_subnet_is_found() -> None:
    world = ulanqab()
    world.instances["i-jump"] = {
        "subnet": "gwlbe-b",
        "ip": "192.168.101.9",
        "public": "8.140.0.1",
    }
    said = messages(world, "high")
    assert any("8.140.0.1 of i-jump is in an endpoint's subnet" in each for each in said)
    assert any("i-jump is in an endpoint's subnet" in each for each in said)


def test_a_public_address_of_an_interface_is_found() -> None:
    world = ulanqab()
    world.interfaces = [
        {
            "NetworkInterfaceId": "eni-1",
            "VpcId": "vpc-shop",
            "VSwitchId": "gwlbe-b",
            "PrivateIpAddress": "192.168.101.7",
            "AssociatedPublicIp": {"PublicIpAddress": "8.140.0.2"},
            "PrivateIpSets": {
                "PrivateIpSet": [
                    {"PrivateIpAddress": "192.168.101.7"},
                    {
                        "PrivateIpAddress": "192.168.101.8",
                        "AssociatedPublicIp": {"PublicIpAddress": "8.140.0.3"},
                    },
                ]
            },
        }
    ]
    said = " ".join(messages(world, "high"))
    assert "8.140.0.2 of eni-1" in said
    assert "8.140.0.3 of eni-1" in said


def test_an_interface_that_a_service_manages_is_no_machine() -> None:
    world = ulanqab()
    world.interfaces = [
        {
            "NetworkInterfaceId": "eni-nat",
            "VpcId": "vpc-shop",
            "VSwitchId": "gwlbe-b",
            "PrivateIpAddress": "192.168.101.7",
            "InstanceId": "",
            "ServiceManaged": True,
            "Type": "Secondary",
        }
    ]
    assert notable(world.verdict()) == []
    assert "eni-nat" not in world.network().machines


def test_an_eip_of_an_interface_is_where_the_interface_is() -> None:
    world = ulanqab()
    world.interfaces = [
        {"NetworkInterfaceId": "eni-1", "VpcId": "vpc-shop", "VSwitchId": "gwlbe-b"}
    ]
    world.interfaces[0]["PrivateIpAddress"] = "192.168.101.7"
    world.eips["8.130.0.7"] = {"InstanceId": "eni-1", "InstanceType": "NetworkInterface"}
    assert "8.130.0.7 of eni-1 is in an endpoint's subnet" in messages(world, "high")[0]


def test_a_public_address_that_is_nowhere_in_the_vpc_refutes() -> None:
    world = ulanqab()
    world.eips["8.130.0.7"] = {
        "InstanceId": "lb-1",
        "InstanceType": "SlbInstance",
        "VpcId": "vpc-shop",
    }
    assert not world.verdict().proven
    assert "8.130.0.7 of lb-1" in messages(world, "critical")[0]


def test_an_address_bound_by_its_private_one_is_found_where_that_is() -> None:
    world = ulanqab()
    bound = {"InstanceId": "x", "InstanceType": "IpAddress", "VpcId": "vpc-shop"}
    world.eips["8.130.0.7"] = {**bound, "PrivateIpAddress": "192.168.101.20"}
    assert "8.130.0.7 of x is in an endpoint's subnet" in messages(world, "high")[0]
    world.eips["8.130.0.7"]["PrivateIpAddress"] = "192.168.250.1"
    assert "is in none of the VPC's subnets" in messages(world, "critical")[0]


def test_an_address_that_is_bound_itself_is_where_it_is() -> None:
    world = ulanqab()
    bound = {"InstanceId": "192.168.101.20", "InstanceType": "IpAddress", "VpcId": "vpc-shop"}
    world.eips["8.130.0.7"] = bound
    assert "8.130.0.7 of 192.168.101.20 is in an endpoint's" in messages(world, "high")[0]
    world.instances["i-jump"] = {"subnet": "gwlbe-b", "ip": "192.168.101.20"}
    assert any("8.130.0.7 of i-jump" in each for each in messages(world, "high"))


@pytest.mark.parametrize(
    "bound",
    [
        {"InstanceId": "lb-1", "InstanceType": "SlbInstance"},
        {"InstanceId": "havip-1", "InstanceType": "HaVip"},
        {"InstanceId": "eni-unlisted", "InstanceType": "NetworkInterface"},
        {
            "InstanceId": "eni-unlisted",
            "InstanceType": "NetworkInterface",
            "PrivateIpAddress": "192.168.1.9",
        },
    ],
)
def test_an_eip_whose_holder_is_in_no_list_refutes_the_proof(bound: dict[str, str]) -> None:
    world = ulanqab()
    world.eips["8.130.0.7"] = bound
    assert not world.verdict().proven
    (said,) = messages(world, "critical")
    assert said.startswith(f"eip-8.130.0.7: 8.130.0.7 of {bound['InstanceId']} can't be placed")
    assert "Whether its traffic comes into the VPC, and how, is not known" in said


@pytest.mark.parametrize(
    "bound",
    [
        {"InstanceId": "10.9.9.9", "InstanceType": "IpAddress", "VpcId": "vpc-far"},
        {
            "InstanceId": "eni-far",
            "InstanceType": "NetworkInterface",
            "PrivateIpAddress": "10.9.9.9",
        },
        {"InstanceId": "", "VpcId": ""},
    ],
)
def test_eips_of_other_vpcs_and_unbound_ones_are_left_alone(bound: dict[str, str]) -> None:
    world = ulanqab()
    world.eips["8.130.0.7"] = bound
    assert notable(world.verdict()) == []


@pytest.mark.parametrize(("subnet", "severity"), [("app-b", "critical"), ("old", "high")])
def test_a_cut_through_eip_goes_past_the_gateways_table(subnet: str, severity: str) -> None:
    world = bystander()
    world.tables["t-old"].clear()
    world.instances["i-x"] = {"subnet": subnet, "ip": world.subnets[subnet].cidr[:-4] + "77"}
    bound = {"InstanceId": "i-x", "InstanceType": "EcsInstance", "Mode": "BINDED"}
    world.eips["8.130.0.7"] = bound
    assert any("in mode BINDED" in each for each in messages(world, severity))


# --- NAT gateways and IPv6 ---


def test_a_nat_gateway_that_goes_past_the_firewall_is_found() -> None:
    world = named(ulanqab())
    world.subnets["nat"] = Subnet("192.168.201.0/24", B, "t-nat")
    world.tables["t-nat"] = {"0.0.0.0/0": Entry([GATEWAY])}
    world.nat_gateways["ngw-1"] = ("nat", True, "Available")
    world.snat["ngw-1"] = [{"SourceVSwitchId": "nat"}]
    assert any("ngw-1" in each for each in messages(world, "high"))
    assert world.verdict().proven
    world.snat["ngw-1"] = []
    assert not any("ngw-1" in each for each in messages(world, "high"))
    del world.snat["ngw-1"]
    world.nat_gateways["ngw-1"] = ("nat", False, "Available")
    assert not any("ngw-1" in each for each in messages(world, "high"))


def test_a_nat_gateway_behind_the_firewall_both_ways_is_no_finding() -> None:
    world = named(ulanqab())
    world.subnets["nat"] = Subnet("192.168.201.0/24", B, "t-nat")
    world.tables["t-nat"] = {"0.0.0.0/0": Entry([to("ep-b")])}
    world.nat_gateways["ngw-1"] = ("nat", True, "Available")
    world.route("gateway", "192.168.201.0/24", to("ep-b"))
    assert found(world, "high") == []


def test_the_eip_of_a_nat_gateway_is_the_nat_gateways() -> None:
    world = named(ulanqab())
    world.nat_gateways["ngw-1"] = ("gwlbe-b", True, "Available")
    world.eips["8.9.0.5"] = {"InstanceId": "ngw-1", "InstanceType": "Nat"}
    assert world.network().public_ips == ulanqab().network().public_ips


@pytest.mark.parametrize("hop", [("IPv6Gateway", "ipv6gw-1"), ("NextYearsThing", "x")])
def test_an_ipv6_route_of_a_business_subnet_refutes(hop: tuple[str, str]) -> None:
    world = named(ulanqab())
    world.ipv6 = [("t-b", "::/0", hop)]
    assert not world.verdict().proven
    assert "nothing inspects IPv6" in messages(world, "critical")[0]


def test_an_ipv6_route_of_a_bystander_is_found() -> None:
    world = bystander()
    world.ipv6 = [("t-old", "::/0", ("IPv6Gateway", "ipv6gw-1"))]
    assert world.verdict().proven
    assert any("IPv6" in each for each in messages(world, "high"))


def test_ipv6_inside_the_vpc_or_in_a_table_that_nobody_has_is_no_finding() -> None:
    world = ulanqab()
    world.ipv6 = [
        ("t-b", "2408::/64", ("local", "")),
        ("system", "::/0", ("IPv6Gateway", "ipv6gw-1")),
    ]
    assert notable(world.verdict()) == []


# --- tables, zones, appliances ---


def test_a_table_of_the_proof_that_strangers_use_too_is_a_warning() -> None:
    said = messages(bystander("t-b"), "warning")
    assert any("t-b: subnets outside the proof use it too: old" in each for each in said)


def test_a_table_of_two_zones_is_a_warning() -> None:
    world = ulanqab()
    world.subnets["app-d"] = Subnet("192.168.3.0/24", C, "t-b")
    world.route("gateway", "192.168.3.0/24", to("ep-b"))
    assert world.verdict().proven
    said = " ".join(messages(world, "warning"))
    assert "share it" in said
    assert "crosses zones" in said


def test_a_table_that_nothing_goes_by_is_a_warning() -> None:
    world = ulanqab()
    world.tables["t-spare"] = {"0.0.0.0/0": Entry([to("ep-b")])}
    assert messages(world, "warning") == [
        "t-spare: no subnet has this route table: its entries do nothing"
    ]


def test_a_gateways_table_that_the_gateway_does_not_have_is_a_warning() -> None:
    world = ulanqab()
    world.gateway_table = False
    assert any("not associated" in each for each in messages(world, "warning"))


def test_an_unhealthy_appliance_is_a_warning_with_its_reason() -> None:
    facts = ulanqab().facts()
    facts.health["lsn-gwlb-1"][0] = {
        "ServerId": "i-fw-1",
        "Status": "Unhealthy",
        "Reason": {"ReasonCode": "CONNECT_TIMEOUT"},
    }
    verdict = judge(parse_network(facts))
    assert verdict.proven
    (finding,) = notable(verdict)
    assert finding.subject == "i-fw-1"
    assert "Unhealthy (CONNECT_TIMEOUT)" in finding.message


def test_health_that_nobody_checks_is_not_known_and_proves_nothing() -> None:
    world = ulanqab()
    world.balancers["gwlb-1"].checked = False
    for name in world.balancers["gwlb-1"].members:
        world.balancers["gwlb-1"].members[name] = ("Available", "Unavailable")
    assert {each.verdict for each in world.verdict().flows} == {"unknown"}
    assert any("health checks are off" in each for each in messages(world, "warning"))


def test_a_load_balancer_in_arrears_refutes_the_proof() -> None:
    world = ulanqab()
    world.balancers["gwlb-1"].business = "FinancialLocked"
    assert {each.verdict for each in world.verdict().flows} == {"black_hole"}
    said = "gwlb-1: in arrears (FinancialLocked): it forwards nothing"
    assert any(each.startswith(said) for each in messages(world, "critical"))


def test_findings_come_the_worst_first() -> None:
    world = bystander("t-b")
    world.unread["vpc:DescribeEipAddresses"] = "Forbidden.RAM"
    world.route("t-b", "0.0.0.0/0", GATEWAY)
    severities = [each.severity for each in world.verdict().findings]
    assert severities == sorted(severities, key=["critical", "high", "warning", "info"].index)
    assert severities[0] == "critical"


class TestStrangers:
    def critical(self, world: World) -> list[str]:
        return [each for each in messages(world, "critical") if "neither the stack's" in each]

    @pytest.mark.parametrize(
        ("key", "what"),
        [
            ("epsrv-1", "endpoint service"),
            ("gwlb-1", "load balancer"),
            ("lsn-gwlb-1", "listener"),
            ("sgp-gwlb-1", "server group"),
            ("i-fw-2", "appliance"),
            ("ep-b", "endpoint"),
        ],
    )
    def test_stranger_in_the_path_refutes_and_is_named(self, key: str, what: str) -> None:
        world = named(ulanqab())
        assert not self.critical(world)
        del world.names[key]
        (found,) = self.critical(world)
        assert found.startswith(f"{key}: traffic passes this {what}, ")
        assert {each.verdict for each in world.verdict().flows} == {"inspected"}
        assert not world.verdict().proven

    def test_network_that_no_topology_names_has_none(self) -> None:
        assert not self.critical(ulanqab())
        assert ulanqab().verdict().proven

    def test_stranger_that_carries_another_stacks_tag_is_said_to_be_of_it(self) -> None:
        world = named(ulanqab())
        del world.names["i-fw-2"]
        facts = world.facts()
        tag = {"TagKey": "gwlbfw:stack", "TagValue": "other"}
        facts.appliances[:] = [
            {**each, "Tags": {"Tag": [tag]}} if each["InstanceId"] == "i-fw-2" else each
            for each in facts.appliances
        ]
        found = judge(parse_network(facts, world.names)).findings
        assert any("belongs to the stack other" in each.message for each in found)
