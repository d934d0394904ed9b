"""Pages of lists."""

import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from tests.sim.services.vpc.calls import Vpcs

CIDR = "10.0.0.0/8"


def test_pages_by_number_show_every_item_once(vpcs: Vpcs) -> None:
    made = [vpcs.call("create_vpc", cidr_block=CIDR)["VpcId"] for _ in range(5)]
    seen = []
    for number in (1, 2, 3):
        page = vpcs.call("describe_vpcs", page_number=number, page_size=2)
        assert (page["TotalCount"], page["PageNumber"], page["PageSize"]) == (5, number, 2)
        seen += [each["VpcId"] for each in page["Vpcs"]["Vpc"]]
    assert seen == made
    assert vpcs.call("describe_vpcs", page_number=9)["Vpcs"]["Vpc"] == []


def test_number_of_no_page_is_refused(vpcs: Vpcs) -> None:
    request = vpcs.request("describe_vpcs", page_number=0)
    with pytest.raises(AlibabaCloudException, match="1 to 2147483647 is expected"):
        vpcs.client.describe_vpcs(request)


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
