"""Resource groups: kept, returned, filtered by, and moved between, in VPC and ECS."""

from typing import Any

import pytest
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

from tests.sim.cloud import Cloud
from tests.sim.services.ecs.calls import Ecs
from tests.sim.services.vpc.calls import Vpcs

DEFAULT = "rg-acfmsimdefault00"


class ResourceManager:
    """Calls of Resource Manager, of which there is no typed client here."""

    def __init__(self, cloud: Cloud) -> None:
        self.client = Client(cloud.config())

    def call(self, action: str, **query: str) -> Any:
        params = Params(
            action=action,
            version="2020-03-31",
            protocol="HTTPS",
            pathname="/",
            method="POST",
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        return self.client.call_api(params, OpenApiRequest(query=query), RuntimeOptions())["body"]

    def refused(self, action: str, **query: str) -> tuple[int, str]:
        with pytest.raises(AlibabaCloudException) as caught:
            self.call(action, **query)
        return caught.value.status_code, caught.value.code

    def groups(self, **query: str) -> list[dict[str, Any]]:
        return list(self.call("ListResourceGroups", **query)["ResourceGroups"]["ResourceGroup"])

    def new(self, name: str) -> str:
        made = self.call("CreateResourceGroup", Name=name, DisplayName=name.title())
        return str(made["ResourceGroup"]["Id"])


@pytest.fixture
def manager(cloud: Cloud) -> ResourceManager:
    return ResourceManager(cloud)


def test_an_account_has_the_default_group_and_another(manager: ResourceManager) -> None:
    default, other = manager.groups()
    assert (default["Id"], default["Name"], default["Status"]) == (DEFAULT, "default", "OK")
    assert other["Id"] != DEFAULT
    assert manager.groups(PageSize="1", PageNumber="2") == [other]
    assert manager.groups(Name="default") == [default]
    one = manager.call("GetResourceGroup", ResourceGroupId=DEFAULT)["ResourceGroup"]
    assert one["RegionStatuses"] == {
        "RegionStatus": [{"RegionId": "cn-wulanchabu", "Status": "OK"}]
    }


def test_a_group_of_ones_own_is_made_renamed_and_deleted_once_empty(
    manager: ResourceManager, vpcs: Vpcs
) -> None:
    group = manager.new("lab")
    assert manager.groups()[-1]["Status"] == "Creating"
    vpcs.cloud.settle()
    assert manager.groups()[-1]["Status"] == "OK"
    same_name = manager.refused("CreateResourceGroup", Name="lab", DisplayName="x")
    assert same_name == (409, "EntityAlreadyExists.ResourceGroup")
    manager.call("UpdateResourceGroup", ResourceGroupId=group, NewDisplayName="Laboratory")
    assert manager.groups()[-1]["DisplayName"] == "Laboratory"
    vpc = vpcs.vpc(resource_group_id=group)
    full = manager.refused("DeleteResourceGroup", ResourceGroupId=group)
    assert full == (409, "DeleteConflict.ResourceGroup.Resource")
    vpcs.call("delete_vpc", vpc_id=vpc)
    vpcs.cloud.settle()
    manager.call("DeleteResourceGroup", ResourceGroupId=group)
    vpcs.cloud.settle()
    assert manager.refused("GetResourceGroup", ResourceGroupId=group) == (
        404,
        "EntityNotExists.ResourceGroup",
    )
    assert manager.refused("DeleteResourceGroup", ResourceGroupId=DEFAULT)[0] == 403


def test_a_vpc_and_its_parts_are_in_its_group_and_move_with_it(
    manager: ResourceManager, vpcs: Vpcs
) -> None:
    group = manager.new("lab")
    vpc, other = vpcs.vpc(resource_group_id=group), vpcs.vpc("10.0.0.0/8")
    vswitch = vpcs.vswitch(vpc)

    def found(wanted: str) -> list[object]:
        listed = vpcs.call("describe_vpcs", resource_group_id=wanted)["Vpcs"]["Vpc"]
        switches = vpcs.call("describe_vswitches", resource_group_id=wanted)["VSwitches"]["VSwitch"]
        tables = vpcs.call("describe_route_table_list", resource_group_id=wanted)
        return [
            [each["VpcId"] for each in listed],
            [each["VSwitchId"] for each in switches],
            [each["VpcId"] for each in tables["RouterTableList"]["RouterTableListType"]],
        ]

    assert found(group) == [[vpc], [vswitch], [vpc]]
    assert found(DEFAULT) == [[other], [], [other]]
    vpcs.call("move_resource_group", resource_id=vpc, resource_type="VPC",
              new_resource_group_id=DEFAULT)  # fmt: skip
    assert found(DEFAULT) == [[vpc, other], [vswitch], [vpc, other]]
    assert vpcs.one_vswitch(vswitch)["ResourceGroupId"] == DEFAULT
    unknown = vpcs.refused("create_vpc", cidr_block="10.0.0.0/8", resource_group_id="rg-none")
    assert unknown == (400, "InvalidResourceGroupId")
    refusal = vpcs.refused("move_resource_group", resource_id=vswitch, resource_type="VSwitch",
                           new_resource_group_id=group)  # fmt: skip
    assert refusal == (400, "IllegalParam.ResourceType")


def test_an_ipv4_gateway_keeps_its_group(manager: ResourceManager, vpcs: Vpcs) -> None:
    group = manager.new("lab")
    made = vpcs.call("create_ipv_4gateway", vpc_id=vpcs.vpc(), resource_group_id=group)
    assert made["ResourceGroupId"] == group
    gateway = made["Ipv4GatewayId"]
    assert vpcs.one_gateway(gateway)["ResourceGroupId"] == group
    listed = vpcs.call("list_ipv_4gateways", resource_group_id=DEFAULT)
    assert listed["Ipv4GatewayModels"] == []
    vpcs.call("move_resource_group", resource_id=gateway, resource_type="IPv4Gateway",
              new_resource_group_id=DEFAULT)  # fmt: skip
    assert vpcs.one_gateway(gateway)["ResourceGroupId"] == DEFAULT


def test_instances_and_security_groups_have_a_resource_group_only_where_given(
    manager: ResourceManager, ecs: Ecs
) -> None:
    group = manager.new("lab")
    inside, outside = ecs.instance(ResourceGroupId=group), ecs.instance()
    assert ecs.ids(ResourceGroupId=group) == [inside]
    assert [each["ResourceGroupId"] for each in ecs.instances()] == [group, ""]
    ecs.call("join_resource_group", ResourceType="instance", ResourceId=outside,
             ResourceGroupId=group)  # fmt: skip
    assert ecs.ids(ResourceGroupId=group) == [inside, outside]
    ecs.call("join_resource_group", ResourceType="securitygroup", ResourceId=ecs.group,
             ResourceGroupId=group)  # fmt: skip
    (listed,) = ecs.call("describe_security_groups", ResourceGroupId=group)["SecurityGroups"][
        "SecurityGroup"
    ]
    assert listed["SecurityGroupId"] == ecs.group
    unknown = ecs.refused("run_instances", **ecs.launching(ResourceGroupId="rg-none"))
    assert unknown == (404, "InvalidResourceGroup.NotFound")
