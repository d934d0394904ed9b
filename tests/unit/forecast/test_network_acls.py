"""Network ACLs over the course of a plan: what brute force finds at each moment is what is said."""

from dataclasses import replace
from random import Random

import pytest

from gwlbfw.reachability.model import Machine, NetworkAcl
from gwlbfw.resources.forwarding import InboundRule
from tests.unit.forecast.random_plans import RandomPlan, random_plan
from tests.unit.forecast.test_brute_force import check

BLOCKS = ("10.0.0.0/16", "10.0.0.0/16", "10.0.1.0/24", "10.0.2.0/24")


def firewall_subnets(plan: RandomPlan) -> list[str]:
    """The subnets of the load balancers and of machines, at the start and later."""
    made = (value for fillings in plan.made.fillings.values() for _, value in fillings)
    machines = [*plan.start.machines.values(), *(e for e in made if isinstance(e, Machine))]
    of_balancers = (key for each in plan.start.balancers.values() for key in each.subnets)
    return sorted({*of_balancers, *(each.subnet for each in machines)})


def some_rules(rng: Random) -> tuple[InboundRule, ...]:
    return tuple(
        InboundRule("udp", "6081/6081", rng.choice(BLOCKS), rng.random() > 0.1, number)
        for number in range(rng.randint(1, 2))
    )


def acl(key: str, rng: Random) -> NetworkAcl | None:
    """An ACL of a subnet, which may be one that could not be read."""
    known = NetworkAcl(f"nacl-{key}", some_rules(rng), some_rules(rng))
    return None if rng.random() < 0.15 else known


@pytest.mark.parametrize("seed", range(20))
def test_acls_are_facts_of_the_start_at_every_moment(seed: int) -> None:
    rng = Random(f"acl/{seed}")  # noqa: S311 - no secret is made of it
    plan = random_plan(rng, 32)
    acls = {key: acl(key, rng) for key in firewall_subnets(plan) if rng.random() < 0.6}
    check(replace(plan, start=replace(plan.start, acls=acls)))
