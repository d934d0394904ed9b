"""The desired graph of a topology, without a cloud."""

from pathlib import Path
from typing import TypeVar

import pytest

from gwlbfw.address import Address
from gwlbfw.blueprint import blueprint
from gwlbfw.resources import (
    Eip,
    Endpoint,
    EndpointService,
    Instance,
    Ipv4Gateway,
    LoadBalancer,
    Route,
    RouteTableAssociation,
    SecurityGroup,
    ServerGroup,
)
from gwlbfw.resources.graph import ResourceGraph
from gwlbfw.resources.tags import ADDRESS_TAG, STACK_TAG, TEMPLATE_TAG
from gwlbfw.topology.models import Topology
from tests.unit.blueprint.examples import Edit, example_with
from tests.unit.samples import NAMES, B, C, topology, wanted

R = TypeVar("R")
COMMON = f"""
endpoint.shop/{B} endpoint.shop/{C} endpoint_service.main
endpoint_service_resource.main/{B} endpoint_service_resource.main/{C}
ipv4_gateway.shop listener.main load_balancer.main
route.gateway/shop/app-b route.gateway/shop/app-c route.gwlbe/shop
route_table.gateway/shop route_table.gwlbe/shop
route_table_association.business/shop/app-b route_table_association.business/shop/app-c
route_table_association.gateway/shop
route_table_association.gwlbe/shop/{B} route_table_association.gwlbe/shop/{C}
server_group.main vpc.business/shop vpc.security
vswitch.business/shop/app-b vswitch.business/shop/app-c
vswitch.gwlbe/shop/{B} vswitch.gwlbe/shop/{C} vswitch.security/{B} vswitch.security/{C}
"""
OWN_TABLES = f"""
route.business/shop/{B} route.business/shop/{C}
route_table.business/shop/{B} route_table.business/shop/{C}
"""
KEPT_TABLES = """
route.business/shop/app-b route.business/shop/app-c
route_table.business/shop/app-b route_table.business/shop/app-c
"""
SERVERS = """
eip.shop/ecs-b-01 eip.shop/ecs-c-01 instance.server/shop/ecs-b-01 instance.server/shop/ecs-c-01
security_group.servers/shop
"""


def appliances(*names: str) -> str:
    return " ".join(f"instance.appliance/{n} server_group_member.main/{n}" for n in names)


ADDRESSES = {
    "ulanqab": COMMON
    + OWN_TABLES
    + SERVERS
    + appliances("ecs-01", "ecs-02")
    + " security_group.appliances",
    "brownfield": COMMON + KEPT_TABLES + appliances("fw-1", "fw-2"),
    "direct-eips": COMMON + KEPT_TABLES + appliances("fw-1", "fw-2") + " security_group.appliances",
}
STEERED = """
route.business/shop/app-b route.business/shop/app-c
route_table_association.business/shop/app-b route_table_association.business/shop/app-c
"""
THEIRS = {
    "ulanqab": "",
    "direct-eips": STEERED
    + """
    route_table.business/shop/app-b route_table.business/shop/app-c
    vpc.business/shop vswitch.business/shop/app-b vswitch.business/shop/app-c
    """,
    "brownfield": STEERED
    + f"""
    route_table.business/shop/app-b route_table.business/shop/app-c
    vpc.business/shop vswitch.business/shop/app-b vswitch.business/shop/app-c
    ipv4_gateway.shop vpc.security vswitch.security/{B} vswitch.security/{C}
    instance.appliance/fw-1 instance.appliance/fw-2
    """,
}


@pytest.mark.parametrize("name", NAMES)
class TestExamples:
    def test_example_wants_exactly_these_addresses(self, name: str) -> None:
        assert sorted(wanted(name).graph) == sorted(ADDRESSES[name].split())

    def test_existing_resources_are_not_owned(self, name: str) -> None:
        theirs = [at for at, node in wanted(name).graph.items() if not node.owned]
        assert sorted(theirs) == sorted(THEIRS[name].split())

    def test_original_state_covers_all_that_is_managed_and_not_owned(self, name: str) -> None:
        steered = STEERED.split() if THEIRS[name] else []
        assert sorted(wanted(name).original) == sorted(steered)

    def test_example_has_no_errors(self, name: str) -> None:
        assert wanted(name).diagnostics == ()

    def test_every_reference_leads_to_a_node_of_the_graph(self, name: str) -> None:
        graph = wanted(name).graph
        for at, node in graph.items():
            assert {ref for _, ref in node.resource.refs()} <= set(graph), at

    def test_address_begins_with_the_kind_of_its_resource(self, name: str) -> None:
        assert all(at.kind == node.resource.kind for at, node in wanted(name).graph.items())

    def test_owned_resources_are_tagged_with_stack_and_address(self, name: str) -> None:
        for at, node in wanted(name).graph.items():
            if node.owned and type(node.resource).tag_type:
                tags = node.resource.tags or {}
                assert tags[STACK_TAG] == topology(name).name
                assert tags[ADDRESS_TAG] == at
                assert topology(name).tags.items() <= tags.items()

    def test_blueprint_is_deterministic(self, name: str) -> None:
        assert blueprint(topology(name)) == wanted(name)


