"""A finding: a problem at a path of the topology, before it is known where the file says that."""

from collections.abc import Iterable
from dataclasses import dataclass

from gwlbfw.diagnostics import Diagnostic, Severity
from gwlbfw.topology.yaml.source import Source, YamlPath


@dataclass(frozen=True)
class Finding:
    """A problem with what is at `path`; `of_key` where the key is wrong and not its value."""

    code: str
    path: YamlPath
    message: str
    hint: str | None = None
    severity: Severity = "error"
    of_key: bool = False
    of_absence: bool = False
    """Whether it says that something isn't there, or too few of it."""

    def at(self, source: Source) -> Diagnostic:
        """The finding as a diagnostic, at its place in the file."""
        place = source.place(self.path) if self.of_key else source.value_place(self.path)
        subject = None if place else ".".join(map(str, self.path))
        return Diagnostic(self.severity, self.code, self.message, self.hint, place, subject)

    def follows_from(self, left_out: Iterable[YamlPath]) -> bool:
        """Whether it may be there only because something was left out."""
        return any(self.of_absence or each[: len(self.path)] == self.path for each in left_out)
