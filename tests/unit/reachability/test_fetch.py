"""Reading a live network: bounded calls, nothing changed, and what is refused is told."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gwlbfw import Stack, Topology
from gwlbfw.address import Address
from gwlbfw.cloud.error_codes import cloud_error
from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.discovery.fetch import Fetcher
from gwlbfw.errors import CloudError
from gwlbfw.reachability import (
    NetworkFacts,
    NoSuchVpc,
    fetch_facts,
    judge,
    parse_network,
    trace,
)
from gwlbfw.reachability.nat_gateway import ForwardEntry, SnatEntry
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.resources.graph import Live
from gwlbfw.resources.resource import ECS, VPC, Product
from gwlbfw.simulator import SimulatedCloud, simulated_cloud
from tests.unit.reachability.graphs import everything_in, network_of
from tests.unit.reachability.worlds import notable

EXAMPLE = Path(__file__).parents[3] / "examples" / "ulanqab.yaml"


@dataclass
class Deployed:
    """The vendor's scenario in a simulated cloud."""

    cloud: SimulatedCloud
    stack: Stack
    ids: dict[Address, str]

    @property
    def vpc(self) -> str:
        return self.ids[Address("vpc.business/shop")]

    @property
    def names(self) -> dict[str, Address]:
        return {cloud_id: address for address, cloud_id in self.ids.items()}

    def facts(self) -> NetworkFacts:
        return asyncio.run(fetch_facts(Fetcher(self.stack.api), {"": [self.vpc]}, ""))

    def call(self, product: Product, action: str, **params: Any) -> Any:
        """Change something, as anyone could, and let it come about."""
        reply = asyncio.run(self.stack.api.send(product.call(action, **params)))
        self.cloud.advance(3600)
        return reply.body


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """A deployment that tests only look at."""
    yield from _deployed(tmp_path_factory.mktemp("reach"))


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Deployed]:
    """A deployment of a test's own."""
    yield from _deployed(tmp_path)


def _deployed(folder: Path) -> Iterator[Deployed]:
    with (
        simulated_cloud(clock="standing") as cloud,
        Stack(Topology.load(EXAMPLE), cloud.cloud, state=folder / "state") as stack,
    ):
        report = stack.sync.apply(stack.sync.plan())
        assert report.outcome == "done"
        cloud.advance(3600)
        yield Deployed(cloud, stack, dict(report.ids))


pytestmark = pytest.mark.simulator


def test_a_deployed_firewall_is_proven_by_names_and_by_ids_alone(shared: Deployed) -> None:
    facts = shared.facts()
    verdict = judge(parse_network(facts, shared.names))
    assert (verdict.proven, notable(verdict)) == (True, [])
    flows = verdict.to_json()["flows"]
    assert isinstance(flows, list)
    assert [(each["vpc"], each["subnet"], each["endpoint"]) for each in flows] == [
        ("shop", "app-b", "endpoint.shop/cn-wulanchabu-b"),
        ("shop", "app-b", "endpoint.shop/cn-wulanchabu-b"),
        ("shop", "app-c", "endpoint.shop/cn-wulanchabu-c"),
        ("shop", "app-c", "endpoint.shop/cn-wulanchabu-c"),
    ]
    by_id = judge(parse_network(facts))
    assert by_id.proven
    assert {each.subnet.id for each in by_id.flows} == {e.subnet.id for e in verdict.flows}


def test_the_graph_is_judged_like_live_state(shared: Deployed) -> None:
    async def look() -> Live:
        return (await shared.stack.observe()).live

    live = asyncio.run(look())
    planned = judge(network_of(everything_in(live)))
    seen = judge(parse_network(shared.facts(), shared.names))
    assert [(e.subnet.id, e.direction, e.space, e.verdict) for e in planned.flows] == [
        (e.subnet.id, e.direction, e.space, e.verdict) for e in seen.flows
    ]


def test_a_server_is_traced_by_its_address_in_the_topology(shared: Deployed) -> None:
    network = parse_network(shared.facts(), shared.names)
    found = trace(network, "internet", "instance.server/shop/ecs-b-01")
    assert found.verdict == "inspected"
    assert found.target.address == "192.168.1.153"
    assert found.notes[0].endswith("becomes 192.168.1.153 at the IPv4 gateway")
    assert found.appliances == ("instance.appliance/ecs-01", "instance.appliance/ecs-02")