def graph_of(folder: Path, edit: Edit, name: str = "ulanqab") -> ResourceGraph:
    return blueprint(example_with(folder, edit, name)).graph


class TestTags:
    def test_tags_of_the_stack_prevail_over_those_of_the_file(self, tmp_path: Path) -> None:
        graph = graph_of(
            tmp_path,
            lambda c: c["security_vpc"].update(tags={"team": "infra", "tier": "edge"}),
        )
        assert graph[Address("vpc.security")].resource.tags == {
            "team": "infra",
            "env": "demo",
            "tier": "edge",
            STACK_TAG: "ulanqab-edge",
            ADDRESS_TAG: "vpc.security",
        }

    def test_instance_has_the_digest_of_its_launch_template(self) -> None:
        server = resource(Instance, "instance.server/shop/ecs-b-01")
        assert server.template
        assert (server.tags or {})[TEMPLATE_TAG] == server.template


class TestNames:
    def test_names_are_stack_and_keys_unless_the_file_has_one(self, tmp_path: Path) -> None:
        graph = graph_of(tmp_path, lambda c: c["security_vpc"].update(name="fortress"))
        assert name_of(graph, "vpc.security") == "fortress"
        assert name_of(graph, "vpc.business/shop") == "ulanqab-edge-shop"
        assert name_of(graph, f"vswitch.gwlbe/shop/{B}") == f"ulanqab-edge-shop-gwlbe-{B}"
        assert name_of(graph, "load_balancer.main") == "ulanqab-edge"
        assert name_of(graph, f"endpoint.shop/{C}") == f"ulanqab-edge-shop-{C}"

    def test_names_fit_however_long_the_keys_are(self, tmp_path: Path) -> None:
        graph = graph_of(tmp_path, with_long_keys)
        names = [name_of(graph, at) for at in graph]
        assert max(len(each) for each in names if each) == 128

    def test_shortened_names_differ_and_are_stable(self, tmp_path: Path) -> None:
        graph = graph_of(tmp_path, with_long_keys)
        subnets = [at for at in graph if at.startswith("vswitch.business/")]
        names = {name_of(graph, at) for at in subnets}
        assert len(names) == len(subnets) == 2
        assert names == {name_of(graph_of(tmp_path, with_long_keys), at) for at in subnets}

    def test_tags_fit_however_long_the_keys_are(self, tmp_path: Path) -> None:
        for node in graph_of(tmp_path, with_long_keys).values():
            for key, value in (node.resource.tags or {}).items():
                assert len(key) <= 64
                assert len(value) <= 128


def with_long_keys(content: dict[str, dict[str, object]]) -> None:
    """The longest names that the file may have."""
    content["name"] = "s" * 50  # type: ignore[assignment]
    (shop,) = content["business_vpcs"].values()
    assert isinstance(shop, dict)
    for letter, zone in zip("bc", shop["zones"].values(), strict=True):
        (subnet,) = zone["subnets"].values()
        zone["subnets"] = {f"{'a' * 39}{letter}": subnet}
    for letter, server in zip("bc", shop["servers"].values(), strict=True):
        server["subnet"] = f"{'a' * 39}{letter}"
    content["business_vpcs"] = {"v" * 40: shop}


