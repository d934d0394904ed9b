"""Exceptions as problems that a user can understand."""

import re
import sys
from collections.abc import Sequence
from dataclasses import replace

import typer

from gwlbfw.cloud.advice import advice
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.errors import CloudError, GwlbfwError

_QUOTED = re.compile(r"(?<!\w)'([^']+)'")
"""A word as Typer quotes it."""
_SUGGESTION = re.compile(r"\. Did you mean (.+)\?$|\(Possible options: (.+)\)$")
_MAY_SHOW_A_VALUE = re.compile(r"No such command|Got unexpected extra argument")


def explained(problem: Exception, arguments: Sequence[str] = ()) -> Sequence[Diagnostic]:
    """What to tell the user of an exception."""
    if isinstance(problem, CloudError):
        return [with_advice(problem)]
    if isinstance(problem, GwlbfwError):
        return problem.diagnostics()
    if isinstance(problem, typer.TyperException):
        return [_usage(problem, arguments)]
    if _is_simulators(problem):
        return [error("simulator", _sentence(str(problem)))]
    return [_bug(problem)]


def with_advice(problem: CloudError) -> Diagnostic:
    """A refusal by the cloud, with what to do about it."""
    said = problem.diagnostics()[0]
    return replace(said, hint=said.hint or advice(problem))


def _is_simulators(problem: Exception) -> bool:
    """Whether the simulator raised it, without loading the simulator to find out."""
    refusal = sys.modules.get("gwlbfw.sim.errors")
    return refusal is not None and isinstance(problem, refusal.SimulatorError)


def _bug(problem: Exception) -> Diagnostic:
    kind = type(problem).__name__
    said = " ".join(str(problem).split())
    return error(
        "internal",
        f"internal error: {kind}: {said}" if said else f"internal error: {kind}",
        hint="this is a bug: please report it, with what the command says with -vv",
    )


def _usage(problem: typer.TyperException, arguments: Sequence[str]) -> Diagnostic:
    """A wrong command line: Typer's message in the house style, its suggestion as the hint."""
    context: typer.Context | None = getattr(problem, "ctx", None)
    of_a_parameter = not isinstance(problem, typer.BadParameter) or problem.param is not None
    text = problem.format_message() if of_a_parameter else problem.message
    if _MAY_SHOW_A_VALUE.match(text) and any(each.startswith("--var") for each in arguments):
        return error(
            "usage",
            "got a word that may belong to the value of a --var, and so is not shown",
            hint="put a value that holds blanks in quotes: --var 'KEY=a value'",
        )
    hint = f"`{context.command_path if context else 'gwlbfw'} --help` shows how it is used"
    if suggestion := _SUGGESTION.search(text):
        text = text[: suggestion.start()]
        meant = (suggestion[1] or suggestion[2]).replace(", ", " or ")
        hint = _QUOTED.sub(r"`\1`", f"did you mean {meant}?")
    return error("usage", _QUOTED.sub(r"`\1`", _sentence(text)), hint=hint)


def _sentence(text: str) -> str:
    """A message in the house style: no capital at the front, no full stop at the end."""
    text = " ".join(text.split()).rstrip(".")
    text = text.replace(": Value error, ", ": ").replace(": Input should", ": it should")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
