"""A Topology from plain values; where some are wrong, one without them.

Checks then cover the rest, and one run shows every problem of a file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.model_errors import intended_key, problem_from_error
from gwlbfw.topology.validation.problem import Problem
from gwlbfw.topology.yaml.document import MAX_PROBLEMS, Tree
from gwlbfw.topology.yaml.source import YamlPath

_MAX_ROUNDS = 20
"""Leaving out a value can make its parent wrong, which is then left out: so many levels of it."""

_PLACEHOLDERS: dict[str, Tree] = {"version": 1, "name": "unnamed", "region": ""}


@dataclass(frozen=True)
class PartialTopology:
    """A topology as far as one can be made, the problems, and the paths that were left out."""

    topology: Topology | None
    problems: tuple[Problem, ...]
    left_out: frozenset[YamlPath]


def build_partial(root: dict[str, Tree], refused: Iterable[YamlPath]) -> PartialTopology:
    """The topology of the values in `root`; `refused` are paths that the reader left out."""
    left_out = set(refused)
    problems: tuple[Problem, ...] | None = None
    for _ in range(_MAX_ROUNDS):
        try:
            topology = Topology.model_validate(root)
        except ValidationError as invalid:
            errors = [(each["loc"], each) for each in invalid.errors(include_url=False)]
            if problems is None:
                problems = _problems(errors, left_out)
            left_out |= {_leave_out(root, path, each) for path, each in errors}
        else:
            return PartialTopology(topology, problems or (), frozenset(left_out))
    return PartialTopology(None, problems or (), frozenset(left_out))


def _problems(
    errors: Sequence[tuple[YamlPath, ErrorDetails]], left_out: set[YamlPath]
) -> tuple[Problem, ...]:
    """The problems of the first errors; a key that is missing as it is misspelt is one problem."""
    errors = errors[:MAX_PROBLEMS]
    misspelt = {
        (*path[:-1], intended_key(path))
        for path, each in errors
        if each["type"] == "extra_forbidden"
    }
    reported_elsewhere = left_out | misspelt
    return tuple(
        problem_from_error(path, each) for path, each in errors if path not in reported_elsewhere
    )


def _leave_out(root: dict[str, Tree], path: YamlPath, problem: ErrorDetails) -> YamlPath:
    """Remove the wrong value at `path` from `root`; return the path of what was removed.

    A list is removed as a whole: its other entries keep their numbers in messages. Where a key is
    missing, the mapping that should have it is removed.
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
