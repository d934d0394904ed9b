"""Drift in each of its forms."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cli.views.plan_markdown import table
from gwlbfw.cli.views.sarif import Finding, log
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cli.views.style import PLAIN, Style
from gwlbfw.cli.views.values import plural, value_text
from gwlbfw.cloud.call import Json
from gwlbfw.diagnostics import Place
from gwlbfw.drift import SEVERITIES, DriftItem, DriftReport
from gwlbfw.resources.facts import DriftSeverity
from gwlbfw.topology.models import Topology

_COLOURS: dict[DriftSeverity, str] = {"critical": "error", "high": "warning", "low": "quiet"}
_LEVELS: dict[DriftSeverity, str] = {"critical": "error", "high": "warning", "low": "note"}


@dataclass(frozen=True)
class DriftView:
    """Shows drift reports of one topology file in one form."""

    screen: Screen
    form: str
    file: str
    topology: Topology

    def show(self, report: DriftReport) -> None:
        """Show a report."""
        if self.form == "json":
            self.screen.print_document(report.to_json())
        elif self.form == "sarif":
            self.screen.print_document(drift_sarif(report, self.file, self.topology))
        elif self.form == "markdown":
            self.screen.print_result(drift_markdown(report, self.topology))
        else:
            self.screen.print_result(drift_text(report, self.screen.out))

    def show_next(self, report: DriftReport, at: datetime) -> None:
        """Show the next report of a watch, with its time."""
        if self.form == "json":
            stamped = {"time": at.isoformat(timespec="seconds"), **report.to_json()}
            self.screen.print_document(stamped, lines=True)
        else:
            self.screen.print_message(self.screen.err("quiet", f"{at:%Y-%m-%d %H:%M:%S} UTC"))
            self.show(report)
            self.screen.flush()


def _base(report: DriftReport) -> str:
    if report.against_record:
        return "what was last applied"
    return "the topology file, as there is no record of an apply"


def drift_text(report: DriftReport, style: Style = PLAIN) -> str:
    """The differences, worst first, each with expected and actual value and effect."""
    if not report.drifted:
        return style("good", f"No drift. Live state matches {_base(report)}.")
    lines = []
    for item in report.items:
        lines += [*_item(item, style), ""]
    return "\n".join([*lines, f"{style('title', 'Drift:')} {_summary(report)}"])


def _item(item: DriftItem, style: Style) -> Iterator[str]:
    severity = style(_COLOURS[item.severity], f"{item.severity:<8}")
    yield f"{severity}  {style('title', item.address)}  {item.attribute}"
    yield f"          expected  {value_text(item.expected)}"
    yield f"          actual    {value_text(item.actual)}"
    yield f"          effect    {item.effect}"


def _summary(report: DriftReport) -> str:
    found = [each.severity for each in report.items]
    each = ", ".join(f"{found.count(s)} {s}" for s in SEVERITIES if s in found)
    return f"{plural(len(found), 'difference')} from {_base(report)}: {each}"


def drift_markdown(report: DriftReport, topology: Topology) -> str:
    """The differences as a table."""
    lines = [f"### gwlbfw drift: `{topology.name}` in `{topology.region}`", ""]
    if not report.drifted:
        return "\n".join([*lines, f"No drift. Live state matches {_base(report)}."])
    heads = ("severity", "address", "attribute", "expected", "actual", "effect")
    body = [
        (
            each.severity,
            f"`{each.address}`",
            each.attribute,
            value_text(each.expected),
            value_text(each.actual),
            each.effect,
        )
        for each in report.items
    ]
    return "\n".join([*lines, *table(heads, body), "", _summary(report)])


def drift_sarif(report: DriftReport, file: str, topology: Topology) -> dict[str, Json]:
    """The differences as SARIF, each at the place of the file that it belongs to."""
    return log(
        Finding(
            rule=f"drift-{each.address.kind}",
            level=_LEVELS[each.severity],
            message=(
                f"{each.address}: {each.attribute} is {value_text(each.actual)}, expected "
                f"{value_text(each.expected)}; {each.effect}"
            ),
            file=file,
            place=_place(topology, each.address),
            address=each.address,
        )
        for each in report.items
    )


def _place(topology: Topology, address: Address) -> Place | None:
    """The place in the file for an address: its VPC, or the part that all VPCs share."""
    vpc = layout.parse(address).vpc
    if vpc in topology.business_vpcs:
        return topology.place("business_vpcs", vpc)
    if address.kind in ("load_balancer", "listener", "server_group"):
        return topology.place("gateway_load_balancer")
    return topology.place("security_vpc")
