"""Drift as text."""

from collections.abc import Iterator

from gwlbfw.cli.views.location import location_text
from gwlbfw.cli.views.style import PLAIN, Style
from gwlbfw.cli.views.values import plural, value_text
from gwlbfw.diagnostics import printable
from gwlbfw.drift import SEVERITIES, DriftItem, DriftReport
from gwlbfw.resources.facts import DriftSeverity
from gwlbfw.topology.models import Topology

_COLOURS: dict[DriftSeverity, str] = {"critical": "error", "high": "warning", "low": "quiet"}


def compared_with(report: DriftReport) -> str:
    """The side that live state is compared with."""
    if report.against_record:
        return "what was last applied"
    return "the topology file, as there is no record of an apply"


def drift_text(report: DriftReport, topology: Topology, style: Style = PLAIN) -> str:
    """The differences, worst first, each with expected and actual value and effect."""
    where = location_text(topology.name, topology.region, report.place)
    lines = [style("quiet", where), ""]
    if not report.drifted:
        said = style("good", f"No drift. Live state matches {compared_with(report)}.")
        return "\n".join([*lines, said])
    for item in report.items:
        lines += [*_item(item, style), ""]
    return "\n".join([*lines, f"{style('title', 'Drift:')} {drift_summary(report)}"])


def _item(item: DriftItem, style: Style) -> Iterator[str]:
    severity = style(_COLOURS[item.severity], f"{item.severity:<8}")
    yield f"{severity}  {style('title', printable(item.address))}  {printable(item.attribute)}"
    yield f"          expected  {value_text(item.expected)}"
    yield f"          actual    {value_text(item.actual)}"
    yield f"          effect    {item.effect}"


def drift_summary(report: DriftReport) -> str:
    """The number of differences, by severity."""
    found = [each.severity for each in report.items]
    each = ", ".join(f"{found.count(s)} {s}" for s in SEVERITIES if s in found)
    return f"{plural(len(found), 'difference')} from {compared_with(report)}: {each}"
