"""A problem at a path of the topology, before its place in the file is known."""

from collections.abc import Iterable
from dataclasses import dataclass

from gwlbfw.diagnostics import Diagnostic, Severity
from gwlbfw.topology.yaml.source import Source, YamlPath


@dataclass(frozen=True)
class Problem:
    """A problem with what is at `path`; `at_key` if the key is wrong and not its value."""

    code: str
    path: YamlPath
    message: str
    hint: str | None = None
    severity: Severity = "error"
    at_key: bool = False
    about_absence: bool = False
    """True if it reports that something is missing, or too few of it."""

    def to_diagnostic(self, source: Source) -> Diagnostic:
        """The problem as a diagnostic, at its place in the file."""
        place = source.place(self.path) if self.at_key else source.value_place(self.path)
        subject = None if place else ".".join(map(str, self.path))
        return Diagnostic(self.severity, self.code, self.message, self.hint, place, subject)

    def follows_from(self, left_out: Iterable[YamlPath]) -> bool:
        """True if it may be reported only because something was left out."""
        return any(self.about_absence or each[: len(self.path)] == self.path for each in left_out)
