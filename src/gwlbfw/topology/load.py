"""Loading: a YAML file to a Topology, or every problem of the file at its place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gwlbfw.cloud.environment import process_environment
from gwlbfw.diagnostics import Diagnostic, error, in_order
from gwlbfw.errors import TopologyError
from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.checks import check
from gwlbfw.topology.validation.partial_topology import build_partial
from gwlbfw.topology.validation.problem import Problem
from gwlbfw.topology.yaml.document import Document, read_document
from gwlbfw.topology.yaml.source import Source, YamlPath
from gwlbfw.topology.yaml.text import read_text
from gwlbfw.topology.yaml.variables import Variables


@dataclass(frozen=True)
class LoadResult:
    """The result of loading a file: its topology, unless there are errors, and all diagnostics."""

    topology: Topology | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that stop a run."""
        return tuple(each for each in self.diagnostics if each.severity == "error")

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that don't."""
        return tuple(each for each in self.diagnostics if each.severity == "warning")

    def with_more(self, diagnostics: Iterable[Diagnostic]) -> "LoadResult":
        """The same result with more that was found wrong."""
        more = LoadResult(self.topology, in_order([*self.diagnostics, *diagnostics]))
        return replace(more, topology=None) if more.errors else more

    def require(self) -> Topology:
        """The topology; raises a TopologyError that holds every problem where there is none."""
        if self.topology is None:
            raise TopologyError(self.diagnostics)
        return self.topology


def load(
    path: Path | str,
    variables: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    *,
    allow_outside: bool = False,
) -> LoadResult:
    """Read and check the file at `path`; nothing in the file raises.

    `variables` are the values of `${var:KEY}`; `${env:NAME}` is looked up in `environment`, which
    is the process's own by default. The files that it names are below its folder, unless
    `allow_outside` says otherwise.
    """
    values = Variables(
        variables or {}, process_environment() if environment is None else environment
    )
    try:
        document = read_document(read_text(Path(path)), values)
    except TopologyError as refused:
        return LoadResult(None, refused.diagnostics())
    source = Source(
        Path(path).parent,
        document.keys,
        document.scalars,
        frozenset(document.variables),
        allow_outside,
    )
    return _validate(document, source)


def _validate(document: Document, source: Source) -> LoadResult:
    if not isinstance(document.root, dict):
        message = "a topology is a mapping of keys to values"
        found = [*document.problems, error("type", message, place=source.place(()))]
        return LoadResult(None, in_order(found))
    partial = build_partial(document.root, document.refused)
    topology = partial.topology and partial.topology.with_source(source)
    problems = [*partial.problems, *(_checks(topology, partial.left_out) if topology else ())]
    diagnostics = in_order([*document.problems, *(each.to_diagnostic(source) for each in problems)])
    valid = not any(each.severity == "error" for each in diagnostics)
    return LoadResult(topology if valid else None, diagnostics)


def _checks(topology: Topology, left_out: frozenset[YamlPath]) -> list[Problem]:
    """The problems that the checks find, without mere consequences of what was left out."""
    return [each for each in check(topology) if not each.follows_from(left_out)]
