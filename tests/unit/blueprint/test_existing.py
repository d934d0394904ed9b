"""The desired graph of a topology given what is live, and the errors that stop its plan."""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from gwlbfw.address import Address, Ref
from gwlbfw.blueprint import Desired, blueprint
from gwlbfw.resources import (
    Eip,
    Endpoint,
    Instance,
    Ipv4Gateway,
    LoadBalancer,
    Route,
    RouteTable,
    RouteTableAssociation,
    Vpc,
    VSwitch,
)
from gwlbfw.resources.graph import Live, Node, OriginalState
from gwlbfw.resources.next_hop import GATEWAY, Hop
from gwlbfw.resources.resource import Resource
from gwlbfw.resources.route import DEFAULT
from gwlbfw.topology.models import Topology
from tests.unit.blueprint.examples import example_with
from tests.unit.samples import B, C, example, live_of, topology

SHOP: Ref[Vpc] = Ref("vpc.business/shop")
SECURITY: Ref[Vpc] = Ref("vpc.security")


def subnet(vpc: Ref[Vpc], zone: str, cidr: str) -> VSwitch:
    return VSwitch(vpc=vpc, zone=zone, cidr=cidr)


def appliance(zone: str) -> Instance:
    return Instance(vswitch=Ref(f"vswitch.security/{zone}"), zone=zone, instance_type="t")


def link(table: str, subject: str) -> RouteTableAssociation:
    return RouteTableAssociation(vpc=SHOP, table=Ref(table), subject=Ref(subject))


def direct(table: str) -> Route:
    return Route(
        vpc=SHOP,
        table=Ref(table),
        destination=DEFAULT,
        next_hop_type=GATEWAY,
        next_hop=Ref("ipv4_gateway.shop"),
    )


EXISTING: dict[str, tuple[str, Resource]] = {
    SHOP: ("vpc-existing-business", Vpc(cidr="192.168.0.0/16")),
    SECURITY: ("vpc-existing-security", Vpc(cidr="10.0.0.0/16")),
    "ipv4_gateway.shop": ("ipv4gw-existing", Ipv4Gateway(vpc=SHOP, enabled=True)),
    "vswitch.business/shop/app-b": ("vsw-existing-app-b", subnet(SHOP, B, "192.168.1.0/24")),
    "vswitch.business/shop/app-c": ("vsw-existing-app-c", subnet(SHOP, C, "192.168.2.0/24")),
    f"vswitch.security/{B}": ("vsw-existing-sec-b", subnet(SECURITY, B, "10.0.1.0/24")),
    f"vswitch.security/{C}": ("vsw-existing-sec-c", subnet(SECURITY, C, "10.0.2.0/24")),
    "instance.appliance/fw-1": ("i-existing-fw-1", appliance(B)),
    "instance.appliance/fw-2": ("i-existing-fw-2", appliance(C)),
    **{
        f"route_table.business/shop/app-{x}": (
            f"vtb-{x}",
            RouteTable(vpc=SHOP, serves="VSwitch"),
        )
        for x in "bc"
    },
    **{
        f"route_table_association.business/shop/app-{x}": (
            "",
            link(f"route_table.business/shop/app-{x}", f"vswitch.business/shop/app-{x}"),
        )
        for x in "bc"
    },
    **{
        f"route.business/shop/app-{x}": ("", direct(f"route_table.business/shop/app-{x}"))
        for x in "bc"
    },
}


def existing(
    changes: dict[str, tuple[str, Resource] | None] | None = None,
    others: dict[str, Resource] | None = None,
) -> Live:
    """The world of the brownfield example before anything is made, with changes."""
    there = {**EXISTING, **(changes or {})}
    nodes = {
        Address(at): Node(each[1], owned=False, id=each[0])
        for at, each in there.items()
        if each is not None
    }
    strangers = {cloud_id: Node(each, owned=False) for cloud_id, each in (others or {}).items()}
    return Live(nodes, addresses={n.id: at for at, n in nodes.items() if n.id}, others=strangers)


