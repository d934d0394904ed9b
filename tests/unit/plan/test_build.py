"""How changes become steps, and which steps wait for which."""

import pytest

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Field, JsonList, Wait
from gwlbfw.errors import PlanError
from gwlbfw.plan import Step
from gwlbfw.plan.steps import mentioned
from gwlbfw.resources import (
    Eip,
    Instance,
    Ipv4Gateway,
    RouteTable,
    RouteTableAssociation,
    Rule,
)
from gwlbfw.resources.graph import Live, Node
from gwlbfw.resources.resource import Resource
from tests.unit.plan.planned import Planned, planned
from tests.unit.samples import B, C, example, graph, group, live_of, vpc, vswitch

SSH = Rule(protocol="tcp", ports="22/22", source="10.0.0.0/8")


def between(live: dict[str, Resource], wanted: dict[str, Resource]) -> Planned:
    return planned(graph(wanted), live_of(graph(live)))


class TestSteps:
    def test_plan_without_changes_has_no_steps(self) -> None:
        assert planned(example(), live_of(example())).plan.steps == ()

    def test_each_phase_of_a_change_is_a_step_after_the_one_before(self) -> None:
        made = between({}, {"vpc.a": vpc(), "security_group.g": group(SSH)})
        assert list(made.steps) == [
            "vpc.a:create",
            "security_group.g:create",
            "security_group.g:authorize",
        ]
        assert made["security_group.g:authorize"].needs == {"security_group.g:create"}

    def test_only_the_last_phase_completes_a_change(self) -> None:
        made = between({}, {"vpc.a": vpc(), "security_group.g": group(SSH)})
        assert [each.id for each in made.plan.steps if each.completes] == [
            "vpc.a:create",
            "security_group.g:authorize",
        ]

    def test_only_the_last_phase_of_a_delete_drops_the_address(self) -> None:
        made = between({"eip.e": Eip(instance=Ref("i-1"))}, {})
        assert [(each.id, each.drops) for each in made.plan.steps] == [
            ("eip.e:dissociate", False),
            ("eip.e:delete", True),
        ]

    def test_a_replace_takes_down_before_it_builds_up(self) -> None:
        made = between({"eip.e": bound("PayByTraffic")}, {"eip.e": bound("PayByBandwidth")})
        assert [(each.id, each.drops) for each in made.plan.steps] == [
            ("eip.e:replace-dissociate", False),
            ("eip.e:replace-delete", True),
            ("eip.e:create", False),
            ("eip.e:associate", False),
        ]

    def test_calls_go_to_the_account_of_their_resource_unless_the_kind_says_otherwise(self) -> None:
        target = {
            at: Node(node.resource, account="sec" if "shop" not in at else "biz")
            for at, node in example().items()
        }
        made = planned(target)
        for step in made.plan.steps:
            assert accounts(step) <= {"sec", "biz"}
            assert all(wait.read.account in ("sec", "biz") for wait in step.waits)
        assert accounts(made[f"endpoint.shop/{B}:create"]) == {"biz"}
        assert accounts(made["load_balancer.main:create"]) == {"sec"}


