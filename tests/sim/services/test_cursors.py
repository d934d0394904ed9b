"""Lists that change while they are read, page by page."""

from typing import Any

import pytest
from alibabacloud_vpc20160428 import models

from tests.sim.services.gwlb.calls import Firewall
from tests.sim.services.vpc.calls import Vpcs

CIDR = "10.0.0.0/8"


def _gateways(vpcs: Vpcs, **filters: Any) -> dict[str, Any]:
    return dict(vpcs.call("list_ipv_4gateways", max_results=2, **filters))


def _ids(page: dict[str, Any]) -> list[str]:
    return [each["Ipv4GatewayId"] for each in page["Ipv4GatewayModels"]]


@pytest.fixture
def gateways(vpcs: Vpcs) -> list[str]:
    """Five gateways, oldest first."""
    return [vpcs.gateway(vpcs.vpc()) for _ in range(5)]


def _delete(vpcs: Vpcs, gateway: str) -> None:
    vpcs.call("delete_ipv_4gateway", ipv_4gateway_id=gateway)
    vpcs.cloud.settle()


@pytest.mark.parametrize("gone", [[0], [1], [0, 1], [2], [0, 1, 2]])
def test_page_is_complete_whatever_was_deleted_before_it(
    vpcs: Vpcs, gateways: list[str], gone: list[int]
) -> None:
    first = _gateways(vpcs)
    assert _ids(first) == gateways[:2]
    for each in gone:
        _delete(vpcs, gateways[each])
    left = [each for each in gateways[2:] if gateways.index(each) not in gone]
    seen, token = [], first["NextToken"]
    while token:
        page = _gateways(vpcs, next_token=token)
        seen += _ids(page)
        token = page["NextToken"]
    assert seen == left


def test_what_is_made_meanwhile_comes_last(vpcs: Vpcs, gateways: list[str]) -> None:
    token = _gateways(vpcs)["NextToken"]
    made = vpcs.gateway(vpcs.vpc())
    second = _gateways(vpcs, next_token=token)
    third = _gateways(vpcs, next_token=second["NextToken"])
    assert _ids(second) + _ids(third) == [*gateways[2:], made]


def test_token_is_good_for_its_own_list_alone(vpcs: Vpcs, gateways: list[str]) -> None:
    token = _gateways(vpcs)["NextToken"]
    other = vpcs.refused
    refusals = [
        other("list_ipv_4gateways", next_token=token, ipv_4gateway_name="x"),
        other("list_ipv_4gateways", next_token=token, region_id="cn-hangzhou"),
        other("list_ipv_4gateways", next_token=token[:-4]),
        other("list_ipv_4gateways", next_token="WzFd"),
        other("list_ipv_4gateways", next_token="e30="),
        other("list_ipv_4gateways", next_token="bm9uZQ=="),
    ]
    assert refusals == [(400, "IllegalParam.NextToken")] * len(refusals)
    assert len(_ids(dict(vpcs.call("list_ipv_4gateways", next_token=token, max_results=9)))) == 3
    assert len(gateways) == 5


def test_tags_are_all_read_though_those_of_earlier_pages_are_removed(vpcs: Vpcs) -> None:
    vpc_ids = [
        vpcs.vpc(tag=[models.CreateVpcRequestTag(key=f"k{n:02}", value="") for n in range(20)])
        for _ in range(3)
    ]
    listed = [models.ListTagResourcesRequestTag(key="k01")]
    page = vpcs.call("list_tag_resources", resource_type="VPC", tag=listed)
    first = page["TagResources"]["TagResource"]
    assert (len(first), bool(page["NextToken"])) == (50, True)
    vpcs.call("un_tag_resources", resource_type="VPC", resource_id=[vpc_ids[0]], all=True)
    rest = vpcs.call(
        "list_tag_resources", resource_type="VPC", tag=listed, next_token=page["NextToken"]
    )
    seen = {(each["ResourceId"], each["TagKey"]) for each in first}
    seen |= {(each["ResourceId"], each["TagKey"]) for each in rest["TagResources"]["TagResource"]}
    assert len(seen) == 60


def test_pages_of_rules_go_on_where_the_last_one_ended(fw: Firewall) -> None:
    ecs, group = fw.ecs, {"SecurityGroupId": fw.ecs.group}
    for port in range(1, 24):
        ports = {"PortRange": f"{port}/{port}", "SourceCidrIp": "0.0.0.0/0"}
        ecs.call("authorize_security_group", **group, IpProtocol="tcp", **ports)

    def read(**more: Any) -> tuple[list[str], str]:
        page = ecs.call("describe_security_group_attribute", **group, **more)
        rules = page["Permissions"]["Permission"]
        return [each["SecurityGroupRuleId"] for each in rules], page["NextToken"]

    everything, _ = read()
    first, token = read(MaxResults=10)
    ecs.call("revoke_security_group", **group, SecurityGroupRuleId=first)
    rest, _ = read(MaxResults=100, NextToken=token)
    assert first + rest == everything
