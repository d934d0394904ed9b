"""A verdict as plain values, without the network that it is about: it can be saved and shown."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from gwlbfw.cloud.call import Json
from gwlbfw.reachability.findings import Severity
from gwlbfw.reachability.flows import Direction, Judgement
from gwlbfw.reachability.packets import Source
from gwlbfw.reachability.path import PathHop


@dataclass(frozen=True)
class FlowSummary:
    """One class of a subnet's traffic in one direction, and the verdict on it."""

    vpc: str
    """The key in the YAML, or the id where it has none; so is `subnet`."""
    subnet: str
    direction: Direction
    destinations: tuple[str, ...]
    inspected: bool
    endpoint: str | None
    symmetric: bool
    verdict: Judgement
    path: tuple[PathHop, ...]
    source: Source | None = None
    """The sort of machines, where traffic of the other sort takes other paths."""
    exposed: bool | None = None
    """True if somebody uses it uninspected; None where a topology says what is to be proven."""


@dataclass(frozen=True)
class FindingSummary:
    """A finding, and the path that shows it; without hops where none does."""

    severity: Severity
    subject: str
    message: str
    path: tuple[PathHop, ...]


@dataclass(frozen=True)
class VerdictSummary:
    """Every flow of every business subnet, and what else was found."""

    flows: tuple[FlowSummary, ...]
    findings: tuple[FindingSummary, ...]

    @property
    def proven(self) -> bool:
        """True if everything is inspected, both ways, and no finding is critical."""
        return not self.refutations and not self.critical_findings

    @property
    def refutations(self) -> tuple[FlowSummary, ...]:
        """The flows that are not inspected as they should be."""
        return tuple(each for each in self.flows if each.verdict != "inspected")

    @property
    def critical_findings(self) -> tuple[FindingSummary, ...]:
        """The findings that stand against the proof."""
        return tuple(each for each in self.findings if each.severity == "critical")


def verdict_to_json(verdict: VerdictSummary) -> dict[str, Json]:
    """The verdict as `verify --format json` prints it."""
    rows: dict[str, Json] = _adapter().dump_python(verdict, mode="json")
    return {"proven": verdict.proven, **rows, "flows": without_empty_source(rows["flows"])}


def without_empty_source(flows: Json) -> Json:
    """The rows of flows, without `source` and `exposed` where they have none."""
    rows = flows if isinstance(flows, list) else []
    return [
        {
            key: value
            for key, value in row.items()
            if key not in ("source", "exposed") or value is not None
        }
        for row in rows
        if isinstance(row, dict)
    ]


def verdict_from_json(content: Mapping[str, Any]) -> VerdictSummary:
    """The verdict in a JSON object. Raises ValueError where it is none, or contradicts itself."""
    verdict = _adapter().validate_json(json.dumps(content), strict=True)
    if content.get("proven") is not verdict.proven:
        raise ValueError("`proven` is not what flows and findings make it")
    return verdict


@cache
def _adapter() -> TypeAdapter[VerdictSummary]:
    return TypeAdapter(VerdictSummary)
