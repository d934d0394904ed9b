"""Security groups: their rules, their members, their end."""

from typing import Any

import pytest

from tests.sim.cloud import Cloud
from tests.sim.services.ecs.calls import Ecs
from tests.sim.services.vpc.calls import Vpcs

GENEVE = {
    "IpProtocol": "udp",
    "PortRange": "6081/6081",
    "SourceCidrIp": "10.0.0.0/16",
}
SSH = {
    "IpProtocol": "TCP",
    "PortRange": "22/22",
    "SourceCidrIp": "10.0.0.0/16",
    "Policy": "drop",
    "Priority": "7",
    "Description": "health checks",
}
ABSENT = (404, "InvalidSecurityGroupId.NotFound")


@pytest.fixture
def ecs(cloud: Cloud, vpcs: Vpcs) -> Ecs:
    return Ecs.of(cloud, vpcs)


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


def test_rule_reads_back_in_the_spelling_of_the_api(ecs: Ecs) -> None:
    ecs.authorize(GENEVE, SSH)
    geneve, ssh = ecs.rules()
    assert geneve["SecurityGroupRuleId"].startswith("sgr-")
    assert geneve["IpProtocol"] == "UDP"
    assert geneve["PortRange"] == "6081/6081"
    assert geneve["SourceCidrIp"] == "10.0.0.0/16"
    assert (geneve["Policy"], geneve["Priority"]) == ("Accept", "1")
    assert (geneve["Direction"], geneve["NicType"]) == ("ingress", "intranet")
    assert geneve["DestCidrIp"] == geneve["SourceGroupId"] == geneve["Description"] == ""
    assert (ssh["Policy"], ssh["Priority"]) == ("Drop", "7")
    assert ssh["Description"] == "health checks"
    assert groups(ecs)[0]["RuleCount"] == 2


def test_rule_in_deprecated_parameters_is_accepted(ecs: Ecs) -> None:
    ecs.call("authorize_security_group", SecurityGroupId=ecs.group, **GENEVE)
    (rule,) = ecs.rules()
    assert rule["PortRange"] == "6081/6081"


def test_duplicate_rule_is_accepted_silently(ecs: Ecs) -> None:
    ecs.authorize(GENEVE)
    before = ecs.rules()
    ecs.authorize({**GENEVE, "IpProtocol": "UDP", "Priority": "1", "Description": "again"})
    assert ecs.rules() == before


def test_rules_are_listed_by_direction(ecs: Ecs) -> None:
    ecs.authorize(GENEVE)
    out = {"IpProtocol": "ALL", "PortRange": "-1/-1", "DestCidrIp": "0.0.0.0/0"}
    ecs.call("authorize_security_group_egress", SecurityGroupId=ecs.group, Permissions=[out])
    assert [each["Direction"] for each in ecs.rules()] == ["ingress", "egress"]
    (inbound,) = ecs.rules(Direction="ingress")
    (outbound,) = ecs.rules(Direction="egress")
    assert inbound["SourceCidrIp"] == "10.0.0.0/16"
    assert outbound["DestCidrIp"] == "0.0.0.0/0"


def test_rules_are_paged(ecs: Ecs) -> None:
    ecs.authorize(*({**SSH, "PortRange": f"{port}/{port}"} for port in range(1, 26)))
    page = ecs.call("describe_security_group_attribute", SecurityGroupId=ecs.group, MaxResults=20)
    assert len(page["Permissions"]["Permission"]) == 20
    rest = ecs.rules(MaxResults=20, NextToken=page["NextToken"])
    assert [each["PortRange"] for each in rest] == [f"{port}/{port}" for port in range(21, 26)]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"IpProtocol": "sctp"}, (400, "InvalidIpProtocol.ValueNotSupported")),
        ({"PortRange": "22"}, (400, "InvalidIpPortRange.Malformed")),
        ({"PortRange": "-1/-1"}, (400, "InvalidIpPortRange.Malformed")),
        ({"PortRange": "9/8"}, (400, "InvalidIpPortRange.Malformed")),
        ({"PortRange": "1/65536"}, (400, "InvalidIpPortRange.Malformed")),
        ({"IpProtocol": "icmp"}, (400, "InvalidIpPortRange.Malformed")),
        ({"SourceCidrIp": "10.0.0.0/33"}, (400, "InvalidSourceCidrIp.Malformed")),
        ({"SourceCidrIp": None}, (400, "MissingParameter.Source")),
        ({"DestCidrIp": "x"}, (400, "InvalidDestCidrIp.Malformed")),
        ({"Ipv6SourceCidrIp": "10.0.0.0/8"}, (400, "InvalidParam.Ipv6SourceCidrIp")),
        ({"SourceGroupId": "sg-none"}, (404, "InvalidSourceGroupId.NotFound")),
        ({"Policy": "maybe"}, (400, "InvalidPolicy.Malformed")),
        ({"Priority": "0"}, (400, "InvalidPriority.ValueNotSupported")),
        ({"Priority": "101"}, (400, "InvalidPriority.ValueNotSupported")),
        ({"Priority": "high"}, (400, "InvalidPriority.Malformed")),
        ({"Description": "x" * 513}, (400, "InvalidSecurityGroupDiscription.Malformed")),
    ],
)
def test_invalid_rule_refuses_all_rules_of_its_call(
    ecs: Ecs, wrong: dict[str, Any], refusal: tuple[int, str]
) -> None:
    rule = {name: value for name, value in (GENEVE | wrong).items() if value is not None}
    refused = ecs.refused(
        "authorize_security_group", SecurityGroupId=ecs.group, Permissions=[SSH, rule]
    )
    assert refused == refusal
    assert ecs.rules() == []


