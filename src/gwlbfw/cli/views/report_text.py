"""The report of a run as text: counts, ids and addresses; failures; how to resume."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gwlbfw.address import Address
from gwlbfw.cli.views.changes import PAST, counts_text
from gwlbfw.cli.views.error_diagnostics import diagnose
from gwlbfw.cli.views.style import PLAIN, Style
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.diff import Change
from gwlbfw.errors import GwlbfwError, NotInspected
from gwlbfw.execute.report import ApplyReport, StepResult
from gwlbfw.plan.model import BACK, Plan
from gwlbfw.resources.facts import Output, PlanGroup
from gwlbfw.resources.resource import Resource, kinds


def outcome_text(plan: Plan, report: ApplyReport, style: Style = PLAIN) -> str:
    """The counts, how long it took, and the ids and addresses that matter."""
    complete = "Destroyed" if plan.destroys else "Applied"
    what = {"done": complete, "failed": "Stopped", "interrupted": "Interrupted"}[report.outcome]
    what = "Not inspected" if report.objection else what
    meaning = "good" if report.outcome == "done" else "error"
    took, counts = duration_text(report.makespan_s), _counts(plan, report)
    if report.outcome != "done":
        counts = counts if any(_complete(plan, report)) else "no change complete"
        return f"{style(meaning, f'{what} after {took}:')} {counts}"
    lines = [f"{style(meaning, f'{what}:')} {counts} in {took}"]
    if not plan.destroys:
        lines += _outputs(plan, report)
    return "\n".join(lines)


def _counts(plan: Plan, report: ApplyReport) -> str:
    """The number of complete changes of each action, as text."""
    return counts_text(_complete(plan, report), PAST)


def _complete(plan: Plan, report: ApplyReport) -> Iterator[Change]:
    unfinished = {each.step.address for each in report.results if each.outcome != "done"}
    return (
        each for each in plan.changes if each.action != "no_op" and each.address not in unfinished
    )


def duration_text(value: float) -> str:
    """A duration in seconds as text: `0.4 s`, `38 s`, `2 min 5 s`."""
    if value < 10:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _outputs(plan: Plan, report: ApplyReport) -> Iterator[str]:
    order = list(PlanGroup)
    shown = sorted(
        kinds().values(),
        key=lambda each: (order.index(each.plan_position.group), each.plan_position.rank),
    )
    rows = [row for kind in shown for row in _rows(kind, plan, report)]
    width = max((len(label) for label, _, _ in rows), default=0)
    longest = max((len(text) for _, text, _ in rows), default=0)
    for label, text, note in rows:
        yield f"  {label:<{width}}  {text:<{longest}}  {note}".rstrip()


def _rows(kind: type[Resource], plan: Plan, report: ApplyReport) -> Iterator[tuple[str, str, str]]:
    """The rows of a kind: label, id or field, and what is named beside it."""
    if (output := kind.output) is None:
        return
    for address, cloud_id in sorted(report.ids.items()):
        shown = report.raw.get(address, {}).get(output.field) if output.field else cloud_id
        if address.kind == kind.kind and shown:
            yield output.label, str(shown), _beside(output, plan.change(address), address)


def _beside(output: Output, change: Change | None, address: Address) -> str:
    ref = getattr(change.node.resource, output.beside) if change and output.beside else ""
    return str(ref or address)


def failure_diagnostics(report: ApplyReport) -> Iterator[Diagnostic]:
    """The diagnostics of failed steps: where, which call, the cloud's reply, what to do."""
    for result in report.failures:
        problem = result.error or GwlbfwError("it failed")
        for each in diagnose(problem):
            yield Diagnostic(
                each.severity,
                each.code,
                f"{result.step.address}: {each.message}",
                each.hint,
                each.place,
                each.subject,
            )


def unsaved_diagnostics(report: ApplyReport) -> Iterator[Diagnostic]:
    """The reason why the record could not be saved, though the cloud is as the run left it."""
    if report.unsaved is None:
        return
    for each in diagnose(report.unsaved):
        message = f"the record of this run is not saved: {each.message}"
        yield replace(each, message=message)


def objection_diagnostic(report: ApplyReport) -> Iterator[Diagnostic]:
    """The traffic that is not inspected although every step is done."""
    if report.objection:
        message = f"every step is done, but {report.objection}"
        hint = "`gwlbfw verify` shows the way it takes, and `gwlbfw plan` what would change that"
        yield error(NotInspected.code, message, hint=hint)


def rollback_text(report: ApplyReport) -> Iterator[str]:
    """Each zone that was rolled back, why, and what could not be rolled back."""
    groups = dict.fromkeys(e.step.group for e in report.results if e.step.group)
    for group in groups:
        steps = [each for each in report.results if each.step.group == group]
        undone = [each for each in steps if each.outcome == "undone"]
        failed = next((each for each in steps if each.outcome == "failed"), None)
        if failed is None:
            continue
        if failed.step.turns_back:
            yield _stays_text(group.removesuffix(BACK), failed, undone)
        elif undone or isinstance(failed.error, NotInspected):
            yield f"the routes of {group} were rolled back because of {failed.step.id}"
        else:
            continue
        yield from (
            f"  {each.step.address} could not be rolled back: {each.cause}"
            for each in (*undone, failed)
            if each.cause
        )


def _stays_text(place: str, failed: StepResult, undone: Sequence[StepResult]) -> str:
    """What becomes of a zone, or of a gateway's VPC, that was to go back to what was there."""
    what = f"{place} stays behind the firewall" if "/" in place else f"{place} keeps its gateway"
    put_back = "its routes were put back" if undone else "none of its routes was changed"
    return f"{what}, and {put_back}, because of {failed.step.id}; nothing that needs it was begun"


def resume_text(report: ApplyReport, command: str, style: Style = PLAIN) -> str:
    """The number of done steps, the reasons for the rest, and the command that resumes the run."""
    done = sum(1 for each in report.results if each.outcome == "done")
    causes: dict[str, int] = {}
    for each in report.results:
        if each.outcome == "skipped":
            causes[each.cause] = causes.get(each.cause, 0) + 1
    lines = [f"{done} of {len(report.results)} steps are done"]
    lines += rollback_text(report)
    lines += [f"{number} skipped because of {cause}" for cause, number in sorted(causes.items())]
    return "\n".join([*lines, f"run {style('title', f'`{command}`')} again to resume"])
