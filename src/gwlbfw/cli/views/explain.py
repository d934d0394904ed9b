"""Exceptions as problems that a user can understand."""

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

import click
from click.core import ParameterSource

from gwlbfw.cli.command import UnknownCommand
from gwlbfw.cli.options import Given
from gwlbfw.cloud.advice import advice
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.errors import CloudError, GwlbfwError

_QUOTED = re.compile(r"(?<!\w)'([^']+)'")
"""A word as click quotes it."""


def explained(problem: Exception) -> Sequence[Diagnostic]:
    """What to tell the user of an exception."""
    if isinstance(problem, CloudError):
        return [with_advice(problem)]
    if isinstance(problem, GwlbfwError):
        return problem.diagnostics()
    if isinstance(problem, click.ClickException):
        return [_usage(problem)]
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


def _usage(problem: click.ClickException) -> Diagnostic:
    """A wrong command line."""
    context = problem.ctx if isinstance(problem, click.UsageError) else None
    path = context.command_path if context else "gwlbfw"
    hint: str | None = f"`{path} --help` shows how it is used"
    message = _QUOTED.sub(r"`\1`", _sentence(problem.message))
    if _may_be_a_value(problem, context):
        message = "got a word that may belong to the value of a --var, and so is not shown"
        hint = "put a value that holds blanks in quotes: --var 'KEY=a value'"
    elif isinstance(problem, UnknownCommand):
        hint = f"did you mean `{problem.nearest}`?" if problem.nearest else hint
    elif isinstance(problem, click.NoSuchOption):
        message = f"`{path}` has no option {problem.option_name}"
        near = _options_like(problem.option_name, context)
        hint = f"did you mean {near}?" if near else hint
    elif isinstance(problem, click.MissingParameter) and context and problem.param:
        flag = (
            [max(problem.param.opts, key=len)] if problem.param.param_type_name == "option" else []
        )
        message = f"`{path}` needs {' '.join([*flag, problem.param.make_metavar(context)])}"
    elif isinstance(problem, click.BadParameter) and context and problem.param:
        message = _where(problem.param, context) + message
    return error("usage", message, hint=hint)


def _may_be_a_value(problem: click.ClickException, context: click.Context | None) -> bool:
    """Whether a word too many may be the rest of a variable's value, which may be a secret."""
    given = context.find_root().obj if context else None
    too_many = isinstance(problem, UnknownCommand) or "unexpected extra" in problem.message
    return too_many and isinstance(given, Given) and bool(given.values.get("var"))


def _where(parameter: click.Parameter, context: click.Context) -> str:
    """The option as it was written, or the variable that holds its value; no argument has one."""
    source = context.get_parameter_source(parameter.name or "")
    if source is ParameterSource.ENVIRONMENT and isinstance(parameter.envvar, str):
        return f"{parameter.envvar}: "
    return f"{max(parameter.opts, key=len)}: " if isinstance(parameter, click.Option) else ""


def _options_like(name: str, context: click.Context | None) -> str | None:
    parameters = context.command.get_params(context) if context else []
    known = [option for each in parameters for option in each.opts if option.startswith("--")]
    near = get_close_matches(name, known, 1)
    return near[0] if near else None


def _sentence(text: str) -> str:
    """A message in the house style: no capital at the front, no full stop at the end."""
    text = " ".join(text.split()).rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
