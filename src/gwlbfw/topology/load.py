"""Loading: a YAML file to a Topology, or every problem of the file at its place."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gwlbfw.diagnostics import Diagnostic, error, in_order
from gwlbfw.errors import TopologyError
from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.checks import check
from gwlbfw.topology.validation.finding import Finding
from gwlbfw.topology.validation.recovery import repair
from gwlbfw.topology.yaml.document import Document, read_document
from gwlbfw.topology.yaml.source import Source, YamlPath
from gwlbfw.topology.yaml.text import read_text
from gwlbfw.topology.yaml.variables import Variables


@dataclass(frozen=True)
class Loaded:
    """What came of a file: its topology, where there is no error, and all that is to be said."""

    topology: Topology | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The problems that stop."""
        return tuple(each for each in self.diagnostics if each.severity == "error")

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The problems that don't."""
        return tuple(each for each in self.diagnostics if each.severity == "warning")

    def need(self) -> Topology:
        """The topology; raises a TopologyError that holds every problem where there is none."""
        if self.topology is None:
            raise TopologyError(self.diagnostics)
        return self.topology


def load(
    path: Path | str,
    variables: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Loaded:
    """Reads and checks the file at `path`; nothing in it raises.

    `variables` are the values of `${var:KEY}`; `${env:NAME}` is looked up in `environment`, which
    is the process's own by default.
    """
    values = Variables(variables or {}, os.environ if environment is None else environment)
    try:
        document = read_document(read_text(Path(path)), values)
    except TopologyError as refused:
        return Loaded(None, refused.diagnostics())
    return _checked(document, Path(path).parent)


def _checked(document: Document, base: Path) -> Loaded:
    source = Source(base, document.keys, document.scalars, frozenset(document.variables))
    if not isinstance(document.root, dict):
        message = "a topology is a mapping of keys to values"
        found = [*document.problems, error("type", message, place=source.place(()))]
        return Loaded(None, in_order(found))
    repaired = repair(document.root, document.refused)
    topology = repaired.topology and repaired.topology.located(source)
    findings = [*repaired.findings, *(_checks(topology, repaired.left_out) if topology else ())]
    diagnostics = in_order([*document.problems, *(each.at(source) for each in findings)])
    whole = not any(each.severity == "error" for each in diagnostics)
    return Loaded(topology if whole else None, diagnostics)


def _checks(topology: Topology, left_out: frozenset[YamlPath]) -> list[Finding]:
    """What the checks find that is no mere consequence of what was left out."""
    return [each for each in check(topology) if not each.follows_from(left_out)]