def desired(
    live: Live, topo: Topology | None = None, recorded: OriginalState | None = None
) -> Desired:
    return blueprint(topo or topology("brownfield"), live, recorded)


def problems(live: Live, topo: Topology | None = None) -> list[tuple[str, str]]:
    """Code and message of all that stands against it; each has a place in the file."""
    found = desired(live, topo).diagnostics
    assert all(each.place and each.place.line for each in found)
    return [(each.code, each.message) for each in found]


class TestAsItIs:
    def test_example_with_existing_resources_has_no_errors(self) -> None:
        assert problems(existing()) == []

    def test_existing_resources_stay_as_they_are_but_for_their_default_route(self) -> None:
        graph = desired(existing()).graph
        steered = ("route.business/", "route_table_association.business/")
        for at, node in existing().nodes.items():
            if not at.startswith(steered):
                assert graph[at].resource == node.resource
                assert not graph[at].owned
        for x, zone in (("b", B), ("c", C)):
            out = graph[Address(f"route.business/shop/app-{x}")]
            assert isinstance(out.resource, Route)
            assert out.resource.next_hop == f"endpoint.shop/{zone}"
            assert out.resource.name is None
            assert not out.owned

    def test_original_state_is_kept_in_the_tags_of_the_zones_endpoint(
        self,
    ) -> None:
        found = desired(existing())
        at = Address("route.business/shop/app-b")
        assert found.original[at] == EXISTING[at][1]
        endpoint = found.graph[Address(f"endpoint.shop/{B}")].resource
        assert isinstance(endpoint, Endpoint)
        tags = endpoint.tags or {}
        assert tags["gwlbfw:before:r/business/shop/app-b"] == "Ipv4Gateway:ipv4gw-existing@vtb-b"
        assert "gwlbfw:before:r/business/shop/app-c" not in tags
        assert not [key for key in tags if key.startswith("gwlbfw:before:a/")]

    def test_recorded_original_state_prevails_over_live_state(self) -> None:
        at = Address("route.business/shop/app-b")
        recorded = direct("route_table.business/shop/app-b").model_copy(
            update={"next_hop": Ref("ngw-1")}
        )
        assert desired(existing(), recorded={at: recorded}).original[at] == recorded

    def test_existing_gateway_table_is_managed_with_its_original_state(self) -> None:
        table = ("vtb-gate", RouteTable(vpc=SHOP, serves="Gateway"))
        at = Address("route_table_association.gateway/shop")
        associated = link("route_table.gateway/shop", "ipv4_gateway.shop")
        found = desired(existing({"route_table.gateway/shop": table, at: ("", associated)}))
        assert not found.graph[Address("route_table.gateway/shop")].owned
        assert not found.graph[at].owned
        assert found.original[at] == associated
        assert not found.graph[Address("route.gateway/shop/app-b")].owned
        assert found.original[Address("route.gateway/shop/app-b")] is None


def test_every_missing_id_is_reported_at_its_place() -> None:
    found = problems(Live())
    named = {message for code, message in found if code == "not-found"}
    ids = {cloud_id for cloud_id, _ in EXISTING.values() if "existing" in cloud_id}
    assert named == {f"{each} does not exist in cn-wulanchabu" for each in ids}


