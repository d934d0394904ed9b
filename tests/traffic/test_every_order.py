"""What is said of a plan's moments, against every order of its calls on the simulator."""

import asyncio
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest

from gwlbfw.address import Address
from gwlbfw.discovery.fetch import Fetcher
from gwlbfw.forecast.effects import effects
from gwlbfw.forecast.transient_flows import Exploration, explore
from gwlbfw.plan import Plan, Step
from gwlbfw.plan.forecast import TransientFlow
from gwlbfw.reachability import fetch_network
from tests.scenarios.conftest import served
from tests.scenarios.existing import SUBNETS, Existing, brownfield, network
from tests.scenarios.testbed import ANYWHERE, Deployment, Testbed
from tests.traffic.prober import PEERS
from tests.traffic.raw import facts
from tests.unit.reachability.naive import Naive

Done = frozenset[str]
Seen = tuple[str, str, str]
"""Subnet, direction and verdict."""
LATER = 1_760_000_000.0


@dataclass(frozen=True)
class Small:
    """A firewall of which little is left to be done, and the plan that does it."""

    folder: Path
    ids: Mapping[str, str]
    plan: Plan
    stack: Deployment

    def state(self, done: Done) -> dict[tuple[str, str], str]:
        """The naive walker's verdicts by subnet and direction, once these steps are done."""
        with self.copy(done) as testbed:
            naive = Naive(facts(testbed, self.ids["prod"]))
            inside = dict(map(_place, naive.facts.instances))
            found = {}
            for name in SUBNETS:
                key = self.ids[name]
                out = {naive.outbound(key, peer, inside[key], [inside[key]]) for peer in PEERS}
                (found[name, "outbound"],) = (str(each) for each in out)
                found[name, "inbound"] = naive.inbound(inside[key], key, [*PEERS])
        return found

    @contextmanager
    def copy(self, done: Done) -> Iterator[Testbed]:
        """The cloud, with the steps carried out."""
        copies = self.folder / "copies"
        target = copies / str(len(list(copies.iterdir())))
        shutil.copytree(self.folder / "sim", target)
        with served(self.folder, target, LATER) as testbed:
            for step in self.plan.steps:
                if step.id in done and step.call is not None:
                    testbed.done(step.call.name, **step.call.params)
            yield testbed

    def explored(self, steps: tuple[Step, ...]) -> Exploration:
        """What is seen between these steps."""
        changes = self.plan.changes
        ids = {each.address: each.id for each in changes if each.id}
        known = {each.address: each.towards for each in changes if each.towards}
        stack = self.stack.stack
        start = asyncio.run(fetch_network(Fetcher(stack.api), stack.topology, ids))
        return explore(start, steps, effects(start, steps, changes, known))


def _place(instance: Any) -> tuple[str, str]:
    """The subnet and the address of a server."""
    attributes = instance["VpcAttributes"]
    return attributes["VSwitchId"], attributes["PrivateIpAddress"]["IpAddress"][0]


Undo = Callable[[Testbed, Existing, Mapping[str, str]], None]


def routes_back(testbed: Testbed, made: Existing, ids: Mapping[str, str]) -> None:
    """Every route as if no zone had been turned yet."""
    for name, (_, cidr) in SUBNETS.items():
        testbed.done(
            "vpc:ModifyRouteEntry",
            RouteTableId=made.ids[f"table-{name}"],
            DestinationCidrBlock=ANYWHERE,
            NewNextHopType="Ipv4Gateway",
            NewNextHopId=made.ids["gateway"],
        )
        testbed.done(
            "vpc:UpdateGatewayRouteTableEntryAttribute",
            GatewayRouteTableId=ids["route_table.gateway/shop"],
            DestinationCidrBlock=cidr,
            NextHopType="Local",
        )


def way_out_gone(testbed: Testbed, made: Existing, ids: Mapping[str, str]) -> None:
    """Neither the endpoints' way out nor the gateway's table is in use yet either."""
    routes_back(testbed, made, ids)
    testbed.done(
        "vpc:DeleteRouteEntry",
        RouteTableId=ids["route_table.gwlbe/shop"],
        DestinationCidrBlock=ANYWHERE,
        NextHopId=made.ids["gateway"],
    )
    testbed.done(
        "vpc:DissociateRouteTableFromGateway",
        RouteTableId=ids["route_table.gateway/shop"],
        GatewayId=made.ids["gateway"],
        GatewayType="Ipv4Gateway",
    )


@pytest.fixture(params=[routes_back, way_out_gone], ids=["routes", "way-out"])
def small(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Small]:
    """A brownfield firewall with its last calls undone."""
    undo: Undo = request.param
    (tmp_path / "copies").mkdir()
    with served(tmp_path, tmp_path / "sim") as testbed:
        made = network(testbed)
        stack = testbed.stack(brownfield(made))
        stack.apply()
        ids = {str(each.address): each.id for each in stack.plan().changes}
        undo(testbed, made, ids)
        yield Small(tmp_path, made.ids, stack.plan(), stack)


def closed(steps: tuple[Step, ...]) -> Iterator[Done]:
    """Every set of steps that can be done together at some moment."""
    ids = [each.id for each in steps]
    sets = chain.from_iterable(combinations(ids, size) for size in range(len(ids) + 1))
    for each in map(frozenset, sets):
        if all(step.needs <= each for step in steps if step.id in each):
            yield each


def unpaired(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps, but the gate, without any order but that of the phases of one change."""
    return tuple(
        replace(step, needs=frozenset(n for n in step.needs if n.startswith(f"{step.address}:")))
        for step in steps
        if step.call is not None
    )


@pytest.mark.parametrize("order", ["as-planned", "any"])
def test_transient_flows_are_those_that_every_order_of_the_calls_shows(
    small: Small, order: str
) -> None:
    steps = small.plan.steps if order == "as-planned" else unpaired(small.plan.steps)
    assert 4 <= len(steps) <= 7
    # The walker says where a request goes, not what becomes of the reply to one that passes by.
    explored = small.explored(steps).transient_flows
    said = [each for each in explored if each.verdict != each.before]
    states = {done: small.state(done) for done in closed(steps)}
    start, end = states[frozenset()], states[frozenset(each.id for each in steps)]
    assert set(end.values()) == {"inspected"}
    seen = set[TransientFlow]()
    for done, verdicts in states.items():
        for (subnet, direction), verdict in verdicts.items():
            key = subnet, direction
            shown = [e for e in said if about(e) == (*key, verdict) and lasts(e, done)]
            expected = verdict not in ("inspected", start[key], end[key])
            assert bool(shown) == expected, (done, key, verdict)
            seen |= set(shown)
    assert seen == set(said)


def about(moment: TransientFlow) -> Seen:
    """Subnet, direction and verdict of a moment."""
    return Address(moment.subnet).path[-1], moment.direction, moment.verdict


def lasts(moment: TransientFlow, done: Done) -> bool:
    """Whether a moment is on once these steps are done."""
    return done >= set(moment.after) and not done & set(moment.until)


def test_worst_is_asymmetric_as_planned_and_a_black_hole_in_any_order(
    small: Small,
) -> None:
    assert small.explored(small.plan.steps).worst == "asymmetric"
    loose = small.explored(unpaired(small.plan.steps)).worst
    ways_out = any(each.address == "route.gwlbe/shop" for each in small.plan.steps)
    assert loose == ("black_hole" if ways_out else "asymmetric")
