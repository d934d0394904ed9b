"""Saved plans: written by `plan --out`, read again as data.

What one names is read only below the current directory, unless the command line says otherwise.
"""

from pathlib import Path

from gwlbfw.cli.files import FileError, write
from gwlbfw.cli.plan_content import plan_content, verb_for
from gwlbfw.cli.views.screen import json_text
from gwlbfw.diagnostics import error, one_line
from gwlbfw.errors import PlanError
from gwlbfw.plan.model import Plan
from gwlbfw.plan.serialization import plan_from_json, plan_to_json

_LONGEST = 300
"""Characters of a path in a message."""


def save_plan(plan: Plan, path: Path) -> None:
    """Write a plan to a file. Raises FileError."""
    write(path, json_text(plan_to_json(plan), indent=1) + "\n")


def load_plan(path: Path) -> Plan | None:
    """The plan in a file; None where that is something else, such as a topology.

    Raises PlanError for a plan that was cut short or can't be read.
    """
    content = plan_content(path)
    return None if content is None else plan_from_json(content)


def require_plan(path: Path) -> Plan:
    """The plan in a file. Raises PlanError where that is something else, FileError without it."""
    if not path.is_file():
        raise FileError(f"can't read {path}: there is no such file")
    if (plan := load_plan(path)) is None:
        message = f"{path} is no saved plan: `gwlbfw plan {path} --out PLAN` makes one"
        raise PlanError([error("no-plan", message)])
    return plan


def plan_for(verb: str, path: Path) -> Plan | None:
    """The plan in a file, for `apply` or `destroy`; None where it holds something else.

    Raises PlanError for one that the other command carries out.
    """
    if (plan := load_plan(path)) is not None and verb != (
        needed := verb_for(destroys=plan.destroys)
    ):
        what = "destroys the stack" if plan.destroys else "destroys nothing"
        message = f"{path} is a saved plan that {what}: `gwlbfw {needed} {path}` carries it out"
        raise PlanError([error("saved-plan", message)])
    return plan


def topology_of(plan: Plan, path: Path, *, allow_outside: bool) -> Path:
    """The topology that a saved plan names, below the current directory unless allowed elsewhere.

    Raises PlanError, FileError.
    """
    source = one_line(plan.source, _LONGEST)
    if not source:
        raise PlanError([error("bad-plan", f"{path} does not say from which topology it was made")])
    if not (allow_outside or Path(plan.source).resolve().is_relative_to(Path.cwd().resolve())):
        message = f"{path} is made from {source}, which is outside the current directory"
        hint = "run it in a directory that has all its files, or allow it with `--allow-outside`"
        raise PlanError([error("outside", message, hint=hint)])
    if not Path(plan.source).is_file():
        raise FileError(
            f"can't read {source}, the topology that {path} was made from",
            "run it in the directory in which the plan was made, with the same files",
        )
    return Path(plan.source)