class TestRouting:
    def test_outbound_traffic_goes_to_the_endpoint_of_its_zone(self) -> None:
        for zone in (B, C):
            out = resource(Route, f"route.business/shop/{zone}")
            assert (out.destination, out.next_hop) == ("0.0.0.0/0", f"endpoint.shop/{zone}")
            assert out.next_hop_type == "GatewayLoadBalancerEndpoint"

    def test_inbound_traffic_goes_to_the_endpoint_of_its_subnets_zone(self) -> None:
        inbound = resource(Route, "route.gateway/shop/app-c")
        assert (inbound.destination, inbound.next_hop) == ("192.168.2.0/24", f"endpoint.shop/{C}")
        assert inbound.in_gateway_table

    def test_inspected_traffic_goes_to_the_gateway(self) -> None:
        back = resource(Route, "route.gwlbe/shop")
        assert (back.next_hop_type, back.next_hop) == ("Ipv4Gateway", "ipv4_gateway.shop")

    def test_subnets_of_a_zone_share_a_route_table(self, tmp_path: Path) -> None:
        graph = graph_of(tmp_path, another_subnet)
        assert tables_of(graph) == {
            "app-b": f"route_table.business/shop/{B}",
            "web-b": f"route_table.business/shop/{B}",
            "app-c": f"route_table.business/shop/{C}",
        }

    def test_subnets_have_a_route_table_each_where_the_file_says_so(self, tmp_path: Path) -> None:
        def edit(content: dict[str, dict[str, dict[str, object]]]) -> None:
            another_subnet(content)
            content["business_vpcs"]["shop"]["route_tables"] = "per-subnet"

        graph = graph_of(tmp_path, edit)
        assert tables_of(graph) == {
            key: f"route_table.business/shop/{key}" for key in ("app-b", "web-b", "app-c")
        }
        for key in ("app-b", "web-b", "app-c"):
            assert Address(f"route.business/shop/{key}") in graph


def another_subnet(content: dict[str, dict[str, dict[str, object]]]) -> None:
    zones = content["business_vpcs"]["shop"]["zones"]
    assert isinstance(zones, dict)
    zones[B]["subnets"]["web-b"] = {"cidr": "192.168.3.0/24"}


def tables_of(graph: ResourceGraph) -> dict[str, str]:
    return {
        at.path[-1]: node.resource.table
        for at, node in graph.items()
        if isinstance(node.resource, RouteTableAssociation) and at.path[0] == "business"
    }


class TestFirewall:
    def test_load_balancer_is_in_every_zone_of_the_security_vpc(self) -> None:
        balancer = resource(LoadBalancer, "load_balancer.main")
        assert balancer.zones == {zone: f"vswitch.security/{zone}" for zone in (B, C)}
        assert balancer.traffic_mode == "LoadBalance"

    def test_server_group_is_as_the_file_says(self, tmp_path: Path) -> None:
        def edit(content: dict[str, dict[str, object]]) -> None:
            content["gateway_load_balancer"] = {
                "scheduler": "2TCH",
                "flow_failover": "none",
                "health_check": {"protocol": "HTTP", "port": 8080},
                "connection_drain": {"enabled": False},
            }

        group = graph_of(tmp_path, edit)[Address("server_group.main")].resource
        assert isinstance(group, ServerGroup)
        assert (group.scheduler, group.failover_mode) == ("2TCH", "NoRebalance")
        assert not group.connection_drain.enabled
        check = group.health_check
        assert (check.protocol, check.port, check.path) == ("HTTP", 8080, "/")
        assert (check.domain, check.http_codes) == ("$SERVER_IP", ("http_2xx",))

    def test_appliances_allow_geneve_and_the_probe_from_the_security_subnets_only(self) -> None:
        group = resource(SecurityGroup, "security_group.appliances")
        assert [str(each) for each in group.rules] == [
            f"{what} from 10.0.{subnet}.0/24"
            for what in ("tcp 22/22", "udp 6081/6081")
            for subnet in (1, 2)
        ]

    def test_endpoint_service_allows_the_accounts_of_business_vpcs(self, tmp_path: Path) -> None:
        def edit(content: dict[str, dict[str, object]]) -> None:
            content["accounts"] = {"biz": {"role_arn": "acs:ram::2000000000000002:role/deploy"}}
            shop = content["business_vpcs"]["shop"]
            assert isinstance(shop, dict)
            shop["account"] = "biz"
            content["endpoint_service"] = {"allowed_accounts": ["3000000000000003"]}

        graph = graph_of(tmp_path, edit)
        service = graph[Address("endpoint_service.main")].resource
        assert isinstance(service, EndpointService)
        assert service.allowed_accounts == ("2000000000000002", "3000000000000003")
        accounts = {at.path[0]: node.account for at, node in graph.items() if at.kind == "vpc"}
        assert accounts == {"business": "biz", "security": ""}
        endpoint = graph[Address(f"endpoint.shop/{B}")].resource
        assert isinstance(endpoint, Endpoint)
        assert endpoint.service_account == ""


