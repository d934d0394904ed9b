"""The address scheme: what is built is parsed back, and the documented examples are in it."""

import inspect
import re
import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.layout import Parts, Role, parse, scheme
from gwlbfw.moves import Move, Moves
from gwlbfw.resources.resource import kinds

Builder = Callable[..., Address]


def functions() -> dict[str, Builder]:
    """Every public function that layout defines."""
    return {
        name: each
        for name, each in vars(layout).items()
        if inspect.isfunction(each) and each.__module__ == layout.__name__ and name[0] != "_"
    }


def builders() -> dict[str, Builder]:
    """Those that build an address of keys."""
    return {
        name: each
        for name, each in functions().items()
        if all(p.annotation is str for p in inspect.signature(each).parameters.values())
    }


def singletons() -> dict[str, Address]:
    """The addresses of what there is one of."""
    return {name: each for name, each in vars(layout).items() if isinstance(each, Address)}


def samples() -> list[Address]:
    """One address by each builder, and each singleton."""
    built = [
        each(*("x" for _ in inspect.signature(each).parameters)) for each in builders().values()
    ]
    return [*built, *singletons().values()]


KEYS = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=40)
BLOCKS = st.tuples(st.ip_addresses(v=4), st.integers(0, 32)).map(lambda ip: f"{ip[0]}/{ip[1]}")
EXAMPLES = {
    "vpc.security": Parts("vpc", Role.SECURITY),
    "vpc.business/shop": Parts("vpc", Role.BUSINESS, vpc="shop"),
    "vswitch.business/shop/app-b": Parts("vswitch", Role.BUSINESS, vpc="shop", name="app-b"),
    "vswitch.gwlbe/shop/cn-wulanchabu-b": Parts(
        "vswitch", Role.GWLBE, vpc="shop", zone="cn-wulanchabu-b"
    ),
    "vswitch.security/cn-wulanchabu-b": Parts("vswitch", Role.SECURITY, zone="cn-wulanchabu-b"),
    "ipv4_gateway.shop": Parts("ipv4_gateway", vpc="shop"),
    "route_table.gateway/shop": Parts("route_table", Role.GATEWAY, vpc="shop"),
    "route_table.gwlbe/shop": Parts("route_table", Role.GWLBE, vpc="shop"),
    "route_table.business/shop/cn-wulanchabu-b": Parts(
        "route_table", Role.BUSINESS, vpc="shop", name="cn-wulanchabu-b"
    ),
    "route_table.business/shop/app-b": Parts(
        "route_table", Role.BUSINESS, vpc="shop", name="app-b"
    ),
    "route_table_association.business/shop/app-b": Parts(
        "route_table_association", Role.BUSINESS, vpc="shop", name="app-b"
    ),
    "route_table_association.gwlbe/shop/cn-wulanchabu-b": Parts(
        "route_table_association", Role.GWLBE, vpc="shop", zone="cn-wulanchabu-b"
    ),
    "route_table_association.gateway/shop": Parts(
        "route_table_association", Role.GATEWAY, vpc="shop"
    ),
    "security_group.appliances": Parts("security_group", Role.APPLIANCES),
    "security_group.servers/shop": Parts("security_group", Role.SERVERS, vpc="shop"),
    "instance.appliance/ecs-01": Parts("instance", Role.APPLIANCE, name="ecs-01"),
    "instance.server/shop/ecs-b-01": Parts("instance", Role.SERVER, vpc="shop", name="ecs-b-01"),
    "eip.shop/ecs-b-01": Parts("eip", vpc="shop", name="ecs-b-01"),
    "load_balancer.main": Parts("load_balancer", Role.MAIN),
    "server_group.main": Parts("server_group", Role.MAIN),
    "server_group_member.main/ecs-01": Parts("server_group_member", Role.MAIN, name="ecs-01"),
    "listener.main": Parts("listener", Role.MAIN),
    "endpoint_service.main": Parts("endpoint_service", Role.MAIN),
    "endpoint_service_resource.main/cn-wulanchabu-b": Parts(
        "endpoint_service_resource", Role.MAIN, zone="cn-wulanchabu-b"
    ),
    "endpoint.shop/cn-wulanchabu-b": Parts("endpoint", vpc="shop", zone="cn-wulanchabu-b"),
    "route.gateway/shop/app-b": Parts("route", Role.GATEWAY, vpc="shop", name="app-b"),
    "route.gwlbe/shop": Parts("route", Role.GWLBE, vpc="shop"),
    "route.business/shop/cn-wulanchabu-b": Parts(
        "route", Role.BUSINESS, vpc="shop", name="cn-wulanchabu-b"
    ),
    "route.copied/shop/cn-wulanchabu-b/10.0.0.0_8": Parts(
        "route", Role.COPIED, vpc="shop", name="cn-wulanchabu-b", destination="10.0.0.0/8"
    ),
    "route.bystander/shop/vtb-1": Parts("route", Role.BYSTANDER, vpc="shop", name="vtb-1"),
}
"""The addresses that users rely on, with their parts."""


