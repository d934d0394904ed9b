"""A plan as text."""

from collections.abc import Callable, Iterator

from gwlbfw.cli.views.changes import PAST, SYMBOLS, counted, groups, reason
from gwlbfw.cli.views.forecast_text import standing, traffic_text
from gwlbfw.cli.views.style import PLAIN, Style
from gwlbfw.cli.views.values import counts, rows
from gwlbfw.cloud.call import UserData
from gwlbfw.diff import Change
from gwlbfw.plan.model import Plan

Reveal = Callable[[UserData], str]
"""Gives user data in the clear."""


def plan_text(plan: Plan, style: Style = PLAIN, *, moved: bool = False) -> str:
    """What changes, group by group, and how much of it there is.

    With `moved` it is what has changed since the last apply, which nobody is going to do.
    """
    if plan.is_empty:
        said = style("good", nothing(plan, moved=moved))
        return "\n".join(filter(None, [said, style("warning", standing(plan))]))
    lines = [style("quiet", f"{plan.stack} in {plan.region}"), ""]
    for group in groups(plan.changes):
        lines += [style("title", group.title), ""]
        for change in group.changes:
            about = [] if moved else remarks(change, plan)
            shown = list(_change(change, about, style))
            lines += [*shown, ""] if len(shown) > 1 else shown
        lines += [""] if lines[-1] else []
    if traffic := list(traffic_text(plan, style)):
        lines += [style("title", "Traffic"), "", *traffic, ""]
    return "\n".join([*lines, summary(plan, style, moved=moved)])


def nothing(plan: Plan, *, moved: bool = False) -> str:
    """What is said of a plan without changes."""
    if plan.destroys:
        return f"Nothing to destroy. There is nothing left of {plan.stack} in {plan.region}."
    matched = "what was last applied" if moved else "the topology"
    return f"No changes. Live state matches {matched}."


def summary(plan: Plan, style: Style = PLAIN, *, moved: bool = False) -> str:
    """The line at the end: how much of everything."""
    if moved:
        done = counted(plan.changes, PAST)
        return f"{style('title', 'Drifted since the last apply:')} {done}; nothing was changed"
    calls = counts(sum(1 for step in plan.steps if step.call), "API call")
    drifted = f", {len(plan.drifted)} drifted" if plan.drifted else ""
    return f"{style('title', 'Plan:')} {counted(plan.changes)}{drifted}; {calls}"


def remarks(change: Change, plan: Plan) -> list[str]:
    """What is said of a change beside its properties."""
    drifted = "drifted" if change.address in plan.drifted else ""
    about = [change.id, drifted, reason(change, destroys=plan.destroys)]
    return [each for each in about if each]


def _change(change: Change, about: list[str], style: Style) -> Iterator[str]:
    symbol = SYMBOLS[change.action]
    head = f"  {style(change.action, f'{symbol:>3}')} {style('title', change.address)}"
    coloured = [style("warning", each) if each == "drifted" else each for each in about]
    yield f"{head}  ({'; '.join(coloured)})" if about else head
    shown = list(rows(change))
    width = max((len(name) for _, name, _ in shown), default=0)
    last = ""
    for sign, name, text in shown:
        label = "" if name == last else name
        mark = "" if sign in " ~" else f"{sign} "
        last = name
        yield f"        {label:<{width}}  {mark}{text}"
