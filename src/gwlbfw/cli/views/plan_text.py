"""A plan as text."""

from collections.abc import Callable, Iterator

from gwlbfw.cli.views.changes import SYMBOLS, counted, groups, reason
from gwlbfw.cli.views.style import PLAIN, Style
from gwlbfw.cli.views.values import rows
from gwlbfw.cloud.call import UserData
from gwlbfw.diff import Change
from gwlbfw.plan.model import Plan

Reveal = Callable[[UserData], str]
"""Gives user data in the clear."""


def plan_text(plan: Plan, style: Style = PLAIN) -> str:
    """What changes, group by group, and how much of it there is."""
    if plan.is_empty:
        return style("good", nothing(plan))
    lines = [style("quiet", f"{plan.stack} in {plan.region}"), ""]
    for group in groups(plan.changes):
        lines += [style("title", group.title), ""]
        for change in group.changes:
            lines += [*_change(change, plan, style), ""]
    return "\n".join([*lines, summary(plan, style)])


def nothing(plan: Plan) -> str:
    """What is said of a plan without changes."""
    if plan.destroys:
        return f"Nothing to destroy. There is nothing left of {plan.stack} in {plan.region}."
    return "No changes. Live state matches the topology."


def summary(plan: Plan, style: Style = PLAIN) -> str:
    """The line at the end: how much of everything."""
    calls = sum(1 for step in plan.steps if step.call)
    drifted = f", {len(plan.drifted)} of it drifted" if plan.drifted else ""
    return f"{style('title', 'Plan:')} {counted(plan.changes)}{drifted}; {calls} API calls"


def _change(change: Change, plan: Plan, style: Style) -> Iterator[str]:
    symbol = SYMBOLS[change.action]
    head = f"  {style(change.action, f'{symbol:>3}')} {style('title', change.address)}"
    about = [change.id] if change.id else []
    about += [style("warning", "drifted")] if change.address in plan.drifted else []
    about += [reason(change)] if reason(change) else []
    yield f"{head}  ({'; '.join(about)})" if about else head
    shown = list(rows(change))
    width = max((len(name) for _, name, _ in shown), default=0)
    last = ""
    for sign, name, text in shown:
        label = "" if name == last else name
        mark = "" if sign in " ~" else f"{sign} "
        last = name
        yield f"        {label:<{width}}  {mark}{text}"
