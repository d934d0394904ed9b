"""Rules of security groups."""

from typing import Any

import pytest

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


OUT = {"IpProtocol": "TCP", "PortRange": "443/443", "DestCidrIp": "0.0.0.0/0"}


def groups(ecs: Ecs, **filters: Any) -> list[dict[str, Any]]:
    reply = ecs.call("describe_security_groups", **filters)
    return list(reply["SecurityGroups"]["SecurityGroup"])


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
    ecs.call("authorize_security_group_egress", SecurityGroupId=ecs.group, Permissions=[OUT])
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
        ({"Ipv6SourceCidrIp": "2001:db8::/32"}, (400, "InvalidParam.SourceIp")),
        (
            {"SourceCidrIp": None, "Ipv6SourceCidrIp": "10.0.0.0/8"},
            (400, "InvalidParam.Ipv6SourceCidrIp"),
        ),
        (
            {"SourceCidrIp": None, "SourceGroupId": "sg-none"},
            (404, "InvalidSourceGroupId.NotFound"),
        ),
        (
            {"SourceCidrIp": None, "SourcePrefixListId": "pl-none"},
            (404, "InvalidPrefixListId.NotFound"),
        ),
        ({"SourcePortRange": "0/1"}, (400, "InvalidSourcePortRange.Malformed")),
        ({"NicType": "wifi"}, (400, "InvalidParameter.Permissions.2.NicType")),
        (
            {"IpProtocol": "icmpv6", "PortRange": "-1/-1"},
            (400, "InvalidParam.Ipv6ProtocolConflictWithIpv4Address"),
        ),
        (
            {"SourceGroupId": "sg-x", "SourceCidrIp": None, "SourceGroupOwnerId": 7},
            (404, "InvalidSourceGroupId.NotFound"),
        ),
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
    enterprise = ecs.new_group(SecurityGroupType="enterprise")
    for group, refusal in (
        (enterprise, (400, "InvalidGroupAuthParameter.OperationDenied")),
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


def test_list_of_port_ranges_is_ignored_beside_a_range_and_not_simulated_without(ecs: Ecs) -> None:
    ecs.authorize({**GENEVE, "PortRangeListId": "prl-1"})
    assert ecs.rules()[0]["PortRangeListId"] == ""
    anything = {"IpProtocol": "ALL", "SourceCidrIp": "10.0.0.0/8", "PortRangeListId": "prl-1"}
    refused = ecs.refused(
        "authorize_security_group", SecurityGroupId=ecs.group, Permissions=[anything]
    )
    assert refused == (400, "NotSimulated.Permissions.PortRangeListId")


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


def test_modify_rule_keeps_the_kind_of_its_source_and_differs_from_others(ecs: Ecs) -> None:
    ecs.authorize(SSH, {**SSH, "PortRange": "23/23"})
    rule = ecs.rules()[0]["SecurityGroupRuleId"]
    which = {"SecurityGroupId": ecs.group, "SecurityGroupRuleId": rule}
    refused = ecs.refused("modify_security_group_rule", **which, PortRange="23/23")
    assert refused == (400, "InvalidOperation.RuleDuplicate")
    ecs.authorize({"IpProtocol": "ALL", "PortRange": "-1/-1", "SourceGroupId": ecs.new_group()})
    which["SecurityGroupRuleId"] = ecs.rules()[2]["SecurityGroupRuleId"]
    refused = ecs.refused("modify_security_group_rule", **which, SourceCidrIp="10.0.0.0/8")
    assert refused == (400, "InvalidOperation.ModifySgRuleEntityType")


def test_modify_rule_without_id_describes_the_rule_that_the_parameters_name(ecs: Ecs) -> None:
    ecs.authorize(SSH, GENEVE)
    before = ecs.rules()
    named = {**SSH, "SecurityGroupId": ecs.group, "Description": "new"}
    ecs.call("modify_security_group_rule", **named)
    assert ecs.rules() == [{**before[0], "Description": "new"}, before[1]]
    refused = ecs.refused("modify_security_group_rule", **{**named, "PortRange": "9/9"})
    assert refused == (404, "SecurityGroupRule.NotFound")


def test_egress_rule_is_changed_and_revoked_by_the_egress_actions_alone(ecs: Ecs) -> None:
    ecs.authorize(GENEVE)
    ecs.call("authorize_security_group_egress", SecurityGroupId=ecs.group, Permissions=[OUT])
    inbound, outbound = (each["SecurityGroupRuleId"] for each in ecs.rules())
    absent = (404, "InvalidSecurityGroupRuleId.NotFound")
    for direction, rule in (("", outbound), ("_egress", inbound)):
        by_id = {"SecurityGroupId": ecs.group, "SecurityGroupRuleId": [rule]}
        assert ecs.refused(f"revoke_security_group{direction}", **by_id) == absent
        by_id = {"SecurityGroupId": ecs.group, "SecurityGroupRuleId": rule}
        assert ecs.refused(f"modify_security_group{direction}_rule", **by_id) == absent
    which = {"SecurityGroupId": ecs.group, "SecurityGroupRuleId": outbound}
    ecs.call("modify_security_group_egress_rule", **which, PortRange="80/80")
    assert ecs.rules(Direction="egress")[0]["PortRange"] == "80/80"
    gone = {"SecurityGroupId": ecs.group, "Permissions": [{**OUT, "PortRange": "80/80"}]}
    ecs.call("revoke_security_group_egress", **gone)
    assert [each["Direction"] for each in ecs.rules()] == ["ingress"]
    refused = ecs.refused("revoke_security_group_egress", **gone)
    assert refused == (400, "InvalidSecurityGroupRule.RuleNotExist")


def test_rule_id_is_named_once_and_without_permissions(ecs: Ecs) -> None:
    ecs.authorize(GENEVE)
    rule = ecs.rules()[0]["SecurityGroupRuleId"]
    which = {"SecurityGroupId": ecs.group, "SecurityGroupRuleId": [rule]}
    refused = ecs.refused("revoke_security_group", **which, Permissions=[GENEVE])
    assert refused == (400, "InvalidParam.Permissions")
    which["SecurityGroupRuleId"] = [rule, rule]
    refused = ecs.refused("revoke_security_group", **which)
    assert refused == (400, "InvalidParam.SecurityGroupRuleIdRepeated")


def test_ipv6_source_reads_back_in_its_shortest_spelling(ecs: Ecs) -> None:
    long = "2001:0db8:3c4d:0015:0000:0000:1a2f:1a2b"
    ecs.authorize(
        {"IpProtocol": "tcp", "PortRange": "1/2", "Ipv6SourceCidrIp": f"{long}/0"},
        {"IpProtocol": "icmpv6", "PortRange": "-1/-1", "Ipv6SourceCidrIp": long},
    )
    first, second = ecs.rules()
    assert first["Ipv6SourceCidrIp"] == "2001:db8:3c4d:15::1a2f:1a2b/0"
    assert second["Ipv6SourceCidrIp"] == "2001:db8:3c4d:15::1a2f:1a2b"
    assert second["IpProtocol"] == "ICMPv6"


def test_own_account_may_be_named_as_a_source_groups_owner(ecs: Ecs) -> None:
    other = ecs.new_group(SecurityGroupName="web")
    rule = {"IpProtocol": "all", "PortRange": "-1/-1", "SourceGroupId": other}
    refused = ecs.refused(
        "authorize_security_group",
        SecurityGroupId=ecs.group,
        Permissions=[{**rule, "SourceGroupOwnerId": 7}],
    )
    assert refused == (400, "NotSimulated.Permissions.SourceGroupOwnerId")
    ecs.authorize({**rule, "SourceGroupOwnerId": 1000000000000001})
    assert ecs.rules()[0]["SourceGroupName"] == "web"
