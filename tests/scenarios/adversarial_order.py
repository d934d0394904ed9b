"""Orders that a plan permits and nobody wishes for: one step comes as early as its needs allow."""

from dataclasses import replace

from gwlbfw.plan import Plan, Step


def earliest(plan: Plan, chosen: str) -> Plan:
    """The plan one call at a time, with `chosen` after nothing but what it needs."""
    needed = needs_of(plan)[chosen]
    first = [step for step in plan.steps if step.id in needed or step.id == chosen]
    rest = [step for step in plan.steps if step.id not in needed and step.id != chosen]
    return chained(plan, [*first, *rest])


def latest(plan: Plan, chosen: str) -> Plan:
    """The plan one call at a time, with `chosen` before nothing but what needs it."""
    above = needs_of(plan)
    rest = [step for step in plan.steps if chosen in above[step.id] or step.id == chosen]
    first = [step for step in plan.steps if step not in rest]
    return chained(plan, [*first, *rest])


def side_by_side(plan: Plan, one: str, other: str) -> Plan:
    """The plan one call at a time, but for two steps that run at once, where needs allow that."""
    above = needs_of(plan)
    if one in above[other] or other in above[one]:
        return chained(plan, list(plan.steps))
    needed = above[one] | above[other]
    first = [step for step in plan.steps if step.id in needed]
    rest = [step for step in plan.steps if step.id not in {*needed, one, other}]
    pair = [step for step in plan.steps if step.id in (one, other)]
    before = frozenset(step.id for step in first[-1:])
    together = [replace(step, needs=before) for step in pair]
    after = chained(plan, rest).steps
    if after:
        after = (replace(after[0], needs=frozenset({one, other})), *after[1:])
    return replace(plan, steps=(*chained(plan, first).steps, *together, *after))


def chained(plan: Plan, steps: list[Step]) -> Plan:
    """The plan with these steps, each of which waits for the one before."""
    found: list[Step] = []
    for step in steps:
        found.append(replace(step, needs=frozenset(each.id for each in found[-1:])))
    return replace(plan, steps=tuple(found))


def needs_of(plan: Plan) -> dict[str, set[str]]:
    """All that each step needs, directly or not, by its id."""
    found: dict[str, set[str]] = {}
    for step in plan.steps:
        found[step.id] = set(step.needs).union(*(found[each] for each in step.needs))
    return found
