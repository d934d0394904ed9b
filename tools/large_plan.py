"""The CPU seconds that the forecast of a large plan takes: `FOLDER CALLS APPLIANCES`.

Prints the changing calls of the plan, the states that were judged, and the seconds. The plan puts
a firewall into a network that serves traffic, with all its appliances, and with as many servers as
make up the number of calls.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path

from gwlbfw.forecast.forecast import with_forecast
from gwlbfw.plan import Plan
from gwlbfw.reachability import Network
from gwlbfw.reachability.model import PublicAddress
from gwlbfw.resources.graph import Live
from tests.scenarios.topology_builder import Size
from tests.unit.forecast.insertion import ROUTING, before
from tests.unit.reachability.graphs import network_of

ZONES = ("cn-hangzhou-i", "cn-hangzhou-j")
SUBNETS = 5
"""Of each zone."""


def large_plan(folder: Path, appliances: int, servers: int) -> tuple[Live, Plan]:
    """A network without a firewall, and the plan that puts it in."""
    size = Size(
        region="cn-hangzhou",
        zones=ZONES,
        subnets=SUBNETS,
        servers=servers,
        appliances=appliances // len(ZONES),
    )
    return before(size, folder, ROUTING)


def calls_of(plan: Plan) -> int:
    """The number of calls that change something."""
    return sum(step.call is not None for step in plan.steps)


def plan_of(folder: Path, appliances: int, calls: int) -> tuple[Live, Plan]:
    """The plan with the fewest servers that has so many calls."""
    few, more = (calls_of(large_plan(folder, appliances, n)[1]) for n in (0, 100))
    servers = 100 * (calls - few) // (more - few)
    while True:
        live, plan = large_plan(folder, appliances, servers)
        if calls_of(plan) >= calls:
            return live, plan
        servers += 1


def served(network: Network) -> Network:
    """The network with a public address in each business subnet, whose traffic is followed."""
    return replace(
        network,
        public_ips=tuple(
            PublicAddress(f"8.0.0.{number}", "", f"eni-{number}", subnet.vpc, subnet.id)
            for number, subnet in enumerate(network.subnets.values(), 1)
        ),
    )


def main(folder: str, calls: str, appliances: str) -> None:
    """Make the plan, and measure its forecast."""
    live, plan = plan_of(Path(folder), int(appliances), int(calls))
    start = served(network_of(live.nodes))
    known = {each.address: each.towards for each in plan.changes if each.towards}
    begun = time.process_time()
    found = with_forecast(plan, start, live, known).forecast
    took = time.process_time() - begun
    if found is None or found.unjudged or not found.states:
        raise SystemExit("the plan was not judged")
    print(calls_of(plan), found.states, took)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
