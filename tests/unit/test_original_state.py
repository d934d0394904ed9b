"""The original state of managed resources, in the tags of the stack's own endpoints."""

from dataclasses import replace

import pytest

from gwlbfw.address import Address, Ref
from gwlbfw.original_state import encode, from_tags, mentioned_ids, tag_key, tag_problems
from gwlbfw.resources import Eip, Endpoint, RouteTableAssociation
from gwlbfw.resources.graph import Live, Node
from gwlbfw.resources.next_hop import GATEWAY
from gwlbfw.resources.resource import Resource
from gwlbfw.resources.tags import BEFORE_TAG
from tests.unit.samples import B, route, vpc, vswitch

OUT, IN = Address("route.business/shop/app-b"), Address("route.gateway/shop/app-b")
LINK = Address("route_table_association.business/shop/app-b")
GATE_LINK = Address("route_table_association.gateway/shop")
EIP = Address("eip.shop/web")

THERE = {
    Address("route_table.business/shop/app-b"): Node(vpc(), id="vtb-kept"),
    Address("route_table.gateway/shop"): Node(vpc(), id="vtb-gate"),
    Address("vswitch.business/shop/app-b"): Node(vswitch(cidr="192.168.1.0/24"), id="vsw-app"),
    Address("ipv4_gateway.shop"): Node(vpc(), id="ipv4gw-1"),
    EIP: Node(Eip(bandwidth_mbps=5, instance=Ref("instance.server/shop/web")), id="eip-1"),
    Address("instance.server/shop/web"): Node(vpc(), id="i-web"),
}
LIVE = Live(THERE, addresses={node.id: at for at, node in THERE.items()})


def through_a_tag(at: Address, was: Resource | None) -> Resource | None:
    """What a run that has lost its record remembers."""
    tags = {tag_key(at): encode(at, was, LIVE)}
    assert list(tag_problems(at, tags)) == []
    return from_tags(with_endpoint(tags))[at]


def with_endpoint(tags: dict[str, str], *, owned: bool = True) -> Live:
    endpoint = Endpoint(vpc=Ref("vpc-1"), service=Ref("epsrv-1"), zones={}, tags=tags)
    return replace(
        LIVE, nodes={**THERE, Address(f"endpoint.shop/{B}"): Node(endpoint, owned=owned)}
    )


class TestRoundTrip:
    def test_default_route_to_the_gateway_survives_a_tag(self) -> None:
        was = route(
            "route_table.business/shop/app-b", "ipv4_gateway.shop", GATEWAY, vpc="vpc.business/shop"
        )
        assert encode(OUT, was, LIVE) == "Ipv4Gateway:ipv4gw-1@vtb-kept"
        assert through_a_tag(OUT, was) == was

    def test_route_to_another_next_hop_survives_a_tag(self) -> None:
        was = route(
            "route_table.business/shop/app-b", "ngw-1", "NatGateway", vpc="vpc.business/shop"
        )
        assert through_a_tag(OUT, was) == was

    def test_entry_of_a_gateway_table_survives_a_tag(self) -> None:
        was = route(
            "route_table.gateway/shop",
            "instance.server/shop/web",
            "Instance",
            vpc="vpc.business/shop",
            in_gateway_table=True,
            destination="192.168.1.0/24",
        )
        assert encode(IN, was, LIVE) == "Instance:i-web@vtb-gate,vsw-app"
        assert through_a_tag(IN, was) == was

    @pytest.mark.parametrize("at", [OUT, IN, LINK, GATE_LINK])
    def test_absence_survives_a_tag(self, at: Address) -> None:
        assert encode(at, None, LIVE).partition("@")[0] == "-"
        assert through_a_tag(at, None) is None

    def test_table_of_a_subnet_and_of_a_gateway_survives_a_tag(self) -> None:
        for at, subject in (
            (LINK, "vswitch.business/shop/app-b"),
            (GATE_LINK, "ipv4_gateway.shop"),
        ):
            was = RouteTableAssociation(
                vpc=Ref("vpc.business/shop"), table=Ref("vtb-theirs"), subject=Ref(subject)
            )
            assert through_a_tag(at, was) == was

    def test_server_of_an_eip_survives_a_tag(self) -> None:
        bound = THERE[EIP].resource
        assert encode(EIP, bound, LIVE) == "i-web@eip-1"
        assert through_a_tag(EIP, bound) == bound
        free = Eip(bandwidth_mbps=5)
        assert encode(EIP, free, LIVE) == "-@eip-1"
        assert through_a_tag(EIP, free) == free

    def test_deleted_eip_is_not_restored(self) -> None:
        live = with_endpoint({tag_key(EIP): "i-web@eip-1"})
        nodes = {at: node for at, node in live.nodes.items() if at != EIP}
        assert from_tags(replace(live, nodes=nodes)) == {EIP: None}

    def test_entry_of_a_deleted_subnet_has_no_destination(self) -> None:
        live = with_endpoint({tag_key(IN): "Instance:i-9@vtb-gate,vsw-app"})
        gone = Address("vswitch.business/shop/app-b")
        nodes = {at: node for at, node in live.nodes.items() if at != gone}
        found = from_tags(replace(live, nodes=nodes))[IN]
        assert getattr(found, "destination", None) == ""


