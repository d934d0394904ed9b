"""Exceptions as diagnostics for users: what failed, where, and what to do."""

import re
import sys
from collections.abc import Sequence
from dataclasses import replace

import typer

from gwlbfw.cloud.advice import advice
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.errors import CloudError, SimulatorError, TransportError, fault_of

_QUOTED = re.compile(r"(?<!\w)'([^']+)'")
"""A word as Typer quotes it."""
_SUGGESTION = re.compile(r"\. Did you mean (.+)\?$|\(Possible options: (.+)\)$")
_SHOWS_A_WORD = re.compile(r"No such command|Got unexpected extra argument")


_WAY = (
    "see that this host is the API's, and is reached from here: a proxy (HTTPS_PROXY, NO_PROXY) or "
    "the server of --endpoint-url may answer in its place; then run the command again"
)


def diagnose(problem: Exception, arguments: Sequence[str] = ()) -> Sequence[Diagnostic]:
    """The diagnostics of an exception that ended a command line."""
    if isinstance(problem, CloudError):
        return [with_advice(problem)]
    if isinstance(problem, TransportError):
        return [replace(each, hint=each.hint or _WAY) for each in problem.diagnostics()]
    if isinstance(problem, SimulatorError) or _is_simulator_error(problem):
        return [error("simulator", _sentence(str(problem)))]
    if isinstance(problem, typer.TyperException):
        return [_usage(problem, arguments)]
    return fault_of(problem).diagnostics()


def with_advice(problem: CloudError) -> Diagnostic:
    """The diagnostic of a refusal by the cloud, with what to do about it as the hint."""
    diagnostic = problem.diagnostics()[0]
    return replace(diagnostic, hint=diagnostic.hint or advice(problem))


def _is_simulator_error(problem: Exception) -> bool:
    """True if the simulator raised it; the simulator is not loaded to find out."""
    errors = sys.modules.get("gwlbfw.sim.errors")
    return errors is not None and isinstance(problem, errors.SimulatorError)


def _usage(problem: typer.TyperException, arguments: Sequence[str]) -> Diagnostic:
    """A wrong command line: Typer's message in the house style, its suggestion as the hint."""
    context: typer.Context | None = getattr(problem, "ctx", None)
    of_a_parameter = not isinstance(problem, typer.BadParameter) or problem.param is not None
    text = problem.format_message() if of_a_parameter else problem.message
    if _SHOWS_A_WORD.match(text) and any(each.startswith("--var") for each in arguments):
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
