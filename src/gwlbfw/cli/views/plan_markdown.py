"""A plan as Markdown, fit for a comment on a pull request."""

from collections.abc import Iterator, Sequence

from gwlbfw.cli.views.calls_text import Reveal, calls_text
from gwlbfw.cli.views.changes import SYMBOLS, Group, groups
from gwlbfw.cli.views.forecast_text import traffic_text, unproven_remark, verdict_word
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
    lines = [f"### gwlbfw {verb}: `{plan.stack}` in `{plan.region}`", ""]
    for warning in plan.warnings:
        hint = f" ({warning.hint})" if warning.hint else ""
        lines += [f"> **Warning:** {warning.message}{hint}", ""]
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
        lines += _folded(f"<b>{group.title}</b>: {group.summary}", "diff", _diff(group, plan))
    lines += _traffic(plan)
    if calls:
        text = calls_text(plan, PLAIN, reveal).splitlines()
        lines += _folded("<b>API calls</b>", "text", text)
    return "\n".join([*lines, summary(plan, refresh_only=refresh_only)])


def _traffic(plan: Plan) -> list[str]:
    """The section on traffic, folded away, with the verdict before and at the end as its title."""
    if (forecast := plan.forecast) is None:
        return []
    title = (
        f"<b>Traffic</b>: {verdict_word(forecast.before)} {ARROW} {verdict_word(forecast.after)}"
    )
    return _folded(title, "text", list(traffic_text(plan)))


def table(heads: Sequence[str], body: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table; what stands in a cell can't end it."""
    for row in (heads, ["---"] * len(heads), *body):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _folded(title: str, language: str, body: Sequence[str] | Iterator[str]) -> list[str]:
    fence = "````"
    return [
        f"<details><summary>{title}</summary>",
        "",
        f"{fence}{language}",
        *body,
        fence,
        "",
        "</details>",
        "",
    ]


def _diff(group: Group, plan: Plan) -> Iterator[str]:
    for change in group.changes:
        lead = _LEADS.get(change.action, "!")
        symbol = "" if lead == SYMBOLS[change.action] else f"{SYMBOLS[change.action]} "
        about = "; ".join(remarks(change, plan))
        yield f"{lead} {symbol}{change.address}{f'  ({about})' if about else ''}"
        yield from _rows(change, lead)


def _rows(change: Change, lead: str) -> Iterator[str]:
    for sign, name, text in property_rows(change):
        was, arrow, towards = text.partition(f" {ARROW} ")
        if sign == "~" and arrow:
            yield f"-     {name}: {was}"
            yield f"+     {name}: {towards}"
        else:
            yield f"{lead if sign in ' ~' else sign}     {name}: {text}"
