"""Security groups and their members."""

from typing import Any

import pytest

from tests.sim.cloud import Cloud
from tests.sim.services.ecs.calls import Ecs
from tests.sim.services.vpc.calls import Vpcs

ABSENT = (404, "InvalidSecurityGroupId.NotFound")


def groups(ecs: Ecs, **filters: Any) -> list[dict[str, Any]]:
    reply = ecs.call("describe_security_groups", **filters)
    return list(reply["SecurityGroups"]["SecurityGroup"])


def test_security_group_reads_back_as_requested(ecs: Ecs) -> None:
    made = ecs.new_group(
        SecurityGroupName="appliances",
        Description="of the firewall",
        Tag=[{"Key": "role", "Value": "fw"}],
    )
    (found,) = groups(ecs, SecurityGroupId=made)
    assert found["SecurityGroupName"] == "appliances"
    assert found["Description"] == "of the firewall"
    assert found["VpcId"] == ecs.vpc
    assert found["SecurityGroupType"] == "normal"
    assert found["RuleCount"] == 0
    assert found["Tags"] == {"Tag": [{"TagKey": "role", "TagValue": "fw"}]}


def test_security_groups_are_filtered(ecs: Ecs, vpcs: Vpcs) -> None:
    elsewhere = ecs.new_group(VpcId=vpcs.vpc("10.0.0.0/16"), SecurityGroupName="other")
    both = [each["SecurityGroupId"] for each in groups(ecs)]
    assert both == [ecs.group, elsewhere]
    chosen: list[tuple[dict[str, Any], list[str]]] = [
        ({"VpcId": ecs.vpc}, [ecs.group]),
        ({"SecurityGroupName": "other"}, [elsewhere]),
        ({"SecurityGroupName": "othe"}, []),
        ({"SecurityGroupName": "othe", "FuzzyQuery": True}, [elsewhere]),
        ({"NetworkType": "classic"}, []),
        ({"SecurityGroupIds": f'["{elsewhere}"]'}, [elsewhere]),
        ({"SecurityGroupId": "sg-none"}, []),
        ({"SecurityGroupType": "enterprise"}, []),
        ({"ServiceManaged": True}, []),
        ({"Tag": [{"Key": "no"}]}, []),
    ]
    for filters, expected in chosen:
        found = [each["SecurityGroupId"] for each in groups(ecs, **filters)]
        assert (filters, found) == (filters, expected)


def test_security_groups_are_paged_by_number_and_token(ecs: Ecs) -> None:
    made = [ecs.group, *(ecs.new_group() for _ in range(11))]
    assert len(groups(ecs)) == 10
    numbered = groups(ecs, PageNumber=2, PageSize=10)
    first = ecs.call("describe_security_groups", MaxResults=10)
    second = groups(ecs, MaxResults=10, NextToken=first["NextToken"])
    assert [each["SecurityGroupId"] for each in numbered] == made[10:]
    assert [each["SecurityGroupId"] for each in second] == made[10:]


def test_modify_security_group_changes_only_given_attributes(ecs: Ecs) -> None:
    made = ecs.new_group(SecurityGroupName="old", Description="as it was")
    ecs.call("modify_security_group_attribute", SecurityGroupId=made, SecurityGroupName="new")
    (found,) = groups(ecs, SecurityGroupId=made)
    assert (found["SecurityGroupName"], found["Description"]) == ("new", "as it was")


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"VpcId": "vpc-none"}, (404, "InvalidVpcId.NotFound")),
        ({"VpcId": None}, (400, "MissingVpcId")),
        ({"SecurityGroupName": "7"}, (400, "InvalidSecurityGroupName.Malformed")),
        ({"SecurityGroupName": "http://x"}, (400, "InvalidSecurityGroupName.Malformed")),
        ({"Description": "x"}, (400, "InvalidSecurityGroupDiscription.Malformed")),
        ({"SecurityGroupType": "odd"}, (400, "InvalidParameter.SecurityGroupType")),
    ],
)
def test_invalid_security_group_is_refused(
    ecs: Ecs, wrong: dict[str, Any], refusal: tuple[int, str]
) -> None:
    parameters = {k: v for k, v in ({"VpcId": ecs.vpc} | wrong).items() if v is not None}
    assert ecs.refused("create_security_group", **parameters) == refusal


