"""Tags of all products."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from alibabacloud_vpc20160428 import models

from gwlbfw.sim.wire import HttpRequest
from tests.sim.services.gwlb.calls import REGION, Firewall
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
    vpcs.call("un_tag_resources", **gone, tag_key=["a"], all=True)
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
    assert vpcs.refused("create_vpc", cidr_block=CIDR, tag=tag)[1] == "IllegalParam.TagKey"


def test_resource_has_at_most_twenty_tags(vpcs: Vpcs) -> None:
    tags = [models.CreateVpcRequestTag(key=f"k{n}", value="v") for n in range(20)]
    vpc = vpcs.vpc(tag=tags)
    more = [models.TagResourcesRequestTag(key="k20", value="v")]
    refusal = vpcs.refused("tag_resources", resource_type="VPC", resource_id=[vpc], tag=more)
    assert refusal[1] == "QuotaExceeded.TagNum"
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


PRODUCTS = ("vpc", "ecs", "gwlb", "privatelink")
VERSIONS = {
    "vpc": "2016-04-28",
    "ecs": "2014-05-26",
    "gwlb": "2024-04-15",
    "privatelink": "2020-04-15",
}
TYPES = {
    "vpc": "VPC",
    "ecs": "securitygroup",
    "gwlb": "servergroup",
    "privatelink": "VpcEndpointService",
}


@dataclass(frozen=True)
class Tagged:
    """A resource of each product that takes tags, over the wire."""

    fw: Firewall
    ids: Mapping[str, str]

    def send(self, product: str, action: str, *tags: tuple[str, str], **more: str) -> Any:
        """Status and body of the reply to a tag action on the product's resource."""
        flat = {"Action": action, "Version": VERSIONS[product], "RegionId": REGION, **more}
        flat |= {"ResourceType": TYPES[product], "ResourceId.1": self.ids[product]}
        for number, (key, value) in enumerate(tags, 1):
            flat |= {f"Tag.{number}.Key": key, f"Tag.{number}.Value": value}
        return _sent(self.fw, flat)

    def tags(self, product: str) -> dict[str, str]:
        """The tags of the product's resource."""
        _, body = self.send(product, "ListTagResources")
        listed = body["TagResources"]
        entries = listed["TagResource"] if isinstance(listed, dict) else listed
        return {each["TagKey"]: each["TagValue"] for each in entries}


def _sent(fw: Firewall, flat: dict[str, str]) -> Any:
    reply = fw.cloud.simulator.handle(HttpRequest("POST", urlencode(flat)))
    return reply.status, json.loads(reply.body)


@pytest.fixture
def tagged(fw: Firewall) -> Tagged:
    group = fw.gwlb("CreateServerGroup", VpcId=fw.ecs.vpc)["ServerGroupId"]
    ids = {"vpc": fw.ecs.vpc, "ecs": fw.ecs.group, "gwlb": group, "privatelink": fw.service()}
    return Tagged(fw, ids)


@pytest.mark.parametrize("product", PRODUCTS)
def test_value_may_be_empty_at_creation_and_later(tagged: Tagged, product: str) -> None:
    assert tagged.send(product, "TagResources", ("empty", ""))[0] == 200
    assert tagged.tags(product) == {"empty": ""}
    create = {
        "vpc": {"Action": "CreateVpc", "CidrBlock": CIDR},
        "ecs": {"Action": "CreateSecurityGroup", "VpcId": tagged.ids["vpc"]},
        "gwlb": {"Action": "CreateServerGroup", "VpcId": tagged.ids["vpc"]},
        "privatelink": {"Action": "CreateVpcEndpointService", "ServiceResourceType": "gwlb"},
    }[product]
    tag = {"Tag.1.Key": "empty", "Tag.1.Value": ""}
    status, made = _sent(
        tagged.fw, {**create, **tag, "Version": VERSIONS[product], "RegionId": REGION}
    )
    assert status == 200
    identity = {
        "vpc": "VpcId",
        "ecs": "SecurityGroupId",
        "gwlb": "ServerGroupId",
        "privatelink": "ServiceId",
    }[product]
    new = Tagged(tagged.fw, {**tagged.ids, product: made[identity]})
    assert new.tags(product) == {"empty": ""}