@pytest.mark.parametrize("name", builders())
@given(data=st.data())
def test_built_address_is_parsed_into_what_it_was_built_of(name: str, data: st.DataObject) -> None:
    builder = builders()[name]
    wanted = {
        each: data.draw(BLOCKS if each == "destination" else KEYS, label=each)
        for each in inspect.signature(builder).parameters
    }
    parts = parse(builder(**wanted))
    assert {each: getattr(parts, each) for each in wanted} == wanted
    others = {"vpc", "zone", "name", "destination"} - set(wanted)
    assert not any(getattr(parts, each) for each in others)


def test_no_two_addresses_are_of_one_kind_and_role() -> None:
    found = [(parse(each).kind, parse(each).role) for each in samples()]
    assert len(set(found)) == len(found)


def test_every_kind_has_an_address() -> None:
    assert {each.kind for each in samples()} == set(kinds())


def test_every_role_is_used() -> None:
    assert {parse(each).role for each in samples()} == {*Role, None}


@pytest.mark.parametrize("address", EXAMPLES)
def test_documented_address_is_parsed(address: str) -> None:
    assert parse(Address(address)) == EXAMPLES[address]


@pytest.mark.parametrize("address", EXAMPLES)
def test_documented_address_is_built(address: str) -> None:
    parts = EXAMPLES[address]
    built = {
        builder(*(getattr(parts, each) for each in inspect.signature(builder).parameters))
        for builder in builders().values()
    }
    assert address in built | set(singletons().values())


@pytest.mark.parametrize(
    "address",
    [
        "vswitch.vsw-1",
        "vswitch.business",
        "vswitch.business/shop",
        "vswitch.business/shop/app-b/x",
        "vswitch.server/shop/app-b",
        "route.copied/shop",
        "unicorn.business/shop",
        "vswitch",
        "",
        ".",
        "/",
    ],
)
def test_address_outside_the_scheme_has_no_role_and_no_keys(address: str) -> None:
    parts = parse(Address(address))
    assert (parts.role, parts.vpc, parts.zone, parts.destination) == (None, "", "", "")


@given(st.text())
def test_any_text_can_be_parsed(text: str) -> None:
    assert parse(Address(text)).kind == Address(text).kind


@pytest.mark.parametrize(
    ("subject", "association"),
    [
        (layout.business_subnet("shop", "app-b"), layout.business_association("shop", "app-b")),
        (layout.gwlbe_subnet("shop", "b"), layout.gwlbe_association("shop", "b")),
        (layout.ipv4_gateway("shop"), layout.gateway_association("shop")),
    ],
)
def test_association_and_its_subject_lead_to_each_other(
    subject: Address, association: Address
) -> None:
    assert layout.association(subject) == association
    assert layout.association_subject(association) == subject


