from dataclasses import replace

import pytest

from gwlbfw.address import Address, Ref
from gwlbfw.diff import Change, diff, differences
from gwlbfw.resources import Eip, Instance, Ipv4Gateway, RouteTable
from gwlbfw.resources.graph import Live, Node
from gwlbfw.resources.resource import Resource
from tests.unit.samples import example, graph, live_of, route, vpc, vswitch

A = Address("vpc.a")


def changes(wanted: dict[str, Resource], live: dict[str, Resource]) -> dict[str, Change]:
    found = diff(graph(wanted), live_of(graph(live)), {})
    return {each.address: each for each in found}


def test_missing_resource_is_created() -> None:
    (change,) = diff(graph({"vpc.a": vpc()}), Live(), {})
    assert (change.action, change.was, change.id) == ("create", None, "")
    assert change.reason == "it does not exist"
    assert change.node is change.towards


def test_resource_as_wanted_is_a_no_op() -> None:
    change = changes({"vpc.a": vpc()}, {"vpc.a": vpc()})[A]
    assert (change.action, change.reason, change.changed) == ("no_op", "", frozenset())
    assert change.id == "id-vpc-a"


def test_resource_that_the_file_leaves_out_is_deleted() -> None:
    change = changes({}, {"vpc.a": vpc()})[A]
    assert (change.action, change.towards) == ("delete", None)
    assert change.node is change.was
    assert change.reason == "vpc.a is not in the topology"


def test_unowned_resource_is_never_deleted() -> None:
    live = live_of(graph({"vpc.a": vpc()}, owned=False))
    assert diff({}, live, {}) == ()


def test_a_changed_name_is_changed_in_place() -> None:
    change = changes({"vpc.a": vpc(name="new")}, {"vpc.a": vpc(name="old")})[A]
    assert change.action == "update"
    assert change.changed == {"name"}
    assert change.reason == "name differ"


def test_a_changed_zone_replaces_a_subnet() -> None:
    wanted, live = vswitch(zone="cn-wulanchabu-c", name="x"), vswitch(name="y")
    change = changes({"vpc.a": vpc(), "vswitch.s": wanted}, {"vpc.a": vpc(), "vswitch.s": live})
    assert change["vswitch.s"].action == "replace"
    assert change["vswitch.s"].changed == {"name", "zone"}
    assert change["vswitch.s"].reason == "zone can't change in place"


def test_property_that_nobody_asked_for_is_not_compared() -> None:
    change = changes({"vpc.a": vpc(name=None)}, {"vpc.a": vpc(name="theirs")})[A]
    assert change.action == "no_op"


def test_unreadable_property_is_not_compared() -> None:
    wanted = Ipv4Gateway(vpc=Ref("vpc.a"), enabled=True, internet_mode="private")
    live = Ipv4Gateway(vpc=Ref("vpc.a"), enabled=True)
    assert differences(Node(wanted), Node(live)) == frozenset()


def test_fixed_property_that_live_state_lacks_is_taken_to_be_right() -> None:
    def server(template: str | None, name: str | None) -> Node:
        return Node(
            Instance(
                vswitch=Ref("vsw-1"), zone="b", instance_type="t", template=template, name=name
            )
        )

    assert differences(server("abc", "x"), server(None, None)) == {"name"}
    assert differences(server("abc", "x"), server("def", "x")) == {"template"}


def test_only_steering_properties_of_an_unowned_resource_are_compared() -> None:
    theirs = Node(Eip(bandwidth_mbps=5, instance=Ref("i-1")), owned=False)
    wanted = Node(Eip(bandwidth_mbps=9, instance=Ref("i-2")), owned=False)
    assert differences(wanted, theirs) == {"instance"}
    assert differences(replace(wanted, owned=True), theirs) == {"instance", "bandwidth_mbps"}


def test_unowned_resource_is_never_replaced() -> None:
    at = Address("route.business/shop/b")
    live = Live({at: Node(route(hop="ngw-1", kind="NatGateway"), owned=False)})
    (change,) = diff({at: Node(route(table="vtb-2"), owned=False)}, live, {})
    assert change.action == "update"
    assert change.changed == {"next_hop", "next_hop_type"}


def test_resource_of_another_kind_differs_in_everything() -> None:
    assert differences(Node(vpc()), Node(vswitch())) == set(type(vpc()).model_fields)


def test_resource_to_be_adopted_is_adopted_even_if_nothing_differs() -> None:
    live = live_of(graph({"vpc.a": vpc(tags={})}, owned=False))
    (change,) = diff({A: Node(vpc(tags={"k": "v"}), adopt=True)}, live, {})
    assert change.action == "adopt"
    assert change.changed == {"tags"}
    assert change.reason == "the stack takes ownership of it"
    (same,) = diff({A: Node(vpc(), adopt=True)}, live, {})
    assert same.action == "adopt"
    assert same.changed == frozenset()


