"""What is asked of the cloud before anything is changed."""

from collections.abc import Mapping
from dataclasses import replace

from gwlbfw.address import Address
from gwlbfw.cloud.backoff import LOOPBACK_BACKOFF
from gwlbfw.cloud.call import Json
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.clock import ManualClock
from gwlbfw.cloud.error_codes import cloud_error
from gwlbfw.cloud.transport import BoundCall
from gwlbfw.diagnostics import Diagnostic
from gwlbfw.diff import diff
from gwlbfw.errors import CloudError
from gwlbfw.plan.preflight import fetch_preflight_problems
from gwlbfw.resources import Instance
from gwlbfw.resources.graph import Live, ResourceGraph
from tests.unit.execute.fake_transport import Answer, FakeTransport
from tests.unit.samples import B, C, example, live_of, topology

APPLIANCE, SERVER = "ecs.g7ne.xlarge", "ecs.g7.large"


def zones(*ids: str) -> list[Mapping[str, Json]]:
    return [{"ZoneId": each} for each in ids]


def types(jumbo: Mapping[str, Json]) -> Answer:
    def answer(call: BoundCall) -> Mapping[str, Json]:
        asked = call.params["InstanceTypes"]
        assert isinstance(asked, list)
        rows: list[Json] = [
            {"InstanceTypeId": name, "JumboFrameSupport": jumbo[name]}
            for name in asked
            if name in jumbo
        ]
        return {"InstanceTypes": {"InstanceType": rows}}

    return answer


def cloud(
    *,
    balancer: tuple[str, ...] = (B, C),
    link: tuple[str, ...] = (B, C),
    jumbo: Mapping[str, Json] | None = None,
    images: int = 1,
    key_pairs: int = 1,
    role: CloudError | None = None,
) -> FakeTransport:
    """A cloud in which everything is possible, unless told otherwise."""

    def offered(call: BoundCall) -> Mapping[str, Json]:
        gwlb = call.product == "gwlb"
        return {"Zones": zones(*balancer) if gwlb else {"Zone": zones(*link)}}

    return FakeTransport(
        DescribeZones=offered,
        DescribeInstanceTypes=types({APPLIANCE: True, SERVER: True} if jumbo is None else jumbo),
        DescribeImages={"Images": {"Image": [{"ImageId": "m-1"}] * images}},
        DescribeKeyPairs={"KeyPairs": {"KeyPair": [{"KeyPairName": "ops"}] * key_pairs}},
        GetRole={"Role": {}} if role is None else role,
    )


async def ask(
    far_end: FakeTransport, target: ResourceGraph | None = None, live: Live | None = None
) -> list[Diagnostic]:
    api = ApiClient(far_end, ManualClock(), LOOPBACK_BACKOFF, "cn-wulanchabu")
    changes = diff(example() if target is None else target, live or Live(), {})
    try:
        return list(await fetch_preflight_problems(api, topology(), changes))
    finally:
        api.close()


async def test_possible_plan_has_no_preflight_problem() -> None:
    assert await ask(cloud()) == []


async def test_plan_that_makes_nothing_sends_no_preflight_call() -> None:
    far_end = cloud()
    assert await ask(far_end, example(), live_of(example())) == []
    assert await ask(far_end, {}, live_of(example())) == []
    assert far_end.calls == []


async def test_a_zone_that_one_of_the_products_lacks_is_named_at_its_place() -> None:
    problems = await ask(cloud(balancer=(B,), link=()))
    assert [(each.code, each.message) for each in problems] == [
        ("zone-not-offered", f"Gateway Load Balancer is not offered in zone {C}; it has {B}"),
        *(
            (
                "zone-not-offered",
                f"PrivateLink with Gateway Load Balancers is not offered in zone {zone}",
            )
            for zone in (B, C)
        ),
    ]
    assert all(each.place and each.hint for each in problems)


async def test_zones_matter_only_to_what_is_zonal() -> None:
    far_end = cloud(balancer=())
    at = Address("instance.server/shop/ecs-b-01")
    missing = live_of(example(), [each for each in example() if each != at])
    assert await ask(far_end, example(), missing) == []
    assert sorted(set(far_end.actions)) == ["DescribeImages", "DescribeInstanceTypes"]