@pytest.mark.parametrize(
    ("at", "found", "code"),
    [
        ("vswitch.business/shop/app-b", subnet(SECURITY, B, "10.0.9.0/24"), "wrong-vpc"),
        ("vswitch.business/shop/app-b", subnet(SHOP, C, "192.168.1.0/24"), "wrong-zone"),
        (f"vswitch.security/{B}", subnet(SHOP, B, "192.168.9.0/24"), "wrong-vpc"),
        ("ipv4_gateway.shop", Ipv4Gateway(vpc=SECURITY, enabled=True), "wrong-vpc"),
        ("ipv4_gateway.shop", Ipv4Gateway(vpc=SHOP, enabled=False), "would-activate"),
        (
            "instance.appliance/fw-1",
            Instance(vswitch=Ref("vsw-9"), zone=B, instance_type="t"),
            "wrong-subnet",
        ),
    ],
)
def test_existing_resource_elsewhere_than_the_file_says_is_refused(
    at: str, found: Resource, code: str
) -> None:
    assert code in {each for each, _ in problems(existing({at: (EXISTING[at][0], found)}))}


class TestTables:
    GONE: ClassVar[dict[str, Any]] = {
        "route_table.business/shop/app-b": None,
        "route_table_association.business/shop/app-b": None,
        "route.business/shop/app-b": None,
    }

    SYSTEM = RouteTable(vpc=SHOP, serves="VSwitch", system=True)
    AT = Address("route_table_association.business/shop/app-b")

    def test_subnet_on_the_system_table_moves_to_an_own_table(self) -> None:
        found = desired(existing(self.GONE, {"vtb-system": self.SYSTEM}))
        assert found.diagnostics == ()
        own = Address(f"route_table.business/shop/{B}")
        assert found.graph[own].owned
        assert found.graph[self.AT].resource == link(own, "vswitch.business/shop/app-b")
        assert found.original[self.AT] is None

    def test_subnet_on_a_shared_table_moves_to_an_own_table_with_the_same_entries(self) -> None:
        shared = link("vtb-shared", "vswitch.business/shop/app-b")
        entries = {
            "r1": direct("vtb-shared"),
            "r2": direct("vtb-shared").model_copy(
                update={
                    "destination": "172.16.0.0/12",
                    "next_hop_type": "Instance",
                    "next_hop": Ref("i-vpn"),
                }
            ),
        }
        strangers: dict[str, Resource] = {
            "vtb-shared": RouteTable(vpc=SHOP, serves="VSwitch"),
            **entries,
        }
        found = desired(existing({**self.GONE, self.AT: ("", shared)}, strangers))
        assert found.diagnostics == ()
        own = Address(f"route_table.business/shop/{B}")
        assert found.graph[self.AT].resource == link(own, "vswitch.business/shop/app-b")
        assert found.original[self.AT] == shared
        copied = found.graph[Address(f"route.copied/shop/{B}/172.16.0.0_12")].resource
        assert copied == entries["r2"].model_copy(update={"table": Ref(own), "fills": True})
        out = found.graph[Address(f"route.business/shop/{B}")].resource
        assert isinstance(out, Route)
        assert out.staged == Hop(type=GATEWAY, ref=Ref("ipv4_gateway.shop"))
        tags = found.graph[Address(f"endpoint.shop/{B}")].resource.tags or {}
        assert tags["gwlbfw:before:a/business/shop/app-b"] == "vtb-shared@vsw-existing-app-b"

    def test_entry_of_another_service_is_refused_as_not_copyable(self) -> None:
        shared = link("vtb-shared", "vswitch.business/shop/app-b")
        learnt = direct("vtb-shared").model_copy(
            update={"destination": "10.9.0.0/16", "managed": True}
        )
        strangers: dict[str, Resource] = {
            "vtb-shared": RouteTable(vpc=SHOP, serves="VSwitch"),
            "r1": learnt,
        }
        found = problems(existing({**self.GONE, self.AT: ("", shared)}, strangers))
        assert [code for code, _ in found] == ["not-copyable"]
        assert "10.9.0.0/16" in found[0][1]

    def test_table_with_subnets_of_two_zones_is_refused(self) -> None:
        table = "route_table.business/shop/app-b"
        both = link(table, "vswitch.business/shop/app-c")
        live = existing({"route_table_association.business/shop/app-c": ("", both)})
        assert [code for code, _ in problems(live)] == ["table-of-two-zones"]

    @pytest.mark.parametrize("now", ["", "vtb-9"])
    def test_subnet_taken_off_its_kept_table_returns_to_it(self, now: str) -> None:
        """Though the table has the address of another subnet that shares it."""
        table, subject = "route_table.business/shop/app-c", "vswitch.business/shop/app-b"
        elsewhere = ("", link(now, subject)) if now else None
        live = existing({**self.GONE, self.AT: elsewhere})
        found = desired(live, recorded={self.AT: link(table, subject)})
        wanted = found.graph[self.AT].resource
        assert isinstance(wanted, RouteTableAssociation)
        assert wanted.table == table

    @pytest.mark.parametrize("there", ["app-a", "app-b"])
    def test_table_of_a_subnet_that_got_another_key_keeps_its_name(
        self, tmp_path: Path, there: str
    ) -> None:
        """Where subnets of a zone leave different tables, the first names the new one."""

        def edit(content: Any) -> None:
            subnets = content["business_vpcs"]["shop"]["zones"][B]["subnets"]
            subnets |= {"app-a": {"id": "vsw-a"}, "app-d": {"id": "vsw-d"}}

        old = {"app-a": "vtb-shared", "app-b": "vtb-shared", "app-d": "vtb-other"}
        at = "route_table_association.business/shop"
        changed: dict[str, Any] = {
            **self.GONE,
            **{f"{at}/{n}": ("", link(old[n], f"vswitch.business/shop/{n}")) for n in old},
            "vswitch.business/shop/app-a": ("vsw-a", subnet(SHOP, B, "192.168.11.0/24")),
            "vswitch.business/shop/app-d": ("vsw-d", subnet(SHOP, B, "192.168.14.0/24")),
            f"route_table.business/shop/{there}": (
                "vtb-own",
                RouteTable(vpc=SHOP, serves="VSwitch"),
            ),
        }
        strangers: dict[str, Resource] = {
            **{each: RouteTable(vpc=SHOP, serves="VSwitch") for each in set(old.values())},
            "r1": direct("vtb-shared"),
        }
        found = desired(existing(changed, strangers), example_with(tmp_path, edit, "brownfield"))
        links = {name: found.graph[Address(f"{at}/{name}")].resource for name in old}
        tables = {n: e.table for n, e in links.items() if isinstance(e, RouteTableAssociation)}
        own = f"route_table.business/shop/{there}"
        assert tables == {**dict.fromkeys(("app-a", "app-b"), own), "app-d": own[:-1] + "d"}

    def test_subnet_moves_to_the_table_that_the_file_names(self, tmp_path: Path) -> None:
        def edit(content: Any) -> None:
            app = content["business_vpcs"]["shop"]["zones"][B]["subnets"]["app-b"]
            app["route_table"] = {"id": "vtb-b"}

        topo = example_with(tmp_path, edit, "brownfield")
        assert problems(existing(), topo) == []
        elsewhere = link("vtb-9", "vswitch.business/shop/app-b")
        found = desired(existing({self.AT: ("", elsewhere)}), topo)
        assert found.diagnostics == ()
        named = link("route_table.business/shop/app-b", "vswitch.business/shop/app-b")
        assert (found.graph[self.AT].resource, found.original[self.AT]) == (named, elsewhere)

    def test_existing_gwlbe_subnet_moves_and_its_original_state_is_kept(
        self, tmp_path: Path
    ) -> None:
        def edit(content: Any) -> None:
            zone = content["business_vpcs"]["shop"]["zones"][B]
            zone["gwlbe_subnet"] = {"id": "vsw-gwlbe"}

        gwlbe = ("vsw-gwlbe", subnet(SHOP, B, "192.168.101.0/24"))
        live = existing({f"vswitch.gwlbe/shop/{B}": gwlbe})
        found = desired(live, example_with(tmp_path, edit, "brownfield"))
        assert found.diagnostics == ()
        at = Address(f"route_table_association.gwlbe/shop/{B}")
        assert not found.graph[at].owned
        assert found.original[at] is None


