"""The network that the vendor's Terraform module builds, with its console steps left out.

terraform-alicloud-gwlb-north-south-security-traffic makes the endpoints and the routes of business
and endpoint subnets; that the gateway table's entries lead to the endpoints is left to its reader.
"""

import asyncio
from pathlib import Path

import pytest

from gwlbfw.cli.views.verdict_text import verdict_text
from gwlbfw.discovery.fetch import Fetcher
from gwlbfw.reachability import Verdict, fetch_facts, judge
from gwlbfw.reachability.parse_facts import parse_network
from tests.scenarios.existing import SUBNETS, Existing, brownfield, network
from tests.scenarios.testbed import Deployment, Testbed
from tests.traffic.prober import PEERS, probe

SERVERS = frozenset(f"server-{name}" for name in SUBNETS)
SNAPSHOT = Path(__file__).parent / "terraform.txt"


@pytest.fixture
def made(testbed: Testbed) -> Existing:
    return network(testbed)


@pytest.fixture
def stack(testbed: Testbed, made: Existing) -> Deployment:
    """Everything is there, but what comes in goes straight to the servers."""
    built = testbed.stack(brownfield(made))
    built.apply()
    tables = {str(each.address): each.id for each in built.plan().changes}
    for _, cidr in SUBNETS.values():
        testbed.done(
            "vpc:UpdateGatewayRouteTableEntryAttribute",
            GatewayRouteTableId=tables["route_table.gateway/shop"],
            DestinationCidrBlock=cidr,
            NextHopType="Local",
        )
    return built


def readable(verdict: Verdict, made: Existing) -> str:
    """The text without the ids that differ from run to run."""
    text = verdict_text(verdict)
    for name, cloud_id in made.ids.items():
        text = text.replace(cloud_id, f"<{name}>")
    return text


def test_verify_refutes_half_a_firewall_by_the_deciding_entries(
    stack: Deployment, made: Existing
) -> None:
    verdict = stack.stack.sync.verify()
    assert not verdict.proven
    judged = {(f.direction, f.verdict) for f in verdict.refutations}
    assert judged == {("inbound", "bypass"), ("outbound", "asymmetric")}
    assert readable(verdict, made) == SNAPSHOT.read_text(encoding="utf-8")


def test_packets_come_in_past_half_a_firewall_and_leave_through_it(
    stack: Deployment, made: Existing
) -> None:
    del stack
    paths = [path for (server, _), path in probe(made.testbed, made).items() if server in SERVERS]
    assert len(paths) == len(SERVERS) * len(PEERS)
    assert not any(path.inward for path in paths)
    assert all(path.outward for path in paths)


def test_the_next_apply_closes_the_gap(stack: Deployment) -> None:
    assert set(stack.changes()) == {f"route.gateway/shop/{name}" for name in SUBNETS}
    stack.apply()
    assert stack.stack.sync.verify().proven


def test_half_a_firewall_is_refuted_without_a_topology_too(
    stack: Deployment, made: Existing
) -> None:
    facts = asyncio.run(fetch_facts(Fetcher(stack.stack.api), {"": [made.ids["prod"]]}, ""))
    verdict = judge(parse_network(facts))
    own = {made.ids[name] for name in SUBNETS}
    assert {f.verdict for f in verdict.refutations if f.subnet.id in own} == {
        "bypass",
        "asymmetric",
    }
