"""Saved plans: written by `plan --out`, recognised by what is in them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gwlbfw.cli.files import write
from gwlbfw.diagnostics import error
from gwlbfw.errors import PlanError
from gwlbfw.plan.model import Plan
from gwlbfw.plan.serialization import plan_from_json, plan_to_json

_PLAN_KEYS = ("format_version", "calls")
"""Keys of a plan that no topology has."""
_LARGEST = 64 << 20


def save_plan(plan: Plan, path: Path) -> None:
    """Write a plan to a file. Raises FileError."""
    write(path, json.dumps(plan_to_json(plan), indent=1, ensure_ascii=False) + "\n")


def load_plan(path: Path) -> Plan | None:
    """The plan in a file; None where that is something else, such as a topology.

    Raises PlanError for a plan that was cut short, changed by hand or made by another version.
    """
    text = _text(path)
    if not text.lstrip().startswith("{"):
        return None
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError) as problem:
        if '"format_version"' not in text:
            return None
        message = f"{path} was cut short or changed by hand"
        raise PlanError(
            [error("bad-plan", message, hint="make a new one with `gwlbfw plan --out`")]
        ) from problem
    if not isinstance(content, Mapping) or not set(_PLAN_KEYS) & set(content):
        return None
    return plan_from_json(content)


def _text(path: Path) -> str:
    """The file as text; empty where it can't be read, which is reported as it is loaded."""
    try:
        with path.open("rb") as stream:
            return stream.read(_LARGEST).decode("utf-8")
    except (OSError, ValueError):
        return ""
