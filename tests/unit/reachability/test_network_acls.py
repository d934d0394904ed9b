"""Network ACLs on the way of appliances: ordered, stateless, and of both sides' subnets."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gwlbfw.cloud.call import Raw
from gwlbfw.reachability import Verdict, judge, parse_network
from gwlbfw.reachability.facts import NetworkFacts
from gwlbfw.reachability.network_acls import OPEN, Place, acls_of, passage
from tests.unit.reachability.worlds import named, notable, ulanqab

SOURCES = ("10.0.1.41", "10.0.2.41")
FW = Place("sec-b", ("10.0.1.9",))
Rule = tuple[str, str, str, str]
"""Policy, protocol, ports and block."""
ALLOW_ALL: Rule = ("accept", "all", "-1/-1", "0.0.0.0/0")
DROP_ALL: Rule = ("drop", "all", "-1/-1", "0.0.0.0/0")
GENEVE: Rule = ("accept", "udp", "6081/6081", "10.0.0.0/16")


def acl_row(inbound: list[Rule], outbound: list[Rule]) -> Raw:
    """An ACL as DescribeNetworkAclAttributes answers it."""

    def rows(rules: list[Rule], block: str) -> list[Any]:
        names = ("Policy", "Protocol", "Port", block)
        return [dict(zip(names, rule, strict=True)) for rule in rules]

    return {
        "NetworkAclId": "nacl-1",
        "IngressAclEntries": {"IngressAclEntry": rows(inbound, "SourceCidrIp")},
        "EgressAclEntries": {"EgressAclEntry": rows(outbound, "DestinationCidrIp")},
    }


def facts_with(
    inbound: list[Rule], outbound: list[Rule], *subnets: str, read: bool = True
) -> NetworkFacts:
    """The vendor's scenario, in which some of the firewall's subnets have an ACL."""
    facts = named(ulanqab()).facts()
    facts.appliances[:] = [
        {
            **each,
            "VpcAttributes": {
                "VSwitchId": f"sec-{'bc'[number]}",
                "PrivateIpAddress": {"IpAddress": [f"10.0.{number + 1}.9"]},
            },
        }
        for number, each in enumerate(facts.appliances)
    ]
    facts.balancers["gwlb-1"] = {
        **facts.balancers["gwlb-1"],
        "ZoneMappings": [
            {
                "ZoneId": f"cn-wulanchabu-{zone}",
                "VSwitchId": f"lb-{zone}",
                "LoadBalancerAddresses": [{"PrivateIpv4Address": f"10.0.{number}.41"}],
            }
            for number, zone in enumerate("bc", 1)
        ],
    }
    for key in ("sec-b", "sec-c", "lb-b", "lb-c"):
        acl = "nacl-1" if key in subnets else ""
        facts.firewall_vswitches.append({"VSwitchId": key, "NetworkAclId": acl})
    if read:
        facts.acls["nacl-1"] = acl_row(inbound, outbound)
    return facts


def verdict_of(facts: NetworkFacts) -> Verdict:
    return judge(parse_network(facts, named(ulanqab()).names))


def verdicts(verdict: Verdict) -> set[str]:
    return {each.verdict for each in verdict.flows}


@pytest.mark.parametrize(
    ("inbound", "outbound", "passes"),
    [
        ([ALLOW_ALL], [ALLOW_ALL], True),
        ([GENEVE], [GENEVE], True),
        ([GENEVE, DROP_ALL], [GENEVE, DROP_ALL], True),
        ([DROP_ALL, GENEVE], [ALLOW_ALL], False),
        ([ALLOW_ALL], [DROP_ALL, GENEVE], False),
        ([GENEVE], [], False),
        ([], [GENEVE], False),
        ([("accept", "tcp", "-1/-1", "0.0.0.0/0")], [ALLOW_ALL], False),
        ([("accept", "udp", "1/6080", "0.0.0.0/0")], [ALLOW_ALL], False),
        ([("accept", "udp", "6081/6081", "10.0.1.0/24")], [ALLOW_ALL], False),
        ([("drop", "tcp", "22/22", "0.0.0.0/0"), ALLOW_ALL], [ALLOW_ALL], True),
        ([("drop", "udp", "6081/6081", "10.0.2.41/32"), ALLOW_ALL], [ALLOW_ALL], False),
        ([("accept", "all", "-1/-1", "::/0")], [ALLOW_ALL], False),
    ],
)
def test_first_rule_that_fits_decides_in_each_direction(
    inbound: list[Rule], outbound: list[Rule], *, passes: bool
) -> None:
    acls = acls_of(facts_with(inbound, outbound, "sec-b"))
    found = passage(acls, FW, (), SOURCES)
    assert found == (OPEN if passes else (("nacl-1",), True))


RULES = st.lists(
    st.tuples(
        st.sampled_from(["accept", "drop"]),
        st.sampled_from(["udp", "tcp", "all"]),
        st.sampled_from(["-1/-1", "6081/6081", "1/100"]),
        st.sampled_from(["0.0.0.0/0", "10.0.1.0/24", "10.0.2.41/32"]),
    ).filter(lambda rule: rule[1] != "all" or rule[2] == "-1/-1"),
    max_size=4,
)


def first_fit(rules: list[Rule], address: str) -> bool:
    """The fate of a packet to UDP 6081 by one rule after the other."""
    fits = {
        "0.0.0.0/0": True,
        "10.0.1.0/24": address.startswith("10.0.1."),
        "10.0.2.41/32": address == "10.0.2.41",
    }
    for policy, protocol, ports, block in rules:
        if protocol in ("udp", "all") and ports in ("-1/-1", "6081/6081") and fits[block]:
            return policy == "accept"
    return False


@given(RULES, RULES)
def test_acl_drops_what_its_first_fitting_rule_drops(
    inbound: list[Rule], outbound: list[Rule]
) -> None:
    found = passage(acls_of(facts_with(inbound, outbound, "sec-b")), FW, (), SOURCES)
    both = all(first_fit(rules, each) for rules in (inbound, outbound) for each in SOURCES)
    assert (found == OPEN) is both


def test_acl_of_a_balancers_subnet_is_about_the_appliances_address() -> None:
    rules: list[Rule] = [("accept", "udp", "6081/6081", "10.0.1.9/32")]
    acls = acls_of(facts_with(rules, rules, "lb-c"))
    assert passage(acls, FW, ("lb-b", "lb-c"), SOURCES) == OPEN
    other = Place("sec-b", ("10.0.1.10",))
    assert passage(acls, other, ("lb-b", "lb-c"), SOURCES).dropped_by == ("nacl-1",)
    assert passage(acls, other, ("lb-b",), SOURCES) == OPEN


def test_appliance_without_an_address_yet_may_have_any() -> None:
    rules: list[Rule] = [("accept", "udp", "6081/6081", "10.0.1.0/24")]
    acls = acls_of(facts_with(rules, rules, "lb-c"))
    assert passage(acls, Place("sec-b", ("",)), ("lb-c",), SOURCES).dropped_by
    assert passage(acls, Place("sec-b", ("10.0.1.0/24",)), ("lb-c",), SOURCES) == OPEN


class TestVerdict:
    def test_acls_that_let_packets_pass_change_nothing(self) -> None:
        open_ = verdict_of(facts_with([GENEVE], [GENEVE], "sec-b", "sec-c", "lb-b", "lb-c"))
        assert open_.proven
        assert notable(open_) == []

    @pytest.mark.parametrize("subnet", ["sec-b", "sec-c", "lb-b"])
    def test_dropped_packets_are_a_black_hole_and_the_acl_is_named(self, subnet: str) -> None:
        verdict = verdict_of(facts_with([DROP_ALL], [ALLOW_ALL], subnet))
        assert verdicts(verdict) == {"black_hole"}
        critical = [each for each in notable(verdict) if each.severity == "critical"]
        hit = {"sec-b": ("i-fw-1",), "sec-c": ("i-fw-2",)}.get(subnet, ("i-fw-1", "i-fw-2"))
        assert len(critical) == len(hit)
        assert all("is dropped by network ACL nacl-1:" in each.message for each in critical)

    def test_dropped_replies_are_a_black_hole_too(self) -> None:
        assert verdicts(verdict_of(facts_with([ALLOW_ALL], [DROP_ALL], "sec-b"))) == {"black_hole"}

    def test_acl_that_could_not_be_read_leaves_appliances_unknown(self) -> None:
        facts = facts_with([], [], "sec-b", "sec-c", read=False)
        facts.unread["nacl-1"] = "Forbidden.RAM, and what to allow"
        verdict = verdict_of(facts)
        assert verdicts(verdict) == {"unknown"}
        said = [f"{each.subject}: {each.message}" for each in notable(verdict)]
        assert any("nacl-1: the network ACL could not be read: Forbidden.RAM" in e for e in said)
        assert any("security groups and network ACLs let UDP 6081 pass is not" in e for e in said)

    def test_subnets_that_could_not_be_read_leave_appliances_unknown(self) -> None:
        facts = facts_with([], [])
        facts.firewall_vswitches.clear()
        assert verdicts(verdict_of(facts)) == {"unknown"}

    def test_acl_elsewhere_in_the_vpc_matters_to_nobody(self) -> None:
        facts = facts_with([DROP_ALL], [DROP_ALL])
        facts.firewall_vswitches.append({"VSwitchId": "far", "NetworkAclId": "nacl-1"})
        assert verdict_of(facts).proven

    @pytest.mark.parametrize(
        ("subnet", "severity", "said"),
        [
            (
                "app-b",
                "info",
                "security groups and network ACLs of their subnets (nacl-9 of ",
            ),
            ("gwlbe-b", "warning", "endpoint's subnet has the network ACL nacl-9"),
        ],
    )
    def test_acl_of_a_business_or_endpoint_subnet_is_told_and_not_judged(
        self, subnet: str, severity: str, said: str
    ) -> None:
        facts = facts_with([], [])
        facts.vswitches[:] = [
            {**each, "NetworkAclId": "nacl-9"} if each["VSwitchId"] == subnet else each
            for each in facts.vswitches
        ]
        verdict = verdict_of(facts)
        assert verdict.proven
        (finding,) = (each for each in verdict.findings if "nacl-9" in each.message)
        assert (finding.severity, said in finding.message) == (severity, True)
