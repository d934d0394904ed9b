import pytest

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Field
from gwlbfw.resources import Endpoint, Instance, Ipv4Gateway, Vpc, VSwitch
from gwlbfw.resources.graph import Live, Node
from gwlbfw.resources.resource import Found, Product, Resource, kinds, value_of
from gwlbfw.resources.serialization import decode, decode_node, encode_node, properties
from gwlbfw.resources.tags import read_tags, tagging
from tests.unit.samples import example, graph, vpc, vswitch

AT = Address("vpc.a")


def test_a_call_leaves_out_what_nobody_asked_for() -> None:
    call = Product("vpc").call("CreateVpc", CidrBlock="10.0.0.0/8", VpcName=None, Force=False)
    assert call.params == {"CidrBlock": "10.0.0.0/8", "Force": False}


def test_a_reference_is_sent_as_the_id_of_its_kind_or_as_the_id_that_it_is() -> None:
    assert value_of(Ref("vswitch.s")) == Field(Address("vswitch.s"), "VSwitchId")
    assert value_of(Ref("vsw-1")) == "vsw-1"


def test_every_reference_to_the_graph_is_found_wherever_it_stands() -> None:
    endpoint = Endpoint(
        vpc=Ref("vpc.a"), service=Ref("epsrv-1"), zones={"b": Ref("vswitch.b"), "c": Ref("vsw-1")}
    )
    assert list(endpoint.refs()) == [("vpc", "vpc.a"), ("zones", "vswitch.b")]
    server = Instance(
        vswitch=Ref("vswitch.s"),
        zone="b",
        instance_type="t",
        security_groups=(Ref("security_group.a"), Ref("security_group.b")),
    )
    assert [ref for _, ref in server.refs()] == [
        "vswitch.s",
        "security_group.a",
        "security_group.b",
    ]


def test_fixed_and_unread_properties_are_known_by_their_markers() -> None:
    assert VSwitch.fixed() == {"vpc", "zone", "cidr"}
    assert Ipv4Gateway.unread() == {"internet_mode", "returns_direct"}


class TestTags:
    def phases(self, wanted: dict[str, str], was: dict[str, str]) -> list[tuple[str, object]]:
        found = tagging(vpc(tags=wanted), AT, vpc(tags=was))
        return [
            (each.call.action, each.call.params.get("Tag") or each.call.params.get("TagKey"))
            for each in found
        ]

    def test_new_or_changed_tags_are_set_and_surplus_ones_removed(self) -> None:
        found = self.phases({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "9", "d": "4"})
        assert found == [
            ("TagResources", [{"Key": "b", "Value": "2"}, {"Key": "c", "Value": "3"}]),
            ("UnTagResources", ["d"]),
        ]

    def test_equal_tags_need_nothing(self) -> None:
        assert self.phases({"a": "1"}, {"a": "1"}) == []
        assert list(tagging(vpc(), AT, vpc())) == []

    def test_only_the_vpc_product_spells_untag_with_a_capital(self) -> None:
        server = Instance(vswitch=Ref("vsw-1"), zone="b", instance_type="t")
        old = server.model_copy(update={"tags": {"a": "1"}})
        (phase,) = tagging(server, Address("instance.i"), old)
        assert phase.call.name == "ecs:UntagResources"

    def test_the_clouds_own_tags_are_not_seen(self) -> None:
        tags = [
            {"Key": "team", "Value": "net"},
            {"Key": "acs:rm:rgId", "Value": "rg-1"},
            {"Key": "aliyun", "Value": "x"},
            {"Key": "", "Value": "x"},
            {"Key": "empty"},
        ]
        assert read_tags(tags) == {"team": "net", "empty": ""}
        assert read_tags([{"TagKey": "a", "TagValue": "b"}], "TagKey", "TagValue") == {"a": "b"}


