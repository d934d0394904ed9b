"""Replies are whole: what a handler leaves out is there, empty, as the SDK models it."""

from typing import cast

import pytest
from alibabacloud_vpc20160428 import models

from gwlbfw.openapi import catalogue, reply_shape
from gwlbfw.sim.replies import LEFT_OUT, complete
from gwlbfw.sim.services.registry import implemented
from gwlbfw.sim.wire import HttpRequest, Json, Reply
from tests.sim.cloud import Cloud
from tests.support.reply_shapes import deviations

MODELLED = sorted(implemented() & catalogue().keys())


@pytest.mark.parametrize(("product", "action"), MODELLED, ids=":".join)
def test_empty_reply_is_completed_to_the_shape_of_its_model(product: str, action: str) -> None:
    whole = cast("dict[str, object]", complete({}, product, action))
    assert reply_shape(product, action)
    assert deviations(product, action, cast("Json", whole)) == []
    assert "RequestId" not in whole


def test_items_of_lists_are_completed_and_keep_what_they_say() -> None:
    reply: Reply = {"Vpcs": {"Vpc": [{"VpcId": "vpc-1", "Tags": {"Tag": [{"Key": "k"}]}}]}}
    whole = complete(reply, "vpc", "DescribeVpcs")
    assert deviations("vpc", "DescribeVpcs", cast("Json", whole)) == []
    (vpc,) = cast("list[dict[str, object]]", cast("dict[str, object]", whole["Vpcs"])["Vpc"])
    assert vpc["VpcId"] == "vpc-1"
    assert vpc["Tags"] == {"Tag": [{"Key": "k", "Value": ""}]}
    assert vpc["VpcName"] == ""


def test_every_field_that_is_left_out_names_its_source() -> None:
    assert all(each.source for each in LEFT_OUT)


def test_parameter_without_simulated_effect_is_refused_by_name_and_changes_nothing(
    cloud: Cloud,
) -> None:
    client = cloud.vpc()
    request = models.CreateVpcRequest(cidr_block="10.0.0.0/8", ipv_4ipam_pool_id="ipam-1")
    refusal = cloud.refused(client.create_vpc, request)
    assert refusal == (400, "NotSimulated.Ipv4IpamPoolId")
    assert cloud.simulator.status().empty


def test_parameter_that_the_action_lacks_is_ignored_and_recorded(cloud: Cloud) -> None:
    simulator = cloud.simulator
    query = "Action=CreateVpc&Version=2016-04-28&CidrBlock=10.0.0.0/8&Colour=red&AccessKeyId=any"
    assert simulator.handle(HttpRequest("POST", query)).status == 200
    assert simulator.activity.entries(1)[0].ignored == ["Colour"]
