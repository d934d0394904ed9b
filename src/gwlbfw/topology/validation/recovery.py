"""From plain values to a Topology; where some are wrong, to one without them.

Checks can so be made of the rest, and one run shows every problem of a file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.finding import Finding
from gwlbfw.topology.validation.model_errors import explain, meant
from gwlbfw.topology.yaml.document import MOST_PROBLEMS, Tree
from gwlbfw.topology.yaml.source import YamlPath

_ROUNDS = 20
"""Leaving something out can make what holds it wrong: at most this many levels of it."""

_PLACEHOLDERS: dict[str, Tree] = {"version": 1, "name": "unnamed", "region": ""}


@dataclass(frozen=True)
class Repaired:
    """A topology as far as one can be made, what was wrong, and what was left out for it."""

    topology: Topology | None
    findings: tuple[Finding, ...]
    left_out: frozenset[YamlPath]


def repair(root: dict[str, Tree], broken: Iterable[YamlPath]) -> Repaired:
    """The topology that `root` says; `broken` are paths where the file had something unreadable."""
    left_out = set(broken)
    findings: tuple[Finding, ...] | None = None
    for _ in range(_ROUNDS):
        try:
            topology = Topology.model_validate(root)
        except ValidationError as problem:
            errors = [(each["loc"], each) for each in problem.errors(include_url=False)]
            if findings is None:
                findings = _findings(errors, left_out)
            left_out |= {_leave_out(root, path, each) for path, each in errors}
        else:
            return Repaired(topology, findings or (), frozenset(left_out))
    return Repaired(None, findings or (), frozenset(left_out))


def _findings(
    errors: Sequence[tuple[YamlPath, ErrorDetails]], left_out: set[YamlPath]
) -> tuple[Finding, ...]:
    """What to say of the first errors; a key that is missing as it is misspelt is said once."""
    errors = errors[:MOST_PROBLEMS]
    misspelt = {
        (*path[:-1], meant(path)) for path, each in errors if each["type"] == "extra_forbidden"
    }
    unsaid = left_out | misspelt
    return tuple(explain(path, each) for path, each in errors if path not in unsaid)


def _leave_out(root: dict[str, Tree], path: YamlPath, problem: ErrorDetails) -> YamlPath:
    """Takes what is wrong at `path` out of `root`, and says what was taken.

    Of a list, the whole is taken: its other entries keep their numbers in messages. Where a key is
    missing, what should have it is taken.
    """
    if problem["type"] == "missing":
        if len(path) == 1 and path[0] in _PLACEHOLDERS:
            root[str(path[0])] = _PLACEHOLDERS[str(path[0])]
            return path
        path = path[:-1]
    path = tuple(takewhile(lambda step: isinstance(step, str), path))
    holder: Tree = root
    for step in path[:-1]:
        holder = holder.get(str(step)) if isinstance(holder, dict) else None
    if path and isinstance(holder, dict):
        holder.pop(str(path[-1]), None)
    return path
