"""The content of a file that is a saved plan, which needs no engine to be recognised."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.errors import PlanError

_PLAN_KEYS = ("format_version", "calls")
"""Keys of a plan that no topology has."""
_LARGEST = 64 << 20


def plan_instead_of_topology(path: Path) -> Diagnostic | None:
    """The error for a saved plan where a topology is wanted; None for anything else."""
    if (content := plan_content(path)) is None:
        return None
    verb = verb_for(destroys=content.get("destroys") is True)
    message = (
        f"{path} is a saved plan, not a topology: `gwlbfw show {path}` shows it, "
        f"`gwlbfw {verb} {path}` carries it out"
    )
    return error("saved-plan", message)


def verb_for(*, destroys: bool) -> str:
    """The command that carries out a plan."""
    return "destroy" if destroys else "apply"


def plan_content(path: Path) -> Mapping[str, Any] | None:
    """The JSON object of a saved plan; None where the file holds something else.

    Raises PlanError for one that was cut short, or says something twice.
    """
    text = _text(path)
    if not text.lstrip().startswith("{"):
        return None
    try:
        content: Any = json.loads(text, object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as problem:
        if '"format_version"' not in text:
            return None
        message = f"{path} was cut short or changed by hand"
        raise PlanError(
            [error("bad-plan", message, hint="make a new one with `gwlbfw plan --out`")]
        ) from problem
    if not isinstance(content, Mapping) or not set(_PLAN_KEYS) & set(content):
        return None
    return content


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a ValueError where a key stands twice, as readers differ in which they take."""
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("a key stands twice")
    return content


def _text(path: Path) -> str:
    """The file as text; empty where it can't be read, which is reported as it is loaded."""
    try:
        with path.open("rb") as stream:
            return stream.read(_LARGEST).decode("utf-8")
    except (OSError, ValueError):
        return ""