def test_instance_cannot_leave_its_last_security_group(ecs: Ecs, vpcs: Vpcs) -> None:
    instance, other = ecs.instance(), ecs.new_group()
    one = {"InstanceId": instance, "SecurityGroupId": ecs.group}
    two = {"InstanceId": instance, "SecurityGroupId": other}
    assert ecs.refused("leave_security_group", **one) == (403, "InstanceLastSecurityGroup")
    assert ecs.refused("leave_security_group", **two) == (403, "InstanceNotInSecurityGroup")
    assert ecs.refused("join_security_group", **one) == (403, "InvalidInstanceId.AlreadyExists")
    ecs.call("join_security_group", **two)
    assert ecs.one(instance)["SecurityGroupIds"]["SecurityGroupId"] == [ecs.group, other]
    ecs.call("leave_security_group", **one)
    assert ecs.one(instance)["SecurityGroupIds"]["SecurityGroupId"] == [other]
    elsewhere = ecs.new_group(VpcId=vpcs.vpc("10.0.0.0/16"))
    refused = ecs.refused("join_security_group", **{**one, "SecurityGroupId": elsewhere})
    assert refused == (400, "InvalidInstanceId.Mismatch")
    refused = ecs.refused("join_security_group", **{**one, "SecurityGroupId": "sg-none"})
    assert refused == ABSENT
    refused = ecs.refused("join_security_group", **{**one, "InstanceId": "i-none"})
    assert refused == (404, "InvalidInstanceId.NotFound")


def test_network_interface_joins_a_group_by_its_id(ecs: Ecs) -> None:
    instance, other = ecs.instance(), ecs.new_group()
    (interface,) = ecs.interfaces(InstanceId=instance)
    which = {
        "NetworkInterfaceId": interface["NetworkInterfaceId"],
        "SecurityGroupId": other,
    }
    refused = ecs.refused("join_security_group", **which, InstanceId=instance)
    assert refused == (403, "InvalidParam.EniIdAndInstanceId.Conflict")
    ecs.call("join_security_group", **which)
    assert ecs.one(instance)["SecurityGroupIds"]["SecurityGroupId"] == [ecs.group, other]


def test_instance_is_in_at_most_five_groups(ecs: Ecs) -> None:
    instance = ecs.instance()
    for _ in range(4):
        ecs.call("join_security_group", InstanceId=instance, SecurityGroupId=ecs.new_group())
    refused = ecs.refused(
        "join_security_group", InstanceId=instance, SecurityGroupId=ecs.new_group()
    )
    assert refused == (400, "InstanceSecurityGroupLimitExceeded")


def test_instance_in_transition_changes_no_groups(ecs: Ecs) -> None:
    (instance,) = ecs.launch()
    refused = ecs.refused(
        "join_security_group", InstanceId=instance, SecurityGroupId=ecs.new_group()
    )
    assert refused == (403, "IncorrectInstanceStatus")


def test_modify_instance_replaces_its_security_groups(ecs: Ecs) -> None:
    instance, one, two = ecs.instance(), ecs.new_group(), ecs.new_group()
    ecs.call("modify_instance_attribute", InstanceId=instance, SecurityGroupIds=[one, two])
    assert ecs.one(instance)["SecurityGroupIds"]["SecurityGroupId"] == [one, two]
    ecs.call("delete_security_group", SecurityGroupId=ecs.group)


def test_security_group_with_an_instance_is_not_deleted(ecs: Ecs, cloud: Cloud) -> None:
    instance = ecs.instance()
    used = (403, "DependencyViolation")
    assert ecs.refused("delete_security_group", SecurityGroupId=ecs.group) == used
    ecs.call("delete_instance", InstanceId=instance, Force=True)
    assert ecs.refused("delete_security_group", SecurityGroupId=ecs.group) == used
    cloud.settle()
    ecs.call("delete_security_group", SecurityGroupId=ecs.group)
    assert groups(ecs) == []
    assert ecs.refused("delete_security_group", SecurityGroupId=ecs.group) == ABSENT
    refused = ecs.refused("describe_security_group_attribute", SecurityGroupId=ecs.group)
    assert refused == ABSENT