class TestGateways:
    def test_gateway_that_the_file_does_not_name_is_reported_with_its_id(
        self, tmp_path: Path
    ) -> None:
        topo = example_with(
            tmp_path, lambda c: c["business_vpcs"]["shop"].pop("ipv4_gateway"), "brownfield"
        )
        live = existing(
            {"ipv4_gateway.shop": None},
            {"ipv4gw-theirs": Ipv4Gateway(vpc=SHOP, enabled=True)},
        )
        found = problems(live, topo)
        assert ("gateway-exists", "the VPC has an IPv4 gateway already: ipv4gw-theirs") in found

    def test_gateway_is_created_and_activated_in_an_existing_vpc_without_one(
        self, tmp_path: Path
    ) -> None:
        topo = example_with(
            tmp_path, lambda c: c["business_vpcs"]["shop"].pop("ipv4_gateway"), "brownfield"
        )
        found = desired(existing({"ipv4_gateway.shop": None}), topo)
        assert found.diagnostics == ()
        gateway = found.graph[Address("ipv4_gateway.shop")]
        assert isinstance(gateway.resource, Ipv4Gateway)
        assert (gateway.owned, gateway.resource.enabled) == (True, True)
        assert gateway.resource.returns_direct


class TestEips:
    def topo(self, folder: Path, server: dict[str, Any]) -> Topology:
        return example_with(
            folder,
            lambda c: c["business_vpcs"]["shop"].update(servers={"web": server}),
            "brownfield",
        )

    def live(self, eip: Eip | None, others: dict[str, Resource] | None = None) -> Live:
        server = Instance(vswitch=Ref("vswitch.business/shop/app-b"), zone=B, instance_type="t")
        return existing(
            {
                "instance.server/shop/web": ("i-web", server),
                "eip.shop/web": ("eip-web", eip) if eip else None,
            },
            others,
        )

    SERVER: Ref[Instance] = Ref("instance.server/shop/web")

    def test_free_eip_is_bound_and_its_original_state_is_kept(self, tmp_path: Path) -> None:
        topo = self.topo(tmp_path, {"id": "i-web", "eip": {"id": "eip-web"}})
        found = desired(self.live(Eip()), topo)
        assert found.diagnostics == ()
        eip = found.graph[Address("eip.shop/web")]
        assert isinstance(eip.resource, Eip)
        assert (eip.resource.instance, eip.owned) == (self.SERVER, False)
        assert found.original[Address("eip.shop/web")] == Eip()
        tags = found.graph[Address(f"endpoint.shop/{B}")].resource.tags or {}
        assert tags["gwlbfw:before:e/shop/web"] == "-@eip-web"

    def test_eip_that_is_bound_to_its_server_stays(self, tmp_path: Path) -> None:
        topo = self.topo(tmp_path, {"id": "i-web", "eip": {"id": "eip-web"}})
        found = desired(self.live(Eip(instance=self.SERVER)), topo)
        assert found.diagnostics == ()
        assert Address("eip.shop/web") not in found.original

    def test_eip_that_is_bound_elsewhere_is_refused(self, tmp_path: Path) -> None:
        topo = self.topo(tmp_path, {"id": "i-web", "eip": {"id": "eip-web"}})
        live = self.live(Eip(instance=Ref("i-stranger")))
        assert problems(live, topo) == [("eip-bound", "the EIP is bound to i-stranger")]

    def test_second_eip_of_a_server_is_refused(self, tmp_path: Path) -> None:
        topo = self.topo(tmp_path, {"id": "i-web", "eip": {"bandwidth_mbps": 5}})
        live = self.live(None, {"eip-theirs": Eip(instance=self.SERVER)})
        found = problems(live, topo)
        assert found == [("server-has-eip", "the server has an EIP already: eip-theirs")]
        assert problems(self.live(None, {"eip-9": Eip(instance=Ref("i-9"))}), topo) == []


