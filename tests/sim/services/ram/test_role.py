"""RAM roles."""

import json
from urllib.parse import urlencode

import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from gwlbfw.sim.wire import HttpRequest
from tests.sim.cloud import Cloud
from tests.sim.services.ecs.calls import Ecs
from tests.sim.services.ram.calls import ram, role, trust


def refused(cloud: Cloud, action: str, **query: str) -> tuple[int, str]:
    with pytest.raises(AlibabaCloudException) as caught:
        ram(cloud, action, **query)
    return caught.value.status_code, caught.value.code


def test_role_is_created_read_changed_and_deleted(cloud: Cloud) -> None:
    made = ram(
        cloud,
        "CreateRole",
        RoleName="Firewall",
        Description="of the appliances",
        AssumeRolePolicyDocument=trust("ecs.aliyuncs.com"),
        Tag='[{"Key": "a", "Value": "b"}]',
    )["Role"]
    assert made["Arn"] == "acs:ram::1000000000000001:role/firewall"
    assert made["MaxSessionDuration"] == 3600
    assert ram(cloud, "GetRole", RoleName="Firewall")["Role"] == made
    ram(
        cloud,
        "UpdateRole",
        RoleName="Firewall",
        NewDescription="none",
        NewMaxSessionDuration="7200",
    )
    changed = ram(cloud, "GetRole", RoleName="Firewall")["Role"]
    assert (changed["Description"], changed["MaxSessionDuration"]) == ("none", 7200)
    assert json.loads(changed["AssumeRolePolicyDocument"])["Version"] == "1"
    ram(cloud, "DeleteRole", RoleName="Firewall")
    assert refused(cloud, "GetRole", RoleName="Firewall") == (404, "EntityNotExist.Role")


def test_second_role_of_a_name_is_refused(cloud: Cloud) -> None:
    role(cloud, "one")
    document = trust("ecs.aliyuncs.com")
    found = refused(cloud, "CreateRole", RoleName="one", AssumeRolePolicyDocument=document)
    assert found == (409, "EntityAlreadyExists.Role")
    found = refused(cloud, "CreateRole", RoleName="two", AssumeRolePolicyDocument="{not json")
    assert found == (400, "MalformedPolicyDocument")


def test_roles_are_listed_page_by_page(cloud: Cloud) -> None:
    for name in ("c", "a", "b"):
        role(cloud, name)
    first = ram(cloud, "ListRoles", MaxItems="2")
    assert [each["RoleName"] for each in first["Roles"]["Role"]] == ["a", "b"]
    assert first["IsTruncated"] is True
    rest = ram(cloud, "ListRoles", MaxItems="2", Marker=first["Marker"])
    assert [each["RoleName"] for each in rest["Roles"]["Role"]] == ["c"]
    assert rest["IsTruncated"] is False


def test_tags_of_a_role_are_given_and_taken(cloud: Cloud) -> None:
    named = {"ResourceType": "role", "ResourceNames": f'["{role(cloud, "one")}"]'}
    ram(cloud, "TagResources", **named, Tag='[{"Key": "a", "Value": "b"}, {"Key": "c"}]')
    ram(cloud, "UntagResources", **named, TagKeys='["c"]')
    (tag,) = ram(cloud, "ListTagResources", **named)["TagResources"]["TagResource"]
    assert (tag["ResourceName"], tag["TagKey"], tag["TagValue"]) == ("one", "a", "b")


def test_role_that_was_declared_is_a_role_of_the_account(cloud: Cloud, ecs: Ecs) -> None:
    arn = "acs:ram::1000000000000001:role/ops"
    cloud.simulator.declare_role({"arn": arn, "trust": ["*"], "external_id": "4711"})
    found = ram(cloud, "GetRole", RoleName="ops")["Role"]
    (statement,) = json.loads(found["AssumeRolePolicyDocument"])["Statement"]
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "4711"}}
    assert ecs.instance(RamRoleName="ops")


def test_role_is_assumed_by_those_whom_its_policy_trusts(cloud: Cloud) -> None:
    role(cloud, "closed")
    document = json.loads(trust())
    document["Statement"][0]["Principal"] = {"RAM": ["acs:ram::1000000000000001:root"]}
    made = {"RoleName": "open", "AssumeRolePolicyDocument": json.dumps(document)}
    ram(cloud, "CreateRole", **made)
    call = {"Action": "AssumeRole", "Version": "2015-04-01", "RoleSessionName": "test"}
    statuses = []
    for name in ("closed", "open"):
        arn = f"acs:ram::1000000000000001:role/{name}"
        query = urlencode({**call, "RoleArn": arn, "AccessKeyId": "any"})
        statuses.append(cloud.simulator.handle(HttpRequest("POST", query)).status)
    assert statuses == [403, 200]


def test_instance_takes_no_role_that_does_not_trust_ecs(cloud: Cloud, ecs: Ecs) -> None:
    role(cloud, "other", "fc.aliyuncs.com")
    found = ecs.refused("run_instances", **ecs.launching(RamRoleName="other"))
    assert found == (401, "InvalidRamRole.NotEcsRole")


def test_role_is_attached_to_instances_and_detached(cloud: Cloud, ecs: Ecs) -> None:
    for name in ("one", "two"):
        role(cloud, name)
    first, second = ecs.instance(RamRoleName="two"), ecs.instance()
    ids = f'["{first}", "{second}"]'
    reply = ecs.call("attach_instance_ram_role", RamRoleName="one", InstanceIds=ids)
    assert (reply["TotalCount"], reply["FailCount"]) == (2, 1)
    roles = ecs.call("describe_instance_ram_role", InstanceIds=ids)["InstanceRamRoleSets"]
    assert [each["RamRoleName"] for each in roles["InstanceRamRoleSet"]] == ["two", "one"]
    having = ecs.call("describe_instance_ram_role", RamRoleName="one")["InstanceRamRoleSets"]
    assert [each["InstanceId"] for each in having["InstanceRamRoleSet"]] == [second]
    reply = ecs.call("detach_instance_ram_role", RamRoleName="one", InstanceIds=ids)
    assert reply["FailCount"] == 1
    roles = ecs.call("describe_instance_ram_role", InstanceIds=ids)["InstanceRamRoleSets"]
    assert [each["RamRoleName"] for each in roles["InstanceRamRoleSet"]] == ["two", ""]
    unknown = ecs.refused("attach_instance_ram_role", RamRoleName="none", InstanceIds=ids)
    assert unknown == (404, "InvalidRamRole.NotFound")