class TestIds:
    def test_existing_resource_is_named_by_its_id(self) -> None:
        made = between({"vpc.a": vpc()}, {"vpc.a": vpc(), "vswitch.s": vswitch()})
        assert parameter(made, "vswitch.s:create", "VpcId") == "id-vpc-a"
        assert made["vswitch.s:create"].needs == frozenset()

    def test_planned_resource_is_named_by_its_address(self) -> None:
        made = between({}, {"vpc.a": vpc(), "vswitch.s": vswitch()})
        field = Field(Address("vpc.a"), "VpcId")
        assert parameter(made, "vswitch.s:create", "VpcId") == field
        assert str(field) == "${vpc.a.VpcId}"

    def test_replacement_deletes_the_old_id_and_creates_a_new_one(self) -> None:
        made = between({"vpc.a": vpc(), "vswitch.s": vswitch(cidr="10.0.1.0/24")},
                       {"vpc.a": vpc(), "vswitch.s": vswitch(cidr="10.0.2.0/24")})  # fmt: skip
        assert parameter(made, "vswitch.s:replace-delete", "VSwitchId") == "id-vswitch-s"
        (wait,) = made["vswitch.s:create"].waits
        assert wait.read.params["VSwitchId"] == Field(Address("vswitch.s"), "VSwitchId")

    def test_step_that_releases_a_replaced_resource_names_its_old_id(self) -> None:
        made = between(
            {"instance.i": server("b"), "eip.e": Eip(instance=Ref("instance.i"))},
            {"instance.i": server("c"), "eip.e": Eip(instance=Ref("instance.i"))},
        )
        assert parameter(made, "eip.e:dissociate", "InstanceId") == "id-instance-i"
        field = Field(Address("instance.i"), "InstanceId")
        assert parameter(made, "eip.e:associate", "InstanceId") == field

    def test_ids_are_filled_in_at_any_depth(self) -> None:
        made = between({"vpc.a": vpc(), "instance.i": server("b")}, {"vpc.a": vpc()})
        (gone,) = made["instance.i:delete"].waits
        assert gone.read.params["InstanceIds"] == JsonList(("id-instance-i",))
        zones = parameter(planned(example()), "load_balancer.main:create", "ZoneMappings")
        subnets = [Field(Address(f"vswitch.security/{zone}"), "VSwitchId") for zone in (B, C)]
        assert zones == [
            {"ZoneId": zone, "VSwitchId": subnet}
            for zone, subnet in zip((B, C), subnets, strict=True)
        ]

    def test_a_step_mentions_whatever_its_call_or_its_waits_name(self) -> None:
        step = planned(example())[f"endpoint_service_resource.main/{B}:create"]
        assert mentioned(step) == {"endpoint_service.main", "load_balancer.main"}
        member = planned(example())["server_group_member.main/ecs-01:create"]
        assert mentioned(member) == {"server_group.main", "instance.appliance/ecs-01"}


class TestReferences:
    def test_referenced_resource_is_created_before_the_one_that_names_it(self) -> None:
        made = planned(example())
        assert made.before("vpc.security:create", "load_balancer.main:create")
        assert made.before(f"vswitch.security/{C}:create", "load_balancer.main:create")

    def test_a_security_group_is_used_once_it_has_its_rules(self) -> None:
        made = planned(example())
        assert made.before(
            "security_group.appliances:authorize", "instance.appliance/ecs-01:create"
        )

    def test_a_gateway_may_be_used_before_it_is_active(self) -> None:
        made = planned(example())
        assert made.before("ipv4_gateway.shop:create", "route.gwlbe/shop:create")
        assert made.before("route.gwlbe/shop:create", "ipv4_gateway.shop:activate")


class TestDeletes:
    def test_referring_resource_is_deleted_before_the_one_it_refers_to(self) -> None:
        made = planned({}, live_of(example()))
        for at, node in example().items():
            for _, ref in node.resource.refs():
                assert made.before(last(made, at), last(made, ref)), (at, ref)

    def test_resource_that_remains_releases_its_reference_before_a_deletion(self) -> None:
        made = between(
            {"instance.i": server("b"), "eip.e": Eip(instance=Ref("instance.i"))},
            {"eip.e": Eip(instance=Ref(""))},
        )
        assert made.before("eip.e:dissociate", "instance.i:delete")

    def test_a_subnet_that_moves_leaves_the_table_before_that_is_deleted(self) -> None:
        link = RouteTableAssociation(
            vpc=Ref("vpc-1"), subject=Ref("vsw-1"), table=Ref("route_table.old")
        )
        moved = link.model_copy(update={"table": Ref("route_table.new")})
        at = "route_table_association.business/shop/s"
        made = between(
            {"route_table.old": table(), at: link}, {"route_table.new": table(), at: moved}
        )
        assert made.before(f"{at}:dissociate", "route_table.old:delete")
        assert made.before("route_table.new:create", f"{at}:associate")

    def test_reference_to_a_replaced_resource_is_released_meanwhile(self) -> None:
        made = between(
            {"instance.i": server("b"), "eip.e": Eip(instance=Ref("instance.i"))},
            {"instance.i": server("c"), "eip.e": Eip(instance=Ref("instance.i"))},
        )
        order = [
            "eip.e:dissociate",
            "instance.i:replace-delete",
            "instance.i:create",
            "eip.e:associate",
        ]
        assert [each.id for each in made.plan.steps] == order

    def test_a_server_moves_to_a_subnet_that_takes_the_place_of_its_own(self) -> None:
        made = between(
            {"vswitch.old": vswitch("vpc-1"), "instance.i": server("b", "vswitch.old")},
            {"vswitch.new": vswitch("vpc-1"), "instance.i": server("b", "vswitch.new")},
        )
        assert [each.id for each in made.plan.steps] == [
            "instance.i:replace-delete",
            "vswitch.old:delete",
            "vswitch.new:create",
            "instance.i:create",
        ]

    def test_an_eip_moves_to_a_server_that_takes_the_place_of_its_own(self) -> None:
        there = server("b").model_copy(update={"private_ip": "10.0.1.7"})
        made = between(
            {"instance.old": there, "eip.e": Eip(instance=Ref("instance.old"))},
            {"instance.new": there, "eip.e": Eip(instance=Ref("instance.new"))},
        )
        assert [each.id for each in made.plan.steps] == [
            "eip.e:dissociate",
            "instance.old:delete",
            "instance.new:create",
            "eip.e:associate",
        ]

    def test_unreadable_property_is_known_from_file_or_state(self) -> None:
        at = Address("ipv4_gateway.shop")
        live = Live({at: Node(Ipv4Gateway(vpc=Ref("vpc-1"), enabled=True), id="ipv4gw-1")})
        closed = Node(Ipv4Gateway(vpc=Ref("vpc-1"), enabled=True, internet_mode="private"))
        assert parameter(planned({}, live), f"{at}:delete", "InternetMode") == "public"
        hinted = planned({}, live, known={at: closed})
        assert parameter(hinted, f"{at}:delete", "InternetMode") == "private"

    def test_a_hint_of_another_kind_is_no_hint(self) -> None:
        at = Address("ipv4_gateway.shop")
        live = Live({at: Node(Ipv4Gateway(vpc=Ref("vpc-1"), enabled=True), id="ipv4gw-1")})
        assert parameter(planned({}, live, known={at: Node(vpc())}), f"{at}:delete", "InternetMode")