def test_new_subnet_that_overlaps_an_existing_one_is_refused() -> None:
    strangers: dict[str, Resource] = {
        "vsw-there": subnet(SHOP, B, "192.168.101.128/25"),
        "vsw-elsewhere": subnet(SECURITY, B, "192.168.102.0/24"),
    }
    assert problems(existing(None, strangers)) == [
        (
            "overlaps-existing",
            "192.168.101.0/24 overlaps 192.168.101.128/25 of the vSwitch vsw-there",
        )
    ]


class TestZonesBesideBounces:
    """Running simulated appliances have rules for the addresses of their launch only."""

    ONE_ZONE = LoadBalancer(vpc=SECURITY, zones={B: Ref(f"vswitch.security/{B}")})

    def live(self, *gone: str) -> Live:
        at = Address("load_balancer.main")
        live = live_of(example(), [each for each in example() if each not in gone])
        node = replace(live.nodes[at], resource=self.ONE_ZONE)
        return replace(live, nodes={**live.nodes, at: node})

    def test_new_zone_beside_running_simulated_appliances_is_refused(self) -> None:
        (problem,) = desired(self.live(), topology()).diagnostics
        assert problem.code == "zone-beside-bounce"
        assert f"zone {C} would be added" in problem.message
        assert "ecs-01" in problem.message

    def test_new_zone_is_allowed_once_simulated_appliances_are_gone(self) -> None:
        live = self.live("instance.appliance/ecs-01", "instance.appliance/ecs-02")
        assert desired(live, topology()).diagnostics == ()

    def test_new_zone_is_allowed_beside_real_appliances(self, tmp_path: Path) -> None:
        def real(content: Any) -> None:
            for each in content["security_vpc"]["appliances"].values():
                each["bootstrap"] = "none"

        assert desired(self.live(), example_with(tmp_path, real)).diagnostics == ()

    def test_simulated_appliances_are_fine_where_no_zone_is_new(self) -> None:
        assert desired(live_of(example()), topology()).diagnostics == ()


