"""A plan as Markdown, fit for a comment on a pull request."""

from collections.abc import Iterator

from gwlbfw.cli.views.calls_text import Reveal, calls_text
from gwlbfw.cli.views.changes import SYMBOLS, Group, groups
from gwlbfw.cli.views.forecast_text import traffic_text, unproven_remark, verdict_word
from gwlbfw.cli.views.location import location_markdown
from gwlbfw.cli.views.markdown import escaped, folded, table
from gwlbfw.cli.views.plan_text import no_changes_text, remarks, summary
from gwlbfw.cli.views.style import PLAIN
from gwlbfw.cli.views.values import ARROW, property_rows
from gwlbfw.diff import ACTIONS, Change
from gwlbfw.plan.model import Plan

_ACTIONS = tuple(action for action in ACTIONS if action != "no_op")
_LEADS = {"create": "+", "delete": "-"}
"""The first character of a line in a fenced diff, for its colour; `!` for the rest."""


def plan_markdown(
    plan: Plan, *, calls: bool = False, reveal: Reveal | None = None, refresh_only: bool = False
) -> str:
    """A table of counts, and the changes folded away group by group; see `plan_text`."""
    verb = "destroy" if plan.destroys else "plan"
    where = location_markdown(plan.stack, plan.region, plan.place)
    lines = [f"### gwlbfw {verb}: {where}", ""]
    for warning in plan.warnings:
        hint = f" ({warning.hint})" if warning.hint else ""
        lines += [f"> **Warning:** {escaped(f'{warning.message}{hint}')}", ""]
    if plan.is_empty:
        return "\n".join(
            [
                *lines,
                no_changes_text(plan, refresh_only=refresh_only),
                *filter(None, [unproven_remark(plan)]),
            ]
        )
    lines += [*table([*_ACTIONS], [[str(plan.summary[action]) for action in _ACTIONS]]), ""]
    for group in groups(plan.changes):
        lines += folded(f"<b>{group.title}</b>: {group.summary}", "diff", _diff(group, plan))
    lines += _traffic(plan)
    if calls:
        text = calls_text(plan, PLAIN, reveal).splitlines()
        lines += folded("<b>API calls</b>", "text", text)
    return "\n".join([*lines, summary(plan, refresh_only=refresh_only)])


def _traffic(plan: Plan) -> list[str]:
    """The section on traffic, folded away, with the verdict before and at the end as its title."""
    if (forecast := plan.forecast) is None:
        return []
    title = (
        f"<b>Traffic</b>: {verdict_word(forecast.before)} {ARROW} {verdict_word(forecast.after)}"
    )
    return folded(title, "text", list(traffic_text(plan)))


def _diff(group: Group, plan: Plan) -> Iterator[str]:
    for change in group.changes:
        lead = _LEADS.get(change.action, "!")
        symbol = "" if lead == SYMBOLS[change.action] else f"{SYMBOLS[change.action]} "
        about = "; ".join(remarks(change, plan))
        yield f"{lead} {symbol}{change.address}{f'  ({about})' if about else ''}"
        yield from _rows(change, lead)


def _rows(change: Change, lead: str) -> Iterator[str]:
    for row in property_rows(change):
        if row.was is not None:
            yield f"-     {row.name}: {row.was}"
            yield f"+     {row.name}: {row.text}"
        else:
            yield f"{lead if row.sign in ' ~' else row.sign}     {row.name}: {row.text}"