def test_rule_named_twice_in_a_call_is_refused(ecs: Ecs) -> None:
    refused = ecs.refused(
        "authorize_security_group", SecurityGroupId=ecs.group, Permissions=[GENEVE, GENEVE]
    )
    assert refused == (400, "InvalidParam.DuplicatePermissions")


def test_rules_of_a_group_are_limited(ecs: Ecs) -> None:
    for start in (1, 101):
        ports = range(start, start + 100)
        ecs.authorize(*({**SSH, "PortRange": f"{port}/{port}"} for port in ports))
    refused = ecs.refused(
        "authorize_security_group", SecurityGroupId=ecs.group, Permissions=[GENEVE]
    )
    assert refused == (403, "AuthorizationLimitExceed")


def test_source_group_must_be_another_group_of_the_vpc(ecs: Ecs, vpcs: Vpcs) -> None:
    other = ecs.new_group()
    elsewhere = ecs.new_group(VpcId=vpcs.vpc("10.0.0.0/16"))
    rule = {"IpProtocol": "all", "PortRange": "-1/-1"}
    for group, refusal in (
        (ecs.group, (400, "InvalidParamter.Conflict")),
        (elsewhere, (400, "InvalidSourceGroupId.Mismatch")),
    ):
        refused = ecs.refused(
            "authorize_security_group",
            SecurityGroupId=ecs.group,
            Permissions=[{**rule, "SourceGroupId": group}],
        )
        assert refused == refusal
    ecs.authorize({**rule, "SourceGroupId": other})
    assert ecs.rules()[0]["SourceGroupId"] == other


def test_rule_is_revoked_by_id(ecs: Ecs) -> None:
    ecs.authorize(GENEVE, SSH)
    geneve, ssh = (each["SecurityGroupRuleId"] for each in ecs.rules())
    which = {"SecurityGroupId": ecs.group, "SecurityGroupRuleId": [geneve, "sgr-none"]}
    refused = ecs.refused("revoke_security_group", **which)
    assert refused == (404, "InvalidSecurityGroupRuleId.NotFound")
    assert len(ecs.rules()) == 2
    ecs.call("revoke_security_group", **{**which, "SecurityGroupRuleId": [geneve]})
    assert [each["SecurityGroupRuleId"] for each in ecs.rules()] == [ssh]


def test_rule_is_revoked_by_description(ecs: Ecs) -> None:
    ecs.authorize({**GENEVE, "SourceCidrIp": "10.0.0.1"}, SSH)
    gone = {**GENEVE, "SourceCidrIp": "10.0.0.1/32", "IpProtocol": "UDP", "Priority": "1"}
    revoke = {"SecurityGroupId": ecs.group, "Permissions": [gone]}
    ecs.call("revoke_security_group", **revoke)
    assert [each["IpProtocol"] for each in ecs.rules()] == ["TCP"]
    refused = ecs.refused("revoke_security_group", **revoke)
    assert refused == (400, "InvalidSecurityGroupRule.RuleNotExist")
    other = {**SSH, "Priority": "8"}
    refused = ecs.refused("revoke_security_group", **{**revoke, "Permissions": [other]})
    assert refused == (400, "InvalidSecurityGroupRule.RuleNotExist")


def test_modify_rule_changes_only_given_attributes(ecs: Ecs) -> None:
    ecs.authorize(SSH)
    (before,) = ecs.rules()
    rule = before["SecurityGroupRuleId"]
    which = {"SecurityGroupId": ecs.group, "SecurityGroupRuleId": rule}
    ecs.call("modify_security_group_rule", **which, Policy="accept", PortRange="23/23")
    (after,) = ecs.rules()
    assert after == {**before, "Policy": "Accept", "PortRange": "23/23"}
    refused = ecs.refused("modify_security_group_rule", **which, PortRange="x")
    assert refused == (400, "InvalidIpPortRange.Malformed")
    refused = ecs.refused(
        "modify_security_group_rule", SecurityGroupId=ecs.group, SecurityGroupRuleId="sgr-none"
    )
    assert refused == (404, "InvalidSecurityGroupRuleId.NotFound")


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
