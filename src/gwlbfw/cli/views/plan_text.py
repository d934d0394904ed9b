"""A plan as text."""

from collections.abc import Iterator

from gwlbfw.cli.views.changes import PAST, SYMBOLS, counts_text, groups, reason
from gwlbfw.cli.views.forecast_text import traffic_text, unproven_remark
from gwlbfw.cli.views.location import location_text
from gwlbfw.cli.views.style import PLAIN, Style
from gwlbfw.cli.views.values import plural, property_rows
from gwlbfw.diagnostics import printable
from gwlbfw.diff import Change
from gwlbfw.plan.model import Plan


def plan_text(plan: Plan, style: Style = PLAIN, *, refresh_only: bool = False) -> str:
    """The changes of a plan, group by group, what they do to traffic, and their counts.

    With `refresh_only` they are what has drifted since the last apply.
    """
    if plan.is_empty:
        text = style("good", no_changes_text(plan, refresh_only=refresh_only))
        return "\n".join(filter(None, [text, style("warning", unproven_remark(plan))]))
    lines = [style("quiet", header(plan)), ""]
    for group in groups(plan.changes):
        lines += [style("title", group.title), ""]
        for change in group.changes:
            about = [] if refresh_only else remarks(change, plan)
            shown = list(_change(change, about, style))
            lines += [*shown, ""] if len(shown) > 1 else shown
        lines += [""] if lines[-1] else []
    if traffic := list(traffic_text(plan, style)):
        lines += [style("title", "Traffic"), "", *traffic, ""]
    return "\n".join([*lines, summary(plan, style, refresh_only=refresh_only)])


def header(plan: Plan) -> str:
    """The stack and where it is: region, and cloud or accounts."""
    return location_text(plan.stack, plan.region, plan.place)


def no_changes_text(plan: Plan, *, refresh_only: bool = False) -> str:
    """The line of a plan without changes."""
    if plan.destroys:
        return f"Nothing to destroy. There is nothing left of {header(plan)}."
    matched = "what was last applied" if refresh_only else "the topology"
    moved = f"; {plural(count, 'resource')} moved" if (count := moved_count(plan)) else ""
    return f"No changes. Live state matches {matched}{moved}."


def summary(plan: Plan, style: Style = PLAIN, *, refresh_only: bool = False) -> str:
    """The last line: the counts of changes and calls."""
    if refresh_only:
        done = counts_text(plan.changes, PAST)
        return f"{style('title', 'Drifted since the last apply:')} {done}; nothing was changed"
    calls = plural(sum(1 for step in plan.steps if step.call), "API call")
    drifted = f", {len(plan.drifted)} drifted" if plan.drifted else ""
    moved = f", {count} moved" if (count := moved_count(plan)) else ""
    return f"{style('title', 'Plan:')} {counts_text(plan.changes)}{moved}{drifted}; {calls}"


def moved_count(plan: Plan) -> int:
    """The number of resources that the file has at another address than before."""
    return sum(1 for change in plan.changes if change.moved_from)


def remarks(change: Change, plan: Plan) -> list[str]:
    """The remarks beside the address of a change: id, former address, if drifted, reason."""
    moved = f"moved from {change.moved_from}" if change.moved_from else ""
    drifted = "drifted" if change.address in plan.drifted else ""
    about = [change.id, moved, drifted, reason(change, destroys=plan.destroys)]
    return [printable(each) for each in about if each]


def _change(change: Change, about: list[str], style: Style) -> Iterator[str]:
    symbol = SYMBOLS[change.action]
    head = f"  {style(change.action, f'{symbol:>3}')} {style('title', change.address)}"
    coloured = [style("warning", each) if each == "drifted" else each for each in about]
    yield f"{head}  ({'; '.join(coloured)})" if about else head
    shown = list(property_rows(change))
    width = max((len(row.name) for row in shown), default=0)
    last = ""
    for row in shown:
        label = "" if row.name == last else row.name
        mark = "" if row.sign in " ~" else f"{row.sign} "
        last = row.name
        yield f"        {label:<{width}}  {mark}{row.transition}"