async def test_an_instance_type_that_does_not_exist_is_named_at_its_place() -> None:
    problems = await ask(cloud(jumbo={APPLIANCE: True}))
    assert {each.code for each in problems} == {"no-such-type"}
    assert [each.message for each in problems] == [
        f"there is no instance type {SERVER} in cn-wulanchabu"
    ] * 2
    lines = [each.place.text for each in problems if each.place]
    assert [("ecs-b-01" in line, "ecs-c-01" in line) for line in lines] == [
        (True, False),
        (False, True),
    ]


async def test_an_appliance_needs_jumbo_frames_and_a_server_does_not() -> None:
    problems = await ask(cloud(jumbo={APPLIANCE: False, SERVER: False}))
    assert [(each.code, each.severity) for each in problems] == [("no-jumbo-frames", "error")] * 2
    assert all("1568" in each.message for each in problems)


async def test_unknown_support_of_jumbo_frames_is_a_warning() -> None:
    problems = await ask(cloud(jumbo={APPLIANCE: None, SERVER: None}))
    assert {(each.code, each.severity) for each in problems} == {
        ("jumbo-frames-unknown", "warning")
    }


async def test_an_image_that_does_not_exist_is_named() -> None:
    (problem,) = await ask(cloud(images=0))
    assert problem.code == "no-such-image"
    assert "acs:alibaba_cloud_linux_3_2104_lts_x64" in problem.message


async def test_types_and_images_are_asked_for_once_however_many_instances_there_are() -> None:
    far_end = cloud()
    await ask(far_end)
    assert sorted(far_end.actions) == [
        "DescribeImages",
        "DescribeInstanceTypes",
        "DescribeZones",
        "DescribeZones",
    ]


async def test_an_image_may_be_named_by_its_id() -> None:
    at = Address("instance.server/shop/ecs-b-01")
    node = example()[at]
    plain = node.resource.model_copy(
        update={"image_id": "m-0jl1", "launch": type(node.resource).model_fields["launch"].default}
    )
    far_end = cloud()
    await ask(far_end, {at: type(node)(plain)})
    (call,) = (each for each in far_end.calls if each.action == "DescribeImages")
    assert call.params["ImageId"] == "m-0jl1"


def launched(**changed: object) -> ResourceGraph:
    """One server with these settings of its launch."""
    at = Address("instance.server/shop/ecs-b-01")
    node = example()[at]
    return {at: replace(node, resource=node.resource.model_copy(update=changed), account="biz")}


def with_role(name: str) -> ResourceGraph:
    at = Address("instance.server/shop/ecs-b-01")
    resource = example()[at].resource
    assert isinstance(resource, Instance)
    return launched(launch=resource.launch.model_copy(update={"ram_role": name}))


async def test_key_pair_that_does_not_exist_is_named_at_its_place() -> None:
    assert await ask(cloud(), launched(key_pair="ops")) == []
    (problem,) = await ask(cloud(key_pairs=0), launched(key_pair="ops"))
    assert problem.message == "there is no key pair ops in this region and account"
    assert problem.place is not None


async def test_what_is_launched_is_looked_up_in_its_own_account() -> None:
    far_end = cloud()
    await ask(far_end, launched(key_pair="ops"))
    assert {each.account for each in far_end.calls if each.action != "DescribeZones"} == {"biz"}


async def test_role_that_does_not_exist_is_named_and_one_that_may_not_be_read_is_a_warning() -> (
    None
):
    gone = CloudError("ram:GetRole", "EntityNotExist.Role", "none", "R-1", status=404)
    denied = cloud_error("ram:GetRole", "NoPermission", "no", "R-1", status=403)
    assert await ask(cloud(), with_role("ops")) == []
    (missing,) = await ask(cloud(role=gone), with_role("ops"))
    assert (missing.severity, missing.message) == (
        "error",
        "there is no RAM role ops in this account",
    )
    (unknown,) = await ask(cloud(role=denied), with_role("ops"))
    assert unknown.severity == "warning"
    assert "ram:GetRole" in (unknown.hint or "")
