"""A hundred VPCs are a hundred times one: the work grows with the entries, and no faster."""

import cProfile
import pstats
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from gwlbfw.reachability import Network, Verdict, judge
from gwlbfw.reachability.model import (
    Balancer,
    Endpoint,
    EndpointZone,
    Entry,
    Gateway,
    Listener,
    Machine,
    Member,
    NextHop,
    Role,
    ServerGroup,
    Service,
    Subnet,
    Table,
    Vpc,
)
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.resources.forwarding import InboundRule
from gwlbfw.resources.next_hop import ENDPOINT, GATEWAY, LOCAL

ZONE = "cn-wulanchabu-b"


def network(vpcs: int, subnets: int, routes: int, *, planted: bool = False) -> Network:
    """VPCs whose every subnet has a table of its own, with that many routes in it."""
    parts: dict[str, Any] = defaultdict(dict)
    parts["services"]["s"] = Service("s", ((ZONE, "lb"),))
    parts["balancers"]["lb"] = Balancer("lb", {ZONE: "10.0.1.41"}, listener=Listener("l", "g"))
    parts["groups"]["g"] = ServerGroup("g", (Member("i-fw"),))
    parts["machines"]["i-fw"] = Machine("i-fw", "", security_groups=("sg",))
    rule = InboundRule("all", "-1/-1", "0.0.0.0/0", accepts=True, priority=1)
    parts["security_groups"]["sg"] = (rule,)
    for number in range(vpcs):
        _add(parts, f"vpc-{number}", subnets, routes, planted=planted)
    return Network(**parts)


def _add(parts: dict[str, Any], vpc: str, subnets: int, routes: int, *, planted: bool) -> None:
    blocks = [Prefix.parse(f"192.168.{each}.0/24") for each in range(subnets + 1)]
    local = [Entry(each, (NextHop(LOCAL),), "System") for each in blocks]
    inspected, out = (NextHop(ENDPOINT, f"ep-{vpc}"),), (NextHop(GATEWAY, f"gw-{vpc}"),)
    parts["vpcs"][vpc] = Vpc(vpc, (Prefix.parse("192.168.0.0/16"),))
    for place, block in enumerate(blocks):
        key, own = f"{vpc}/{place}", place == subnets
        hops = out if own else inspected
        custom = [Entry(Prefix(0, 0), hops)]
        custom += [Entry(Prefix((0x010000 + 3 * n) << 8, 24), hops) for n in range(routes - 1)]
        if planted and place == 0:
            custom[-1] = custom[-1]._replace(hops=out)
        role: Role = "gwlbe" if own else "business"
        parts["subnets"][key] = Subnet(key, vpc, ZONE, block, key, role)
        parts["tables"][key] = Table(key, vpc, (*local, *custom))
    ways = tuple(Entry(each, inspected) for each in blocks[:-1])
    parts["tables"][f"gt-{vpc}"] = Table(f"gt-{vpc}", vpc, (*ways, local[-1]), "Gateway")
    parts["gateways"][f"gw-{vpc}"] = Gateway(f"gw-{vpc}", vpc, table=f"gt-{vpc}")
    zones = (EndpointZone(ZONE, f"{vpc}/{subnets}"),)
    parts["endpoints"][f"ep-{vpc}"] = Endpoint(f"ep-{vpc}", vpc, "s", zones)


def effort(work: Callable[[], object]) -> int:
    """How many calls of functions something takes, which is the same on any machine."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


def judged(vpcs: int, subnets: int, routes: int) -> int:
    parts = network(vpcs, subnets, routes)
    return effort(lambda: judge(parts))


def test_the_work_grows_with_the_number_of_vpcs() -> None:
    assert judged(8, 5, 50) < 4.2 * judged(2, 5, 50)


def test_the_work_grows_with_the_number_of_subnets_and_the_size_of_the_vpc() -> None:
    assert judged(2, 20, 50) < 4.5 * judged(2, 5, 50)


def test_the_work_grows_with_the_number_of_routes() -> None:
    assert judged(2, 5, 400) < 4.5 * judged(2, 5, 100)


def test_routes_that_lead_the_same_way_make_no_more_classes() -> None:
    verdict = judge(network(2, 3, 300))
    assert verdict.proven
    assert len(verdict.flows) == 2 * 3 * 2


def test_a_bypass_among_thousands_of_routes_is_found() -> None:
    verdict: Verdict = judge(network(3, 4, 300, planted=True))
    bypasses = [each for each in verdict.flows if each.verdict == "bypass"]
    assert {each.subnet.id for each in bypasses} == {"vpc-0/0", "vpc-1/0", "vpc-2/0"}
    assert {each.destinations for each in bypasses} == {("1.3.126.0/24",)}


@pytest.mark.parametrize("routes", [1, 2])
def test_small_tables_are_judged_like_large_ones(routes: int) -> None:
    assert judge(network(1, 1, routes)).proven