class TestFound:
    FOUND = Found({"Text": "x", "No": None, "Yes": True, "Spelt": "True", "Zero": 0}, "")

    def test_a_missing_text_is_empty(self) -> None:
        assert [self.FOUND.text(name) for name in ("Text", "No", "Gone", "Zero")] == [
            "x", "", "", "0",
        ]  # fmt: skip

    def test_a_flag_is_read_in_every_form(self) -> None:
        assert [self.FOUND.flag(name) for name in ("Yes", "Spelt", "No", "Text")] == [
            True, True, False, False,
        ]  # fmt: skip


class TestUnfinishedKind:
    """A kind that says nothing of its own is refused at the first use, not silently wrong."""

    @pytest.mark.parametrize(
        "use",
        [
            lambda: Resource.read(Found({}, ""), None),  # type: ignore[arg-type]
            lambda: Resource().create(AT),
            lambda: Resource().update(AT, Resource(), frozenset()),
            lambda: Resource().delete(AT),
        ],
    )
    def test_use_of_the_base_class_is_an_error(self, use: object) -> None:
        assert callable(use)
        with pytest.raises(TypeError):
            use()

    def test_base_class_has_no_address_and_conflicts_with_nothing(self) -> None:
        assert Resource.address(Found({}, ""), None) is None  # type: ignore[arg-type]
        assert not Resource().conflicts_with(Resource())


class TestCodec:
    def test_every_sample_comes_back_from_its_properties(self) -> None:
        for at, node in example().items():
            assert decode(at, properties(node.resource)) == node.resource
            assert decode_node(at, encode_node(node)) == node

    def test_value_that_is_no_resource_is_refused(self) -> None:
        for at, value in (
            (Address("dragon.main"), {}),
            (AT, {}),
            (AT, {"cidr": "10.0.0.0/8", "colour": "red"}),
        ):
            with pytest.raises(ValueError, match=r"no kind|wrong properties"):
                decode(at, value)
        with pytest.raises(ValueError, match="is no object"):
            decode_node(AT, [])


class TestLive:
    def test_fingerprint_of_live_state_differs_with_any_property(self) -> None:
        def live(**node: object) -> Live:
            values: dict[str, object] = {"resource": vpc(), "id": "vpc-1", **node}
            return Live({AT: Node(**values)})  # type: ignore[arg-type]

        prints = [
            each.fingerprint
            for each in (
                Live(),
                live(),
                live(id="vpc-2"),
                live(owned=False),
                live(resource=vpc(name="x")),
            )
        ]
        assert len(set(prints)) == len(prints)
        assert live().fingerprint == live().fingerprint

    def test_everything_of_a_kind_is_found_strangers_included(self) -> None:
        own = graph({"vpc.a": vpc(), "vswitch.s": vswitch()})
        live = Live(own, others={"vpc-9": Node(vpc(), owned=False), "vsw-9": Node(vswitch())})
        assert [cloud_id for cloud_id, _ in live.of_kind("vpc")] == ["", "vpc-9"]


def test_kind_is_known_by_its_name() -> None:
    assert kinds()["vpc"] is Vpc
    assert all(cls.kind == name for name, cls in kinds().items())


def test_tags_that_do_not_fit_beside_the_old_ones_come_when_these_are_gone() -> None:
    def phases(old: int, new: int) -> list[tuple[str, int]]:
        was = vpc(tags={f"old-{each}": "x" for each in range(old)})
        wanted = vpc(tags={f"new-{each}": "x" for each in range(new)})
        found = tagging(wanted, AT, was)
        return [(p.name, len(p.call.params.get("Tag") or p.call.params["TagKey"])) for p in found]  # type: ignore[arg-type]

    assert phases(8, 12) == [("tag", 12), ("untag", 8)]
    assert phases(15, 15) == [("tag", 5), ("untag", 15), ("tag-2", 10)]
    assert phases(20, 20) == [("untag", 20), ("tag-2", 20)]