def test_fetching_takes_one_call_per_kind_and_parent_and_changes_nothing(shared: Deployed) -> None:
    before = Counter(shared.stack.api.calls)
    shared.facts()
    assert Counter(shared.stack.api.calls) - before == {
        "vpc:DescribeVpcs": 1,
        "vpc:DescribeVpcAttribute": 1,
        "vpc:DescribeVSwitches": 2,  # of the security VPC too
        "vpc:DescribeRouteTableList": 1,
        "vpc:DescribeRouteEntryList": 4,  # of the system's table too
        "vpc:ListGatewayRouteTableEntries": 1,
        "vpc:ListIpv4Gateways": 1,
        "vpc:DescribeEipAddresses": 1,
        "ecs:DescribeInstances": 2,
        "ecs:DescribeSecurityGroupAttribute": 1,
        "ecs:DescribeNetworkInterfaces": 1,
        "privatelink:ListVpcEndpoints": 1,
        "privatelink:ListVpcEndpointZones": 2,
        "privatelink:GetVpcEndpointServiceAttribute": 1,
        "privatelink:ListVpcEndpointServiceResources": 1,
        "gwlb:GetLoadBalancerAttribute": 1,
        "gwlb:ListListeners": 1,
        "gwlb:ListServerGroups": 1,
        "gwlb:ListServerGroupServers": 1,
        "gwlb:GetListenerHealthStatus": 1,
    }


def test_a_vpc_that_is_not_there_is_an_error_that_names_it(shared: Deployed) -> None:
    with pytest.raises(NoSuchVpc, match="no VPC vpc-nowhere in cn-wulanchabu"):
        asyncio.run(fetch_facts(Fetcher(shared.stack.api), {"": ["vpc-nowhere"]}, ""))


def test_services_behind_the_endpoints_are_read_once_for_several_vpcs(shared: Deployed) -> None:
    security = shared.ids[Address("vpc.security")]
    before = Counter(shared.stack.api.calls)
    vpcs = {"": [shared.vpc, security]}
    facts = asyncio.run(fetch_facts(Fetcher(shared.stack.api), vpcs, ""))
    calls = Counter(shared.stack.api.calls) - before
    assert {calls[name] for name in calls if name.startswith("gwlb:")} == {1}
    assert set(facts.vpcs) == {shared.vpc, security}
    assert judge(parse_network(facts, shared.names)).proven


def test_a_bypass_planted_by_hand_is_found(own: Deployed) -> None:
    gateway = own.ids[Address("ipv4_gateway.shop")]
    table = own.ids[Address("route_table.business/shop/cn-wulanchabu-b")]
    own.call(
        VPC,
        "CreateRouteEntry",
        RouteTableId=table,
        DestinationCidrBlock="8.8.8.0/24",
        NextHopType="Ipv4Gateway",
        NextHopId=gateway,
    )
    verdict = judge(parse_network(own.facts(), own.names))
    assert [e.destinations for e in verdict.flows if e.verdict == "bypass"] == [("8.8.8.0/24",)]


def test_an_eip_of_a_bare_address_is_placed_without_further_calls(own: Deployed) -> None:
    before = Counter(own.stack.api.calls)
    own.facts()
    usual = Counter(own.stack.api.calls) - before
    for address in ("192.168.1.153", "192.168.101.77"):
        eip = own.call(VPC, "AllocateEipAddress")["AllocationId"]
        own.call(
            VPC,
            "AssociateEipAddress",
            AllocationId=eip,
            InstanceId=address,
            InstanceType="IpAddress",
            VpcId=own.vpc,
        )
    before = Counter(own.stack.api.calls)
    network = parse_network(own.facts(), own.names)
    assert Counter(own.stack.api.calls) - before == usual
    found = {each.private: each for each in network.public_ips if each.id not in network.labels}
    assert network.label(found["192.168.1.153"].holder) == "instance.server/shop/ecs-b-01"
    gwlbe = own.ids[Address("vswitch.gwlbe/shop/cn-wulanchabu-b")]
    assert found["192.168.101.77"].subnet == gwlbe
    assert "192.168.101.77 is in an endpoint's subnet" in judge(network).findings[0].message


def test_eips_of_interfaces_in_other_vpcs_are_placed_there_by_one_call(own: Deployed) -> None:
    other = own.call(VPC, "CreateVpc", CidrBlock="192.168.0.0/16")["VpcId"]
    zone = "cn-wulanchabu-b"
    subnet = own.call(VPC, "CreateVSwitch", VpcId=other, ZoneId=zone, CidrBlock="192.168.1.0/24")
    group = own.call(ECS, "CreateSecurityGroup", VpcId=other)["SecurityGroupId"]
    for _ in range(2):
        made = own.call(
            ECS,
            "RunInstances",
            VSwitchId=subnet["VSwitchId"],
            SecurityGroupIds=[group],
            InstanceType="ecs.g7ne.xlarge",
            ImageFamily="acs:alibaba_cloud_linux_3_2104_lts_x64",
        )["InstanceIdSets"]["InstanceIdSet"][0]
        listed = own.call(ECS, "DescribeNetworkInterfaces", InstanceId=made)
        (interface,) = listed["NetworkInterfaceSets"]["NetworkInterfaceSet"]
        own.call(
            VPC,
            "AssociateEipAddress",
            AllocationId=own.call(VPC, "AllocateEipAddress")["AllocationId"],
            InstanceId=interface["NetworkInterfaceId"],
            InstanceType="NetworkInterface",
            PrivateIpAddress=interface["PrivateIpAddress"],
        )
    before = Counter(own.stack.api.calls)
    network = parse_network(own.facts(), own.names)
    calls = Counter(own.stack.api.calls) - before
    assert calls["ecs:DescribeNetworkInterfaces"] == 2  # those of the VPC, and those of EIPs
    assert {each.vpc for each in network.public_ips} == {own.vpc}
    assert judge(network).proven


