"""SARIF 2.1.0, as code scanning services take it (OASIS; GitHub's subset)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from gwlbfw import __version__
from gwlbfw.cloud.call import Json
from gwlbfw.diagnostics import Diagnostic, Place

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True)
class Finding:
    """One result: what rule it falls under, how bad it is, and where."""

    rule: str
    level: str
    """`error`, `warning` or `note`."""
    message: str
    file: str
    place: Place | None = None
    address: str = ""
    """The resource concerned, where there is one."""


def sarif(file: str, diagnostics: Iterable[Diagnostic]) -> dict[str, Json]:
    """Diagnostics of a topology file as a SARIF log."""
    return log(
        Finding(
            each.code,
            each.severity,
            f"{each.message}\nHint: {each.hint}" if each.hint else each.message,
            each.place.file if each.place else file,
            each.place,
        )
        for each in diagnostics
    )


def log(findings: Iterable[Finding]) -> dict[str, Json]:
    """A SARIF log of one run."""
    results = list(findings)
    rules = sorted({each.rule for each in results})
    driver: Mapping[str, Json] = {
        "name": "gwlbfw",
        "version": __version__,
        "rules": [_rule(each) for each in rules],
    }
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(each, rules) for each in results],
            }
        ],
    }


def _rule(name: str) -> Json:
    return {"id": name, "shortDescription": {"text": name.replace("-", " ").replace("_", " ")}}


def _result(finding: Finding, rules: Sequence[str]) -> Json:
    line, column = (finding.place.line, finding.place.column) if finding.place else (1, 1)
    location: dict[str, Json] = {
        "physicalLocation": {
            "artifactLocation": {"uri": PurePath(finding.file).as_posix()},
            "region": {"startLine": line, "startColumn": column},
        }
    }
    if finding.address:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.address, "kind": "resource"}]
    return {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": finding.level,
        "message": {"text": finding.message},
        "locations": [location],
    }