class TestTooMuchToRemember:
    """What no tag can hold is refused, as a lost record would lose it."""

    def test_more_tags_than_an_endpoint_can_have_are_refused(self, tmp_path: Path) -> None:
        def edit(content: Any) -> None:
            content["tags"] = {f"k{n}": "v" for n in range(16)}
            content["business_vpcs"]["shop"]["gateway_route_table"] = {"id": "vtb-gate"}

        table = ("vtb-gate", RouteTable(vpc=SHOP, serves="Gateway"))
        live = existing({"route_table.gateway/shop": table})
        (problem,) = desired(live, example_with(tmp_path, edit, "brownfield")).diagnostics
        assert problem.code == "memory"
        assert f"endpoint.shop/{B} would need 21 tags" in problem.message

    def test_longer_key_than_a_tag_can_have_is_refused(self, tmp_path: Path) -> None:
        topo = example_with(tmp_path, lambda c: rename_subnet(c, LONG), "brownfield")
        moved = {
            Address(at.replace("app-b", LONG)): replace(node, resource=renamed(node.resource))
            for at, node in existing().nodes.items()
        }
        (problem,) = desired(replace(existing(), nodes=moved), topo).diagnostics
        assert problem.code == "memory"
        assert "does not fit into a tag" in problem.message


LONG = "a" * 40


def rename_subnet(content: Any, name: str) -> None:
    shop = content["business_vpcs"].pop("shop")
    content["business_vpcs"]["shop"] = shop
    subnets = shop["zones"][B]["subnets"]
    subnets[name] = subnets.pop("app-b")


def renamed(resource: Resource) -> Resource:
    plain = resource.model_dump_json().replace("shop/app-b", f"shop/{LONG}")
    return type(resource).model_validate_json(plain)