class TestFollowers:
    """What refers to something replaced has to follow, as the id will be another."""

    def test_resource_fixed_to_a_replaced_one_is_replaced_too(self) -> None:
        wanted = {"route_table.t": table("vpc.b"), "route.r": route("route_table.t", "ngw-1", "N")}
        live = {**wanted, "route_table.t": table("vpc.c")}
        found = changes(wanted, live)
        assert found["route.r"].action == "replace"
        assert found["route.r"].reason == "route_table.t is replaced"
        assert found["route.r"].changed == {"table"}

    def test_replacement_spreads_to_indirect_references(self) -> None:
        chain: dict[str, Resource] = {
            "vswitch.s": vswitch("vpc.a", zone="new"),
            "instance.i": server("vswitch.s"),
            "eip.e": Eip(instance=Ref("instance.i")),
        }
        found = changes(chain, {**chain, "vswitch.s": vswitch("vpc.a", zone="old")})
        assert {at: each.action for at, each in found.items()} == {
            "vswitch.s": "replace",
            "instance.i": "replace",
            "eip.e": "update",
        }
        assert found["eip.e"].changed == {"instance"}

    def test_resource_that_refers_to_a_replaced_one_is_changed_in_place(self) -> None:
        wanted = {"eip.e": Eip(instance=Ref("instance.i"), name="n"), "instance.i": server("vsw-2")}
        found = changes(wanted, {**wanted, "instance.i": server("vsw-1")})
        assert found["eip.e"].action == "update"
        assert found["eip.e"].changed == {"instance"}
        assert found["eip.e"].reason == "instance.i is replaced"

    def test_unowned_resource_fixed_to_a_replaced_one_is_changed_in_place(self) -> None:
        wanted = {Address("route_table.t"): Node(table("vpc.b"))}
        steered = {Address("route.r"): Node(route("route_table.t"), owned=False)}
        live = live_of({Address("route_table.t"): Node(table("vpc.c")), **steered})
        found = {each.address: each for each in diff({**wanted, **steered}, live, {})}
        assert found[Address("route_table.t")].action == "replace"
        assert found[Address("route.r")].action == "update"

    def test_resource_that_changes_anyway_is_not_counted_twice(self) -> None:
        wanted = {"eip.e": Eip(instance=Ref("instance.i")), "instance.i": server("vsw-2")}
        live = {"eip.e": Eip(instance=Ref("i-9")), "instance.i": server("vsw-1")}
        assert changes(wanted, live)["eip.e"].reason == "instance differ"

    def test_deleted_resource_does_not_follow_a_replacement(self) -> None:
        found = changes(
            {"instance.i": server("vsw-2")},
            {"instance.i": server("vsw-1"), "eip.e": Eip(instance=Ref("instance.i"))},
        )
        assert found["eip.e"].action == "delete"


class TestPuttingBack:
    """Without a wish in the file, what the stack steered returns to what it was before."""

    AT = Address("route.business/shop/b")
    BEFORE = route(hop="ipv4gw-1", kind="Ipv4Gateway")

    def restored(self, live: Live, before: Resource | None) -> tuple[Change, ...]:
        return diff({}, live, {self.AT: before})

    def test_steered_resource_is_restored(self) -> None:
        live = Live({self.AT: Node(route(), owned=False, account="biz")})
        (change,) = self.restored(live, self.BEFORE)
        assert (change.action, change.restores) == ("update", True)
        assert change.changed == {"next_hop", "next_hop_type"}
        assert change.reason == "it is restored as it was found"
        assert change.towards == Node(self.BEFORE, owned=False, account="biz")

    def test_restored_resource_is_a_no_op(self) -> None:
        live = Live({self.AT: Node(self.BEFORE, owned=False)})
        (change,) = self.restored(live, self.BEFORE)
        assert (change.action, change.reason) == ("no_op", "")

    def test_unowned_resource_that_was_absent_originally_is_deleted(self) -> None:
        live = Live({self.AT: Node(route(), owned=False)})
        (change,) = self.restored(live, None)
        assert (change.action, change.restores) == ("delete", True)

    def test_resource_absent_originally_and_now_needs_nothing(self) -> None:
        assert self.restored(Live(), None) == ()

    def test_missing_original_resource_is_recreated(self) -> None:
        (change,) = self.restored(Live(), self.BEFORE)
        assert (change.action, change.restores) == ("create", True)
        assert change.towards == Node(self.BEFORE, owned=False)

    def test_resource_that_the_file_still_wants_is_not_restored(self) -> None:
        wanted = {self.AT: Node(route(), owned=False)}
        (change,) = diff(wanted, Live(wanted), {self.AT: self.BEFORE})
        assert change.action == "no_op"


def test_changes_come_in_order_of_address() -> None:
    found = [each.address for each in diff(example(), Live(), {})]
    assert found == sorted(found)


@pytest.mark.parametrize("missing", ["endpoint.shop/cn-wulanchabu-b", "listener.main"])
def test_example_differs_from_itself_only_by_missing_resources(missing: str) -> None:
    live = live_of(example(), [each for each in example() if each != missing])
    found = [each.address for each in diff(example(), live, {}) if each.action != "no_op"]
    assert found == [missing]


def table(parent: str) -> RouteTable:
    return RouteTable(vpc=Ref(parent), serves="VSwitch")


def server(subnet: str) -> Instance:
    return Instance(vswitch=Ref(subnet), zone="b", instance_type="ecs.g7.large")