CODES = {
    "twice": {
        "vpc": "Forbidden.TagKey.Duplicated",
        "ecs": "Duplicate.TagKey",
        "gwlb": "DuplicatedParam.TagKey",
        "privatelink": "DuplicatedParam.TagKey",
    },
    "no key": {
        "vpc": "MissingParam.TagKey",
        "ecs": "MissingParameter.TagKey",
        "gwlb": "MissingParam.TagKey",
        "privatelink": "MissingParam.TagKey",
    },
    "key": {
        "vpc": "IllegalParam.TagKey",
        "ecs": "InvalidTagKey.Malformed",
        "gwlb": "IllegalParam.TagKey",
        "privatelink": "IllegalParamFormat.Tag.Key",
    },
    "value": {
        "vpc": "IllegalParam.TagValue",
        "ecs": "InvalidTagValue.Malformed",
        "gwlb": "IllegalParam.TagValue",
        "privatelink": "IllegalParamFormat.Tag.Value",
    },
    "many": {
        "vpc": "SizeLimitExceeded.TagNum",
        "ecs": "NumberExceed.Tags",
        "gwlb": "QuotaExceeded.Tag",
        "privatelink": "QuotaExceeded.Tag",
    },
}


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize(
    ("tags", "what"),
    [
        ([("k", "1"), ("l", "1"), ("k", "2")], "twice"),
        ([("k", "1"), ("", "1")], "no key"),
        ([("acs:k", "1")], "key"),
        ([("k" * 129, "1")], "key"),
        ([("ahttp://", "1")], "key"),
        ([("k", "https://x")], "value"),
        ([("k", "v" * 257)], "value"),
        ([(f"k{number}", "") for number in range(21)], "many"),
    ],
)
def test_wrong_tags_are_refused_with_the_products_code(
    tagged: Tagged, product: str, tags: list[tuple[str, str]], what: str
) -> None:
    status, body = tagged.send(product, "TagResources", *tags)
    assert (status, body["Code"]) == (400, CODES[what][product])
    if what in ("key", "value"):
        assert f"Tag.1.{what.capitalize()}" in body["Message"]
    assert tagged.tags(product) == {}


@pytest.mark.parametrize("product", PRODUCTS)
def test_value_has_to_be_given_where_tags_are_added(tagged: Tagged, product: str) -> None:
    status, body = tagged.send(product, "TagResources", **{"Tag.1.Key": "k"})
    missing = "MissingParameter" if product == "ecs" else "MissingParam"
    assert (status, body["Code"]) == (400, f"{missing}.TagValue")
    create = {"Action": "CreateVpc", "CidrBlock": CIDR, "Tag.1.Key": "k", "RegionId": REGION}
    assert _sent(tagged.fw, {**create, "Version": VERSIONS["vpc"]})[0] == 200


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("name", ["Tag", "Tag.1", "Tag.Key", "Tag.1.Key.1", "Tag.1.Value.X"])
def test_tags_of_another_shape_are_refused(tagged: Tagged, product: str, name: str) -> None:
    shape = {"Tag.1.Key": "k"} if name == "Tag.1.Value.X" else {}
    status, body = tagged.send(product, "TagResources", **{name: "x"}, **shape)
    assert (status, "expected" in body["Message"]) == (400, True)


@pytest.mark.parametrize(
    ("product", "status"), [("vpc", 400), ("privatelink", 400), ("ecs", 200), ("gwlb", 200)]
)
def test_value_may_begin_like_a_reserved_key_where_the_product_says_so(
    tagged: Tagged, product: str, status: int
) -> None:
    for value in ("acs:x", "aliyun"):
        assert tagged.send(product, "TagResources", ("k", value))[0] == status


def test_privatelink_untags_by_the_name_that_it_tags_by(tagged: Tagged) -> None:
    tagged.send("privatelink", "TagResources", ("k", "v"))
    assert tagged.send("privatelink", "UntagResources", **{"TagKey.1": "k"})[0] == 200
    assert tagged.tags("privatelink") == {}
