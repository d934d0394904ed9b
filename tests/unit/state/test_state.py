import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.identity import CloudIdentity
from gwlbfw.errors import StateError
from gwlbfw.resources import Instance
from gwlbfw.resources.graph import Live, Node
from gwlbfw.resources.next_hop import GATEWAY
from gwlbfw.state import State
from tests.unit.samples import example, live_of, route, vpc

APPLIED = live_of(example()).nodes
STEERED = Address("route.business/shop/b")
RECORD = State(
    "demo",
    "cn-wulanchabu",
    {**APPLIED, Address("vpc.theirs"): Node(vpc(), owned=False, id="vpc-1", account="biz")},
    {STEERED: route(hop="ipv4gw-1", kind=GATEWAY), Address("route.gwlbe/shop"): None},
    3,
    removed={Address("server_group_member.main/ecs-01"): "2026-01-01T00:00:00+00:00"},
    cloud=CloudIdentity({"": "1", "biz": "2"}, "name.content"),
)


def test_a_state_knows_addresses_by_id_and_what_the_stack_owns() -> None:
    assert RECORD.ids["id-vpc-security"] == "vpc.security"
    assert RECORD.ids["vpc-1"] == "vpc.theirs"
    assert "" not in RECORD.ids
    assert RECORD.owned == set(APPLIED)


def test_a_state_survives_its_encoding() -> None:
    assert State.from_json(RECORD.to_json(), "x.json") == RECORD
    assert State.from_json(RECORD.to_json().encode(), "x.json") == RECORD


@settings(deadline=None)
@given(st.sets(st.sampled_from(sorted(APPLIED))), st.integers(0, 10**9))
def test_any_part_of_a_state_survives_its_encoding(chosen: set[Address], generation: int) -> None:
    record = State("demo", "r", {at: APPLIED[at] for at in chosen}, {}, generation)
    assert State.from_json(record.to_json(), "x.json") == record


def test_flags_of_a_node_survive_the_encoding() -> None:
    for flags in ({"protect": True}, {"adopt": True}, {"owned": False}, {"account": "biz"}):
        node = replace(Node(vpc(), id="vpc-1"), **flags)
        record = State("demo", "r", {Address("vpc.a"): node})
        assert State.from_json(record.to_json(), "x") == record


def test_equal_states_have_the_same_text() -> None:
    other = replace(RECORD, applied=dict(reversed(list(RECORD.applied.items()))))
    assert other.to_json() == RECORD.to_json()


def test_a_state_has_its_format_of_old() -> None:
    keys = ["format_version", "stack", "region", "generation", "applied", "before", "made"]
    more = ["made_at", "removed", "accounts", "simulator"]
    assert list(json.loads(RECORD.to_json())) == [*keys, *more]


def test_a_state_of_an_earlier_version_names_no_cloud() -> None:
    older = json.loads(RECORD.to_json())
    del older["accounts"], older["simulator"]
    assert not State.from_json(json.dumps(older), "x.json").cloud.is_known


class TestRefusals:
    @staticmethod
    def refused(text: str) -> str:
        with pytest.raises(StateError) as caught:
            State.from_json(text, "state/demo.json")
        assert "state/demo.json" in str(caught.value)
        return str(caught.value)

    @pytest.mark.parametrize("text", ["", "{", "null", "[]", "3", "{}", '"x"', "[" * 100_000])
    def test_text_that_is_no_state_is_refused(self, text: str) -> None:
        assert "is no record of a stack" in self.refused(text)

    def test_another_format_is_refused(self) -> None:
        text = RECORD.to_json().replace('"format_version": 1', '"format_version": 9')
        assert "has format 9; this version reads 1" in self.refused(text)

    def test_a_truncated_state_is_refused(self) -> None:
        text = RECORD.to_json()
        for length in range(0, len(text) - 2, len(text) // 50):
            self.refused(text[:length])

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda content: content.pop("stack"),
            lambda content: content.pop("before"),
            lambda content: content.update(applied=[]),
            lambda content: content.update(generation="many"),
            lambda content: content["applied"].update({"dragon.main": {"properties": {}}}),
            lambda content: content["applied"].update({"vpc.x": {}}),
            lambda content: content["applied"].update({"vpc.x": None}),
            lambda content: content["applied"].update({"vpc.x": {"properties": {"colour": "red"}}}),
            lambda content: content["before"].update({"vpc.x": {"cidr": 3}}),
        ],
    )
    def test_a_state_with_senseless_content_is_refused(
        self, spoil: Callable[[Any], object]
    ) -> None:
        content = json.loads(RECORD.to_json())
        spoil(content)
        assert "is no record of a stack" in self.refused(json.dumps(content))


class TestLaunchTemplates:
    """What an instance was launched with is known for certain from the record."""

    AT = Address("instance.server/shop/web")

    def live(self, template: str | None, cloud_id: str = "i-1") -> Live:
        return Live({self.AT: Node(server(template), id=cloud_id), Address("vpc.a"): Node(vpc())})

    def completed(self, live: Live) -> str | None:
        record = State("demo", "r", {self.AT: Node(server("recorded"), id="i-1")})
        found = record.with_launch_templates(live).nodes
        assert found[Address("vpc.a")] == Node(vpc())
        resource = found[self.AT].resource
        assert isinstance(resource, Instance)
        return resource.template

    @pytest.mark.parametrize("template", ["edited", None])
    def test_the_recorded_template_counts_before_an_edited_or_lost_tag(
        self, template: str | None
    ) -> None:
        assert self.completed(self.live(template)) == "recorded"

    def test_the_recorded_template_of_another_instance_is_ignored(self) -> None:
        assert self.completed(self.live("edited", "i-2")) == "edited"

    def test_live_state_stays_where_nothing_was_recorded(self) -> None:
        live = self.live("edited")
        assert State("demo", "r").with_launch_templates(live) == live


def server(template: str | None) -> Instance:
    return Instance(vswitch=Ref("vsw-1"), zone="b", instance_type="t", template=template)
