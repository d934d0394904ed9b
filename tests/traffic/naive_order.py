"""The order of a tool that knows what needs what, and nothing of traffic."""

from dataclasses import replace

from gwlbfw.plan import Plan, Step

ROUTES = ("route.business/", "route.gateway/")


def naive(plan: Plan) -> Plan:
    """The plan in plain order of dependency, by name where that leaves a choice, one by one.

    No route waits for another one, and none is put back with another.
    """
    above = _above(plan.steps)
    left = {step.id: step for step in plan.steps}
    sequence: list[Step] = []
    while left:
        ready = [each for each in left if not above[each] & left.keys()]
        step = left.pop(min(ready))
        needs = frozenset(each.id for each in sequence[-1:])
        sequence.append(replace(step, needs=needs, group="", undo=None))
    return replace(plan, steps=tuple(sequence))


def _above(steps: tuple[Step, ...]) -> dict[str, set[str]]:
    """All that each step needs, directly or not, but for routes that a route needs."""
    above: dict[str, set[str]] = {}
    for step in steps:
        above[step.id] = set(step.needs).union(*(above[each] for each in step.needs))
    turns = {step.id for step in steps if step.cuts_over and step.address.startswith(ROUTES)}
    return {
        step: {e for e in needs if step not in turns or e not in turns or same(e, step)}
        for step, needs in above.items()
    }


def same(one: str, other: str) -> bool:
    """Whether two steps are of one address."""
    return one.partition(":")[0] == other.partition(":")[0]
