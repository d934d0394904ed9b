"""What holds for every action: rehearsal, client tokens, tags, pages, and that a refusal undoes."""

from collections.abc import Callable

import pytest
from alibabacloud_vpc20160428 import models

from gwlbfw.sim.clock import RealClock, timestamp
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpRequest
from tests.sim.cloud import Cloud
from tests.sim.services.vpc.calls import REGION, Vpcs

CIDR = "10.0.0.0/8"


def test_dry_run_changes_nothing(vpcs: Vpcs) -> None:
    refusal = vpcs.refused("create_vpc", cidr_block=CIDR, dry_run=True)
    assert refusal == (400, "DryRunOperation")
    assert vpcs.cloud.simulator.status().empty
    vpc = vpcs.vpc()
    assert vpcs.refused("delete_vpc", vpc_id=vpc, dry_run=True)[1] == "DryRunOperation"
    vpcs.cloud.settle()
    assert vpcs.call("describe_vpcs", vpc_id=vpc)["TotalCount"] == 1


def test_dry_run_finds_the_errors_of_the_call(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.vswitch(vpc)
    refusal = vpcs.refused("delete_vpc", vpc_id=vpc, dry_run=True)
    assert refusal[1] == "DependencyViolation.VSwitch"


def test_repeated_client_token_carries_a_call_out_once(vpcs: Vpcs) -> None:
    request = vpcs.request("create_vpc", cidr_block=CIDR, client_token="t-1")
    first, second = vpcs.client.create_vpc(request).body, vpcs.client.create_vpc(request).body
    assert first.vpc_id == second.vpc_id
    assert first.request_id != second.request_id
    assert vpcs.call("describe_vpcs")["TotalCount"] == 1


def test_repeated_client_token_is_answered_after_deletion_too(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    for _ in range(2):
        vpcs.call("delete_vpc", vpc_id=vpc, client_token="t-2")
        vpcs.cloud.settle()


def test_client_token_with_other_parameters_is_refused(vpcs: Vpcs) -> None:
    vpc = vpcs.call("create_vpc", cidr_block=CIDR, client_token="t")["VpcId"]
    refusal = vpcs.refused("create_vpc", cidr_block="11.0.0.0/8", client_token="t")
    assert refusal == (400, "IdempotentParameterMismatch")
    vpcs.cloud.settle()
    vpcs.call("create_route_table", vpc_id=vpc, client_token="t")


def test_client_token_of_a_refused_call_stays_unused(vpcs: Vpcs) -> None:
    vpcs.refused("create_vpc", cidr_block="nonsense", client_token="t")
    vpcs.call("create_vpc", cidr_block=CIDR, client_token="t")


def test_client_token_is_ignored_where_the_action_has_none(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vswitch = vpcs.vswitch(vpc)
    simulator = vpcs.cloud.simulator
    for code in (b"RequestId", b"IncorrectVSwitchStatus"):
        query = f"VSwitchId={vswitch}&ClientToken=t"
        assert code in simulator.handle(_http("DeleteVSwitch", query)).body


def _http(action: str, query: str) -> HttpRequest:
    headers = {"x-acs-action": action, "x-acs-version": "2016-04-28"}
    return HttpRequest("POST", query, headers)


def test_tags_are_set_at_creation_added_removed_and_listed(vpcs: Vpcs) -> None:
    tag = models.CreateVpcRequestTag(key="a", value="1")
    vpc = vpcs.vpc(tag=[tag])
    more = [models.TagResourcesRequestTag(key="b", value="2")]
    vpcs.call("tag_resources", resource_type="VPC", resource_id=[vpc], tag=more)
    listed = vpcs.call("list_tag_resources", resource_type="VPC", resource_id=[vpc])
    found = [(each["TagKey"], each["TagValue"]) for each in listed["TagResources"]["TagResource"]]
    assert found == [("a", "1"), ("b", "2")]
    one = vpcs.call("describe_vpcs", vpc_id=vpc)["Vpcs"]["Vpc"][0]
    assert one["Tags"]["Tag"] == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    gone = {"resource_type": "VPC", "resource_id": [vpc]}
    vpcs.call("un_tag_resources", **gone, tag_key=["a"])
    listed = vpcs.call("list_tag_resources", **gone)
    assert [each["TagKey"] for each in listed["TagResources"]["TagResource"]] == ["b"]
    vpcs.call("un_tag_resources", **gone, all=True)
    assert vpcs.call("list_tag_resources", **gone)["TagResources"] == {"TagResource": []}


def test_list_is_filtered_by_tag(vpcs: Vpcs) -> None:
    tags = [models.CreateVpcRequestTag(key="stack", value="a")]
    vpc = vpcs.vpc(tag=tags)
    vpcs.vpc(tag=[models.CreateVpcRequestTag(key="stack", value="b")])
    vpcs.vpc()

    def found(**filters: str) -> list[str]:
        tag = [models.DescribeVpcsRequestTag(**filters)]
        listed = vpcs.call("describe_vpcs", tag=tag)["Vpcs"]["Vpc"]
        return [each["VpcId"] for each in listed]

    assert found(key="stack", value="a") == [vpc]
    assert len(found(key="stack")) == 2
    assert found(key="other") == []


def test_list_tag_resources_filters_by_tag(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc(tag=[models.CreateVpcRequestTag(key="stack", value="a")])
    vpcs.vpc()
    tag = [models.ListTagResourcesRequestTag(key="stack", value="a")]
    listed = vpcs.call("list_tag_resources", resource_type="vpc", tag=tag)["TagResources"]
    assert [each["ResourceId"] for each in listed["TagResource"]] == [vpc]
    refusal = vpcs.refused("list_tag_resources", resource_type="VPC")
    assert refusal == (400, "MissingParameter")


@pytest.mark.parametrize("key", ["acs:x", "aliyun1", "http://x", "k" * 129])
def test_reserved_tag_key_is_refused(vpcs: Vpcs, key: str) -> None:
    tag = [models.CreateVpcRequestTag(key=key, value="v")]
    assert vpcs.refused("create_vpc", cidr_block=CIDR, tag=tag)[1] == "IllegalParam.Tag.Key"


def test_resource_has_at_most_twenty_tags(vpcs: Vpcs) -> None:
    tags = [models.CreateVpcRequestTag(key=f"k{n}", value="v") for n in range(20)]
    vpc = vpcs.vpc(tag=tags)
    more = [models.TagResourcesRequestTag(key="k20", value="v")]
    refusal = vpcs.refused("tag_resources", resource_type="VPC", resource_id=[vpc], tag=more)
    assert refusal[1] == "QuotaExceeded.Tag"
    listed = vpcs.call("list_tag_resources", resource_type="VPC", resource_id=[vpc])
    assert len(listed["TagResources"]["TagResource"]) == 20


def test_tagging_an_unknown_resource_is_refused(vpcs: Vpcs) -> None:
    tags = [models.TagResourcesRequestTag(key="k", value="v")]
    call = {"resource_id": ["vpc-none"], "tag": tags}
    assert vpcs.refused("tag_resources", resource_type="VPC", **call) == (
        404,
        "InvalidVpcId.NotFound",
    )
    refusal = vpcs.refused("tag_resources", resource_type="TEAPOT", **call)
    assert refusal[1] == "IllegalParam.ResourceType"


def test_pages_by_number_show_every_item_once(vpcs: Vpcs) -> None:
    made = [vpcs.call("create_vpc", cidr_block=CIDR)["VpcId"] for _ in range(5)]
    seen = []
    for number in (1, 2, 3):
        page = vpcs.call("describe_vpcs", page_number=number, page_size=2)
        assert (page["TotalCount"], page["PageNumber"], page["PageSize"]) == (5, number, 2)
        seen += [each["VpcId"] for each in page["Vpcs"]["Vpc"]]
    assert seen == made
    assert vpcs.call("describe_vpcs", page_number=9)["Vpcs"]["Vpc"] == []


def test_next_token_of_another_action_is_refused(vpcs: Vpcs) -> None:
    for _ in range(2):
        vpcs.gateway(vpcs.vpc())
    token = vpcs.call("list_ipv_4gateways", max_results=1)["NextToken"]
    assert token
    last = vpcs.call("list_ipv_4gateways", max_results=1, next_token=token)
    assert (len(last["Ipv4GatewayModels"]), last["NextToken"]) == (1, "")
    table = vpcs.system_table(vpcs.vpc())
    refusals = [
        vpcs.refused("describe_route_entry_list", route_table_id=table, next_token=token),
        vpcs.refused("list_ipv_4gateways", next_token="nonsense"),
        vpcs.refused("list_ipv_4gateways", next_token="ünsinn"),
    ]
    assert [code for _, code in refusals] == ["IllegalParam.NextToken"] * 3


def test_reset_removes_every_resource(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.vswitch(vpc)
    simulator = vpcs.cloud.simulator
    simulator.reset()
    assert simulator.status().empty
    assert vpcs.vpc() != vpc


def test_status_counts_resources_by_region(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.vswitch(vpc)
    vpcs.table(vpc)
    vpcs.call("create_vpc", cidr_block=CIDR, region_id="cn-hangzhou")
    status = vpcs.cloud.simulator.status
    assert status(REGION).resources == {"route_table": 1, "vpc": 1, "vswitch": 1}
    assert status("cn-hangzhou").resources == {"vpc": 1}
    assert status().resources["vpc"] == 2


def test_same_calls_give_the_same_ids() -> None:
    bodies = []
    for _ in range(2):
        simulator = Simulator()
        bodies.append(simulator.handle(_http("CreateVpc", f"CidrBlock={CIDR}")).body)
        simulator.close()
    ids = [body.partition(b'"VpcId":"')[2][:24] for body in bodies]
    assert ids[0] == ids[1]
    assert ids[0].startswith(b"vpc-")


def test_defect_in_a_handler_rolls_back_its_changes(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("gwlbfw.sim.store.region.Region.transition", broken)
    with pytest.raises(ZeroDivisionError):
        cloud.simulator.handle(_http("CreateVpc", f"CidrBlock={CIDR}"))
    assert cloud.simulator.status().empty


def test_real_clock_has_the_time_of_day() -> None:
    clock: Callable[[], float] = RealClock().now
    assert timestamp(clock()) > "2025"
    assert timestamp(0) == "1970-01-01T00:00:00Z"