def test_a_nat_gateway_is_read_where_there_is_one(own: Deployed) -> None:
    subnet = own.ids[Address("vswitch.gwlbe/shop/cn-wulanchabu-b")]
    made = own.call(
        VPC,
        "CreateNatGateway",
        VpcId=own.vpc,
        VSwitchId=subnet,
        NatType="Enhanced",
        EipBindMode="NAT",
    )
    eip = own.call(VPC, "AllocateEipAddress")
    own.call(
        VPC,
        "AssociateEipAddress",
        AllocationId=eip["AllocationId"],
        InstanceId=made["NatGatewayId"],
        InstanceType="Nat",
    )
    own.call(
        VPC,
        "CreateSnatEntry",
        SnatTableId=made["SnatTableIds"]["SnatTableId"][0],
        SnatIp=eip["EipAddress"],
        SourceVSwitchId=subnet,
    )
    own.call(
        VPC,
        "CreateForwardEntry",
        ForwardTableId=made["ForwardTableIds"]["ForwardTableId"][0],
        ExternalIp=eip["EipAddress"],
        ExternalPort="80",
        InternalIp="192.168.101.9",
        InternalPort="8080",
        IpProtocol="TCP",
    )
    before = Counter(own.stack.api.calls)
    network = parse_network(own.facts(), own.names)
    calls = Counter(own.stack.api.calls) - before
    nat = network.nat_gateways[made["NatGatewayId"]]
    assert (nat.vpc, nat.subnet, nat.public) == (own.vpc, subnet, True)
    assert nat.snat == (SnatEntry(network.subnets[subnet].cidr),)
    outside = f"{eip['EipAddress']} tcp 80"
    assert nat.forwards == (ForwardEntry(Prefix.parse("192.168.101.9"), outside),)
    entries = ("vpc:DescribeSnatTableEntries", "vpc:DescribeForwardTableEntries")
    assert [calls[each] for each in entries] == [1, 1]
    verdict = judge(network)
    assert verdict.proven
    assert [each.subject for each in notable(verdict)] == [nat.id]


# --- refusals ---


@dataclass
class Refusing:
    """Refuses some actions, and passes the others on."""

    inner: Transport
    refuses: dict[str, str]

    def send(self, call: BoundCall) -> Reply:
        if (code := self.refuses.get(call.name)) is not None:
            raise cloud_error(call.name, code, "no", "req-1")
        return self.inner.send(call)


def refused(shared: Deployed, monkeypatch: pytest.MonkeyPatch, **refuses: str) -> NetworkFacts:
    actions = {name.replace("_", ":"): code for name, code in refuses.items()}
    api = shared.stack.api
    monkeypatch.setattr(api, "_transport", Refusing(api._transport, actions))
    return shared.facts()


