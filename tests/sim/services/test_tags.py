"""Tags of all products."""

import pytest
from alibabacloud_vpc20160428 import models

from tests.sim.services.gwlb.calls import Firewall
from tests.sim.services.vpc.calls import Vpcs

CIDR = "10.0.0.0/8"


def test_privatelink_tags_take_resource_types_in_any_case(fw: Firewall) -> None:
    service = fw.service(Tag=[{"Key": "a", "Value": "1"}])
    named = {"ResourceType": "VpcEndpointService", "ResourceId": [service]}
    fw.link("TagResources", **named, Tag=[{"Key": "b", "Value": "2"}])
    lower = {"ResourceType": "vpcendpointservice", "ResourceId": [service]}
    tags = fw.link("ListTagResources", **lower)["TagResources"]
    assert {each["TagKey"]: each["TagValue"] for each in tags} == {"a": "1", "b": "2"}
    fw.link("UntagResources", **lower, TagKey=["a"])
    (found,) = fw.link("ListVpcEndpointServices", ServiceId=service)["Services"]
    assert found["Tags"] == [{"Key": "b", "Value": "2"}]


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ([{"Key": "k" * 65, "Value": "v"}], "IllegalParamFormat.Tag.Key"),
        ([{"Key": "k", "Value": "v" * 129}], "IllegalParamFormat.Tag.Value"),
        ([{"Key": f"k{n}", "Value": "v"} for n in range(21)], "QuotaExceeded.Tag"),
    ],
)
def test_privatelink_tags_are_limited(fw: Firewall, tags: list[dict[str, str]], code: str) -> None:
    refused = fw.link.refused("CreateVpcEndpointService", ServiceResourceType="gwlb", Tag=tags)
    assert refused == (400, code)


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