def test_security_group_named_by_a_rule_is_not_deleted(ecs: Ecs) -> None:
    other = ecs.new_group()
    rule = {"IpProtocol": "all", "PortRange": "-1/-1", "SourceGroupId": other}
    ecs.authorize(rule)
    refused = ecs.refused("delete_security_group", SecurityGroupId=other)
    assert refused == (403, "DependencyViolation")
    ecs.call("revoke_security_group", SecurityGroupId=ecs.group, Permissions=[rule])
    ecs.call("delete_security_group", SecurityGroupId=other)


def test_vpc_with_a_security_group_is_not_deleted(ecs: Ecs, vpcs: Vpcs, cloud: Cloud) -> None:
    vpcs.call("delete_vswitch", v_switch_id=ecs.vswitch)
    cloud.settle()
    assert vpcs.refused("delete_vpc", vpc_id=ecs.vpc)[1].startswith("DependencyViolation")
    ecs.call("delete_security_group", SecurityGroupId=ecs.group)
    vpcs.call("delete_vpc", vpc_id=ecs.vpc)


def test_security_group_has_tags(ecs: Ecs) -> None:
    which = {"ResourceType": "securitygroup", "ResourceId": [ecs.group]}
    ecs.call("tag_resources", **which, Tag=[{"Key": "a", "Value": "1"}])
    (found,) = groups(ecs, Tag=[{"Key": "a", "Value": "1"}])
    assert found["Tags"] == {"Tag": [{"TagKey": "a", "TagValue": "1"}]}


def test_members_of_a_basic_group_reach_each_other_until_its_policy_says_drop(ecs: Ecs) -> None:
    def policy(group: str) -> str:
        reply = ecs.call("describe_security_group_attribute", SecurityGroupId=group)
        return str(reply["InnerAccessPolicy"])

    assert policy(ecs.group) == "Accept"
    which = {"SecurityGroupId": ecs.group}
    ecs.call("modify_security_group_policy", **which, InnerAccessPolicy="drop")
    assert policy(ecs.group) == "Drop"
    refused = ecs.refused("modify_security_group_policy", **which, InnerAccessPolicy="some")
    assert refused == (400, "InvalidPolicy.Malformed")
    enterprise = ecs.new_group(SecurityGroupType="enterprise")
    assert policy(enterprise) == "Drop"
    refused = ecs.refused(
        "modify_security_group_policy", SecurityGroupId=enterprise, InnerAccessPolicy="Accept"
    )
    assert refused == (400, "InvalidGroupParameter.OperationDenied")


def test_references_are_the_groups_whose_rules_name_a_group(ecs: Ecs) -> None:
    other = ecs.new_group()
    ecs.authorize({"IpProtocol": "all", "PortRange": "-1/-1", "SourceGroupId": other})
    reply = ecs.call("describe_security_group_references", SecurityGroupId=[ecs.group, other])
    (found,) = reply["SecurityGroupReferences"]["SecurityGroupReference"]
    assert found["SecurityGroupId"] == other
    (naming,) = found["ReferencingSecurityGroups"]["ReferencingSecurityGroup"]
    assert naming["SecurityGroupId"] == ecs.group


def test_capacity_of_a_group_falls_by_its_members(ecs: Ecs) -> None:
    assert groups(ecs)[0]["AvailableInstanceAmount"] == 2000
    ecs.instance()
    assert groups(ecs, IsQueryEcsCount=True)[0]["AvailableInstanceAmount"] == 1999


def test_group_without_a_vpc_is_in_the_default_one(ecs: Ecs, vpcs: Vpcs) -> None:
    default = vpcs.call("create_default_vpc")["VpcId"]
    ecs.cloud.settle()
    made = ecs.call("create_security_group")["SecurityGroupId"]
    assert groups(ecs, SecurityGroupId=made)[0]["VpcId"] == default