@pytest.mark.parametrize(
    "action",
    [
        "privatelink_GetVpcEndpointServiceAttribute",
        "privatelink_ListVpcEndpointServiceResources",
        "gwlb_GetLoadBalancerAttribute",
        "gwlb_ListServerGroups",
        "gwlb_GetListenerHealthStatus",
    ],
)
def test_a_denied_reading_behind_an_endpoint_is_unknown_with_its_reason(
    shared: Deployed, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    facts = refused(shared, monkeypatch, **{action: "Forbidden.RAM"})
    verdict = judge(parse_network(facts, shared.names))
    assert {each.verdict for each in verdict.flows} == {"unknown"}
    assert any("Forbidden.RAM" in why for why in facts.unread.values())


@pytest.mark.parametrize("action", ["gwlb_ListListeners", "gwlb_ListServerGroupServers"])
def test_a_list_that_may_not_be_read_is_never_taken_for_an_empty_one(
    shared: Deployed, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    facts = refused(shared, monkeypatch, **{action: "Forbidden.RAM"})
    verdict = judge(parse_network(facts, shared.names))
    assert not verdict.proven
    assert facts.unread


def test_eips_that_may_not_be_read_leave_a_gap(
    shared: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = refused(shared, monkeypatch, vpc_DescribeEipAddresses="Forbidden.RAM")
    verdict = judge(parse_network(facts, shared.names))
    assert not verdict.proven
    assert verdict.findings[0].subject == "vpc:DescribeEipAddresses"


@pytest.mark.parametrize("entries", ["SnatTableEntries", "ForwardTableEntries"])
def test_nat_entries_that_may_not_be_read_leave_a_gap_with_the_permission_that_lacks(
    own: Deployed, monkeypatch: pytest.MonkeyPatch, entries: str
) -> None:
    subnet = own.ids[Address("vswitch.gwlbe/shop/cn-wulanchabu-b")]
    own.call(VPC, "CreateNatGateway", VpcId=own.vpc, VSwitchId=subnet, NatType="Enhanced")
    facts = refused(own, monkeypatch, **{f"vpc_Describe{entries}": "Forbidden.RAM"})
    (nat,) = parse_network(facts, own.names).nat_gateways.values()
    assert {"SnatTableEntries": nat.snat, "ForwardTableEntries": nat.forwards}[entries] is None
    verdict = judge(parse_network(facts, own.names))
    assert not verdict.proven
    assert verdict.findings[0].subject == f"vpc:Describe{entries}"
    assert f'"Action": "vpc:Describe{entries}"' in verdict.findings[0].message


def test_routes_that_may_not_be_read_are_an_error(
    shared: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CloudError, match=r"Forbidden\.RAM"):
        refused(shared, monkeypatch, vpc_DescribeRouteEntryList="Forbidden.RAM")


# --- answers that the simulator doesn't give ---


Answer = Callable[[BoundCall, Callable[[], Reply]], Reply]


@dataclass
class Embroidering:
    """Answers some actions in its own way, with the true answer at hand."""

    inner: Transport
    answers: Mapping[str, Answer]

    def send(self, call: BoundCall) -> Reply:
        def true() -> Reply:
            return self.inner.send(call)

        return self.answers[call.name](call, true) if call.name in self.answers else true()


def embroidered(
    shared: Deployed, monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, Answer]
) -> NetworkFacts:
    api = shared.stack.api
    monkeypatch.setattr(api, "_transport", Embroidering(api._transport, answers))
    return shared.facts()


def said(**body: Any) -> Reply:
    return Reply(body, "req-1")


def entry(destination: str, hop: str, hop_id: str) -> dict[str, Any]:
    hops = [{"NextHopType": hop, "NextHopId": hop_id, "Enabled": 1}]
    return {"DestinationCidrBlock": destination, "NextHops": {"NextHop": hops}}


def test_ipv6_entries_are_asked_for_where_the_vpc_has_ipv6(
    shared: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vpc(_: BoundCall, true: Callable[[], Reply]) -> Reply:
        return said(**{**true().body, "Ipv6CidrBlock": "2408::/56"})

    def entries(call: BoundCall, true: Callable[[], Reply]) -> Reply:
        if call.params.get("IpVersion") != "ipv6":
            return true()
        return said(RouteEntrys={"RouteEntry": [entry("::/0", "IPv6Gateway", "ipv6gw-1")]})

    answers = {"vpc:DescribeVpcAttribute": vpc, "vpc:DescribeRouteEntryList": entries}
    verdict = judge(parse_network(embroidered(shared, monkeypatch, answers), shared.names))
    assert not verdict.proven
    assert "nothing inspects IPv6" in verdict.findings[0].message


def test_route_target_groups_are_read_where_a_route_leads_to_one(
    shared: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = "cn-wulanchabu-b"
    table = shared.ids[Address(f"route_table.business/shop/{zone}")]
    endpoint = shared.ids[Address(f"endpoint.shop/{zone}")]

    def entries(call: BoundCall, true: Callable[[], Reply]) -> Reply:
        if call.params["RouteTableId"] != table:
            return true()
        return said(RouteEntrys={"RouteEntry": [entry("0.0.0.0/0", "RouteTargetGroup", "rtg-1")]})

    def groups(_: BoundCall, __: Callable[[], Reply]) -> Reply:
        members = [{"MemberId": endpoint, "Weight": 100}, {"MemberId": "ep-2", "Weight": 0}]
        group = {"RouteTargetGroupId": "rtg-1", "Status": "Available"}
        return said(RouteTargetGroups=[{**group, "RouteTargetMemberList": members}])

    answers = {"vpc:DescribeRouteEntryList": entries, "vpc:ListRouteTargetGroups": groups}
    facts = embroidered(shared, monkeypatch, answers)
    assert judge(parse_network(facts, shared.names)).proven
