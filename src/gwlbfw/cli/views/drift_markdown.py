"""Drift as Markdown."""

from gwlbfw.cli.views.drift_text import compared_with, drift_summary
from gwlbfw.cli.views.location import location_markdown
from gwlbfw.cli.views.markdown import code, escaped, table
from gwlbfw.cli.views.values import value_text
from gwlbfw.drift import DriftReport
from gwlbfw.topology.models import Topology


def drift_markdown(report: DriftReport, topology: Topology) -> str:
    """The differences as a table."""
    where = location_markdown(topology.name, topology.region, report.place)
    lines = [f"### gwlbfw drift: {where}", ""]
    if not report.drifted:
        return "\n".join([*lines, f"No drift. Live state matches {compared_with(report)}."])
    heads = ("severity", "address", "attribute", "expected", "actual", "effect")
    body = [
        (
            each.severity,
            code(each.address),
            code(each.attribute),
            code(value_text(each.expected)),
            code(value_text(each.actual)),
            escaped(each.effect),
        )
        for each in report.items
    ]
    return "\n".join([*lines, *table(heads, body), "", drift_summary(report)])
