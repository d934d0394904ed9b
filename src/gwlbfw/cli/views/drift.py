"""Drift in each of its formats."""

from dataclasses import dataclass
from datetime import datetime

from gwlbfw.cli.views.drift_markdown import drift_markdown
from gwlbfw.cli.views.drift_sarif import drift_sarif
from gwlbfw.cli.views.drift_text import drift_text
from gwlbfw.cli.views.screen import Screen
from gwlbfw.drift import DriftReport
from gwlbfw.topology.models import Topology


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
            self.screen.print_result(drift_text(report, self.topology, self.screen.out))

    def show_next(self, report: DriftReport, at: datetime) -> None:
        """Show the next report of a watch, with its time."""
        if self.form == "json":
            stamped = {"time": at.isoformat(timespec="seconds"), **report.to_json()}
            self.screen.print_document(stamped, lines=True)
        else:
            self.screen.print_message(self.screen.err("quiet", f"{at:%Y-%m-%d %H:%M:%S} UTC"))
            self.show(report)
            self.screen.flush()
