"""What came of a run, as text: counts and the ids that matter, or each failure with its advice."""

from collections.abc import Iterator, Mapping

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cli.views.changes import PAST, counted
from gwlbfw.cli.views.error_diagnostics import explained
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
    lines = [
        f"{style(meaning, f'{what}:')} {_counts(plan, report)} in {seconds(report.makespan_s)}"
    ]
    if report.outcome == "done" and not plan.destroys:
        lines += _outputs(report)
    return "\n".join(lines)


def _counts(plan: Plan, report: ApplyReport) -> str:
    """How many changes are complete, by action."""
    unfinished = {each.step.address for each in report.results if each.outcome != "done"}
    return counted((each for each in plan.changes if each.address not in unfinished), PAST)


def seconds(value: float) -> str:
    """A time as people read it: `0.4 s`, `38 s`, `2 min 5 s`."""
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
    for address, said in sorted(raw.items()):
        if address.kind == "eip" and said.get("IpAddress"):
            at = layout.parse(address)
            yield "EIP", str(said["IpAddress"]), layout.server(at.vpc, at.name)


def failures(report: ApplyReport) -> Iterator[Diagnostic]:
    """Each failed step as one problem: where, which call, what the cloud said, what to do."""
    for result in report.failures:
        problem = result.error or GwlbfwError("it failed")
        for each in explained(problem):
            yield Diagnostic(
                each.severity,
                each.code,
                f"{result.step.address}: {each.message}",
                each.hint,
                each.place,
                each.subject,
            )


def put_back(report: ApplyReport) -> Iterator[str]:
    """Each zone whose cut-over did not hold, why, and what could not be put back."""
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


def what_is_left(report: ApplyReport, go_on: str, style: Style = PLAIN) -> str:
    """How much was not done, because of what, and how to go on."""
    done = sum(1 for each in report.results if each.outcome == "done")
    causes: dict[str, int] = {}
    for each in report.results:
        if each.outcome == "skipped":
            causes[each.cause] = causes.get(each.cause, 0) + 1
    lines = [f"{done} of {len(report.results)} steps are done"]
    lines += put_back(report)
    lines += [f"{number} skipped because of {cause}" for cause, number in sorted(causes.items())]
    return "\n".join([*lines, f"run {style('title', f'`{go_on}`')} again to resume"])