@pytest.mark.parametrize(
    ("table", "destination", "route"),
    [
        (
            layout.business_route_table("shop", "b"),
            "0.0.0.0/0",
            layout.business_route("shop", "b"),
        ),
        (
            layout.business_route_table("shop", "b"),
            "10.0.0.0/8",
            layout.copied_route("shop", "b", "10.0.0.0/8"),
        ),
        (layout.gwlbe_route_table("shop"), "0.0.0.0/0", layout.gwlbe_route("shop")),
        (
            layout.gwlbe_route_table("shop"),
            "10.0.0.0/8",
            layout.gwlbe_route("shop", "10.0.0.0/8"),
        ),
        (
            layout.gateway_route_table("shop"),
            "10.0.0.0/8",
            Address("route.gateway/shop/10.0.0.0_8"),
        ),
    ],
)
def test_route_and_its_table_lead_to_each_other(
    table: Address, destination: str, route: Address
) -> None:
    assert layout.route(table, destination) == route
    assert layout.route_table(route) == table


def test_route_of_a_bystanders_table_has_no_table_in_the_stack() -> None:
    assert layout.route_table(layout.bystander_route("shop", "vtb-1")) is None


def test_appliances_and_business_subnets_are_recognised() -> None:
    every = [Address(each) for each in EXAMPLES]
    assert [each for each in every if layout.is_appliance(each)] == ["instance.appliance/ecs-01"]
    assert [e for e in every if layout.is_business_subnet(e)] == ["vswitch.business/shop/app-b"]


def test_vpc_of_an_address_is_that_of_its_key_else_the_security_vpc() -> None:
    assert layout.vpc_of(layout.gwlbe_subnet("shop", "b")) == layout.business_vpc("shop")
    assert layout.vpc_of(layout.security_subnet("b")) == layout.SECURITY_VPC


@pytest.mark.parametrize(
    ("source", "target", "along"),
    [
        (layout.business_vpc("shop"), layout.business_vpc("store"), 20),
        (layout.business_subnet("shop", "app-b"), layout.business_subnet("shop", "x"), 4),
        (layout.server("shop", "ecs-b-01"), layout.server("shop", "web"), 2),
        (layout.appliance("ecs-01"), layout.appliance("fw"), 2),
        (layout.server_eip("shop", "ecs-b-01"), layout.server_eip("shop", "web"), 1),
        (layout.business_vpc("shop-2"), layout.business_vpc("store"), 0),
    ],
)
def test_all_that_has_a_key_moves_along_with_what_the_key_is_of(
    source: Address, target: Address, along: int
) -> None:
    moves = Moves((Move(source, target),))
    now = {each: moves.target(Address(each)) for each in EXAMPLES}
    former, later = source.path[-1], target.path[-1]
    moved = {was: at for was, at in now.items() if was != at}
    assert len(moved) == along
    assert all(
        at == re.sub(rf"([./]){former}(/|$)", rf"\1{later}\2", was) for was, at in moved.items()
    )


def test_nearest_move_comes_first_and_those_that_follow_it_then() -> None:
    moves = Moves(
        (
            Move(layout.business_vpc("a"), layout.business_vpc("b")),
            Move(layout.business_subnet("a", "x"), layout.business_subnet("a", "y")),
            Move(layout.business_vpc("b"), layout.business_vpc("c")),
        )
    )
    assert moves.target(layout.gateway_route("a", "x")) == layout.gateway_route("c", "y")
    assert moves.target(layout.gateway_route("b", "x")) == layout.gateway_route("c", "x")
    around = Moves(
        (Move(Address("vpc.a"), Address("vpc.b")), Move(Address("vpc.b"), Address("vpc.a")))
    )
    assert around.target(Address("vpc.a")) in ("vpc.a", "vpc.b")


def test_every_key_in_an_address_is_one_that_something_has_in_the_file() -> None:
    own = {"subnet", "server", "appliance", "vpc"}
    assert {each for keys in scheme._PARTS.values() for each in keys} - own == {
        *("zone", "destination", "table"),
    }
    assert {scheme._PARTS[each][-1] for each in scheme._OWNERS} == own
