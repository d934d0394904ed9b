from typing import ClassVar

import pytest

from gwlbfw.address import Ref
from gwlbfw.resources import Rule, SecurityGroup
from tests.kinds.conformance import Conformance, Stated
from tests.kinds.fixtures import SHOP

SSH = Rule(protocol="tcp", ports="22/22", source="10.0.1.0/24")
GENEVE = Rule(protocol="udp", ports="6081/6081", source="10.0.1.0/24")
PING = Rule(protocol="icmp", ports="-1/-1", source="0.0.0.0/0", policy="drop", priority=5)


class TestSecurityGroup(Conformance):
    at = "security_group.new"
    stated = Stated(
        heading="Firewall",
        rank=0,
        severity="high",
        effect="unintended traffic is allowed, or needed traffic denied",
        affects_health=True,
    )
    sample = SecurityGroup(
        vpc=SHOP,
        name="appliances",
        description="who may talk to them",
        rules=(SSH, GENEVE),
        tags={"team": "net"},
    )
    updates: ClassVar = {
        "name": {"name": "appliances-2"},
        "description": {"description": "who may reach them"},
        "another rule": {"rules": (PING, SSH, GENEVE)},
        "one rule less": {"rules": (SSH,)},
        "one rule for another": {"rules": (PING, SSH)},
        "no rule": {"rules": ()},
        "tags": {"tags": {"owner": "ops"}},
    }
    replacements: ClassVar = {"vpc": {"vpc": Ref("vpc.business/other")}}

    def test_missing_rules_are_authorized_before_extra_rules_are_revoked(self) -> None:
        was = SecurityGroup(vpc=SHOP, rules=(SSH,))
        wanted = SecurityGroup(vpc=SHOP, rules=(GENEVE,))
        phases = wanted.update(self.address, was, frozenset({"rules"}))
        assert [each.name for each in phases] == ["authorize", "revoke"]

    @pytest.mark.parametrize(
        ("source", "parameter"),
        [
            ("10.0.0.0/8", "SourceCidrIp"),
            ("sg-1", "SourceGroupId"),
            ("pl-1", "SourcePrefixListId"),
            ("2001:db8::/32", "Ipv6SourceCidrIp"),
        ],
    )
    def test_each_type_of_rule_source_has_its_parameter(self, source: str, parameter: str) -> None:
        group = SecurityGroup(vpc=SHOP, rules=(Rule(protocol="tcp", ports="1/2", source=source),))
        _, authorize = group.create(self.address)
        rule = {"IpProtocol": "tcp", "PortRange": "1/2", "Policy": "accept", "Priority": "1"}
        assert authorize.call.params["Permissions"] == [{**rule, parameter: source}]

    def test_security_group_rule_has_a_text_form(self) -> None:
        assert str(PING) == "drop icmp -1/-1 from 0.0.0.0/0"
        assert str(SSH) == "tcp 22/22 from 10.0.1.0/24"