class TestServers:
    def test_servers_allow_the_ingress_of_the_file(self) -> None:
        group = resource(SecurityGroup, "security_group.servers/shop")
        assert [str(each) for each in group.rules] == [
            "icmp -1/-1 from 0.0.0.0/0",
            "tcp 80/80 from 0.0.0.0/0",
        ]

    def test_eip_is_bound_to_its_server(self) -> None:
        eip = resource(Eip, "eip.shop/ecs-b-01")
        assert (eip.instance, eip.bandwidth_mbps) == ("instance.server/shop/ecs-b-01", 5)

    def test_server_is_in_the_zone_of_its_subnet(self) -> None:
        server = resource(Instance, "instance.server/shop/ecs-c-01")
        assert (server.vswitch, server.zone) == ("vswitch.business/shop/app-c", C)
        assert server.security_groups == ("security_group.servers/shop",)

    def test_changed_user_data_file_changes_the_launch_template(self, tmp_path: Path) -> None:
        topo = example_with(tmp_path, lambda _: None)
        before = template(topo)
        (tmp_path / "hello-world.sh").write_text("#!/bin/bash\necho bye\n", "utf-8")
        assert template(topo) != before

    def test_existing_security_group_is_used(self, tmp_path: Path) -> None:
        def edit(content: dict[str, dict[str, object]]) -> None:
            content["security_vpc"]["security_group"] = {"id": "sg-theirs"}

        node = graph_of(tmp_path, edit, "brownfield")[Address("security_group.appliances")]
        assert (node.owned, node.id) == (False, "sg-theirs")


class TestChoices:
    def test_protected_resource_is_marked_alone(self, tmp_path: Path) -> None:
        graph = graph_of(tmp_path, lambda c: c["security_vpc"].update(protect=True))
        assert [at for at, node in graph.items() if node.protect] == ["vpc.security"]

    def test_adopted_resource_gets_the_tags_of_the_stack(self, tmp_path: Path) -> None:
        graph = graph_of(tmp_path, lambda c: c["security_vpc"].update(adopt=True), "brownfield")
        node = graph[Address("vpc.security")]
        assert (node.owned, node.adopt, node.id) == (True, True, "vpc-existing-security")
        assert (node.resource.tags or {})[ADDRESS_TAG] == "vpc.security"

    def test_gateways_mode_on_delete_is_as_the_file_says(self, tmp_path: Path) -> None:
        graph = graph_of(
            tmp_path,
            lambda c: c["business_vpcs"]["shop"].update(ipv4_gateway={"on_delete": "private"}),
        )
        gateway = graph[Address("ipv4_gateway.shop")].resource
        assert isinstance(gateway, Ipv4Gateway)
        assert (gateway.internet_mode, gateway.enabled) == ("private", True)


def template(topo: Topology) -> str | None:
    server = blueprint(topo).graph[Address("instance.server/shop/ecs-b-01")].resource
    assert isinstance(server, Instance)
    return server.template


def name_of(graph: ResourceGraph, at: str) -> str | None:
    name = getattr(graph[Address(at)].resource, "name", None)
    assert name is None or isinstance(name, str)
    return name


def resource(kind: type[R], at: str) -> R:
    found = wanted().graph[Address(at)].resource
    assert isinstance(found, kind)
    return found


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("eip.shop/ecs-b-01", "eip.shop/web", "is moved to eip.shop/web, and is still in the file"),
        ("eip.shop/old", "eip.shop/new", "eip.shop/old is moved to eip.shop/new, which is not in"),
    ],
)
def test_move_that_the_file_contradicts_is_an_error_at_its_place(
    tmp_path: Path, source: str, target: str, said: str
) -> None:
    moves = [{"from": source, "to": target}]
    [problem] = blueprint(example_with(tmp_path, lambda c: c.update(moved=moves))).diagnostics
    assert said in problem.message
    assert problem.place is not None
    assert source in problem.place.text or target in problem.place.text


def test_address_that_moved_twice_needs_to_be_in_the_file_at_last_alone(tmp_path: Path) -> None:
    moves = [
        {"from": "eip.shop/first", "to": "eip.shop/second"},
        {"from": "eip.shop/second", "to": "eip.shop/ecs-b-01"},
    ]
    assert not blueprint(example_with(tmp_path, lambda c: c.update(moved=moves))).diagnostics
