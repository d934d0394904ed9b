"""The report of a run as text: counts, ids and addresses; failures; how to resume."""

from collections.abc import Iterator, Mapping

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cli.views.changes import PAST, counts_text
from gwlbfw.cli.views.error_diagnostics import diagnose
from gwlbfw.cli.views.style import PLAIN, Style
from gwlbfw.cloud.call import Raw
from gwlbfw.diagnostics import Diagnostic
from gwlbfw.errors import GwlbfwError, NotInspected
from gwlbfw.execute.report import ApplyReport
from gwlbfw.plan.model import Plan


def outcome_text(plan: Plan, report: ApplyReport, style: Style = PLAIN) -> str:
    """The counts, how long it took, and the ids and addresses that matter."""
    complete = "Destroyed" if plan.destroys else "Applied"
    what = {"done": complete, "failed": "Stopped", "interrupted": "Interrupted"}[report.outcome]
    meaning = "good" if report.outcome == "done" else "error"
    took = duration_text(report.makespan_s)
    lines = [f"{style(meaning, f'{what}:')} {_counts(plan, report)} in {took}"]
    if report.outcome == "done" and not plan.destroys:
        lines += _outputs(report)
    return "\n".join(lines)


def _counts(plan: Plan, report: ApplyReport) -> str:
    """How many changes are complete, by action."""
    unfinished = {each.step.address for each in report.results if each.outcome != "done"}
    return counts_text((each for each in plan.changes if each.address not in unfinished), PAST)


def duration_text(value: float) -> str:
    """A duration in seconds as text: `0.4 s`, `38 s`, `2 min 5 s`."""
    if value < 10:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _outputs(report: ApplyReport) -> Iterator[str]:
    rows = [
        *_ids("gateway load balancer", "load_balancer", report),
        *_ids("endpoint", "endpoint", report),
        *_eips(report.raw),
    ]
    width = max((len(label) for label, _, _ in rows), default=0)
    longest = max((len(text) for _, text, _ in rows), default=0)
    for label, text, note in rows:
        yield f"  {label:<{width}}  {text:<{longest}}  {note}".rstrip()


def _ids(label: str, kind: str, report: ApplyReport) -> Iterator[tuple[str, str, str]]:
    for address, cloud_id in sorted(report.ids.items()):
        if address.kind == kind:
            yield label, cloud_id, address


def _eips(raw: Mapping[Address, Raw]) -> Iterator[tuple[str, str, str]]:
    for address, reply in sorted(raw.items()):
        if address.kind == "eip" and reply.get("IpAddress"):
            at = layout.parse(address)
            yield "EIP", str(reply["IpAddress"]), layout.server(at.vpc, at.name)


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


def rollback_text(report: ApplyReport) -> Iterator[str]:
    """Each zone that was rolled back, why, and what could not be rolled back."""
    groups = dict.fromkeys(e.step.group for e in report.results if e.step.group)
    for group in groups:
        steps = [each for each in report.results if each.step.group == group]
        undone = [each for each in steps if each.outcome == "undone"]
        failed = next((each for each in steps if each.outcome == "failed"), None)
        if failed is None or not (undone or isinstance(failed.error, NotInspected)):
            continue
        yield f"the routes of {group} were rolled back because of {failed.step.id}"
        yield from (
            f"  {each.step.address} could not be rolled back: {each.cause}"
            for each in (*undone, failed)
            if each.cause
        )


def resume_text(report: ApplyReport, command: str, style: Style = PLAIN) -> str:
    """How much of a run is done, what stopped it, and the command that resumes it."""
    done = sum(1 for each in report.results if each.outcome == "done")
    causes: dict[str, int] = {}
    for each in report.results:
        if each.outcome == "skipped":
            causes[each.cause] = causes.get(each.cause, 0) + 1
    lines = [f"{done} of {len(report.results)} steps are done"]
    lines += rollback_text(report)
    lines += [f"{number} skipped because of {cause}" for cause, number in sorted(causes.items())]
    return "\n".join([*lines, f"run {style('title', f'`{command}`')} again to resume"])