class TestClashes:
    def test_conflicting_resource_is_created_after_the_other_is_deleted(self) -> None:
        made = between(
            {"vpc.a": vpc(), "vswitch.old": vswitch(cidr="10.0.1.0/24")},
            {"vpc.a": vpc(), "vswitch.new": vswitch(cidr="10.0.1.0/25")},
        )
        assert made.before("vswitch.old:delete", "vswitch.new:create")

    def test_resource_without_conflict_does_not_wait(self) -> None:
        made = between(
            {"vpc.a": vpc(), "vswitch.old": vswitch(cidr="10.0.1.0/24")},
            {"vpc.a": vpc(), "vswitch.new": vswitch(cidr="10.0.2.0/24")},
        )
        assert made.unordered("vswitch.old:delete", "vswitch.new:create")

    def test_two_that_swap_their_places_are_both_taken_down_first(self) -> None:
        one, other = vswitch("vpc-1", "10.0.1.0/24"), vswitch("vpc-1", "10.0.2.0/24")
        made = between(
            {"vswitch.x": one, "vswitch.y": other}, {"vswitch.x": other, "vswitch.y": one}
        )
        for gone in "xy":
            for new in "xy":
                assert made.before(f"vswitch.{gone}:replace-delete", f"vswitch.{new}:create")


def test_cycle_is_refused() -> None:
    """Two groups that let each other's members in would have to be made before each other."""
    one, other = (group(parent=f"security_group.{name}") for name in "ba")
    with pytest.raises(PlanError, match=r"can't be put in an order: security_group\..* → "):
        between({}, {"security_group.a": one, "security_group.b": other})


def test_reference_that_neither_exists_nor_is_created_is_refused() -> None:
    with pytest.raises(PlanError) as caught:
        between({}, {"vswitch.s": vswitch("vpc.gone")})
    (problem,) = caught.value.diagnostics()
    assert (problem.code, problem.subject) == ("unknown-id", "vswitch.s")
    assert "vswitch.s:create needs vpc.gone, which neither exists nor is created" in problem.message
    assert problem.hint


def test_waits_of_a_plan_never_mention_what_the_plan_does_not_know() -> None:
    known = set(example())
    for step in planned(example()).plan.steps:
        assert all(isinstance(each, Wait) for each in step.waits)
        assert mentioned(step) <= known


def accounts(step: Step) -> set[str | None]:
    return {step.call.account} if step.call else set()


def parameter(made: Planned, step: str, name: str) -> object:
    call = made[step].call
    assert call
    return call.params[name]


def last(made: Planned, at: str) -> str:
    return [each.id for each in made.plan.steps if each.address == at][-1]


def bound(charge: str) -> Eip:
    return Eip(instance=Ref("i-1"), charge_type=charge)


def server(zone: str, subnet: str = "vsw-1") -> Instance:
    return Instance(vswitch=Ref(subnet), zone=zone, instance_type="ecs.g7.large")


def table() -> RouteTable:
    return RouteTable(vpc=Ref("vpc-1"), serves="VSwitch")