class TestMentions:
    def test_tags_mention_the_ids_to_be_found_again(self) -> None:
        tags = {
            tag_key(OUT): "Ipv4Gateway:ipv4gw-1@vtb-kept",
            tag_key(IN): "-@vtb-gate,vsw-app",
            tag_key(LINK): "vtb-theirs@vsw-app",
            tag_key(EIP): "-@eip-1",
            "team": "net@work",
            f"{BEFORE_TAG}x/y": "-@z",
        }
        assert sorted(mentioned_ids(tags)) == [
            ("eip-1", EIP),
            ("vsw-app", "vswitch.business/shop/app-b"),
            ("vsw-app", "vswitch.business/shop/app-b"),
            ("vtb-gate", "route_table.gateway/shop"),
            ("vtb-kept", "route_table.business/shop/app-b"),
        ]

    def test_tag_without_ids_mentions_none(self) -> None:
        assert encode(OUT, None, Live()) == "-"
        assert list(mentioned_ids({tag_key(OUT): "-"})) == []


class TestWhoseTags:
    def test_tags_of_owned_endpoints_alone_count(self) -> None:
        assert from_tags(with_endpoint({tag_key(OUT): "-"}, owned=False)) == {}
        assert from_tags(LIVE) == {}

    def test_other_tags_are_ignored(self) -> None:
        assert from_tags(with_endpoint({"team": "net", f"{BEFORE_TAG}q/x": "-"})) == {}

    @pytest.mark.parametrize("path", ["", "/", "shop", "business/shop/app-b/x"])
    @pytest.mark.parametrize("letter", ["r", "a", "e"])
    def test_tag_with_an_address_outside_the_scheme_is_ignored(
        self, letter: str, path: str
    ) -> None:
        tags = {f"{BEFORE_TAG}{letter}/{path}": "Ipv4Gateway:ipv4gw-1@vtb-1"}
        assert from_tags(with_endpoint(tags)) == {}
        assert list(mentioned_ids(tags)) == []


class TestLimits:
    AT = Address("endpoint.shop/b")

    def test_tags_within_the_limits_are_accepted(self) -> None:
        assert list(tag_problems(self.AT, {f"k{n}": "v" for n in range(20)})) == []

    def test_more_tags_than_the_cloud_allows_are_refused(self) -> None:
        (problem,) = tag_problems(self.AT, {f"k{n}": "v" for n in range(21)})
        assert "would need 21 tags" in problem.message
        assert problem.subject == self.AT

    @pytest.mark.parametrize("tags", [{"k" * 65: "v"}, {"k": "v" * 129}])
    def test_too_long_key_or_value_is_refused(self, tags: dict[str, str]) -> None:
        (problem,) = tag_problems(self.AT, tags)
        assert "does not fit into a tag" in problem.message
        assert problem.hint
