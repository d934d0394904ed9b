"""One module per command, imported when it is called.

A command parses arguments, calls one method of a stack, shows the value by a view, and returns its
exit code. It imports the engine in its body, so that its help needs none.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, get_type_hints

import typer
from typer.core import TyperCommand, TyperOption

from gwlbfw.cli.options import Output

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter, Parameter

Body = Callable[..., int]
"""The work of a command: from its arguments to its exit code."""
_KEYWORD = inspect.Parameter.KEYWORD_ONLY


class Command(TyperCommand):
    """A command whose help has colours only where the rest of its output has them."""

    def get_params(self, ctx: "Context") -> "list[Parameter]":
        return plain_flags(super().get_params(ctx))

    def format_help(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        choose_help_colors(ctx)
        super().format_help(ctx, formatter)


class Count(TyperOption):
    """A flag that is counted: a number already, which Typer would load pydantic to convert."""

    def process_value(self, ctx: "Context", value: Any) -> Any:  # noqa: ANN401 - as Typer has it
        return self.callback(ctx, self, value) if self.callback else value


def plain_flags(parameters: "list[Parameter]") -> "list[Parameter]":
    """Have Typer show no type behind a flag, and load no pydantic to convert one that is absent."""
    for each in parameters:
        if isinstance(each, TyperOption) and each.is_flag:
            each.metavar, each.default = "", each.default or False
        elif isinstance(each, TyperOption) and each.count:
            each.__class__ = Count
    return parameters


def choose_help_colors(context: "Context") -> None:
    """Have Typer colour help only where a terminal wants colours."""
    from typer import rich_utils

    wanted = context.ensure_object(Output).screen.out.enabled
    rich_utils.COLOR_SYSTEM = "auto" if wanted else None


def command(body: Body) -> typer.Typer:
    """Make a function a Typer app of one command.

    Its docstring is the command's help, with examples below; its parameters that are dataclasses
    are groups of options, whose fields become options of the command.
    """
    text, _, examples = (inspect.getdoc(body) or "").partition("\n\nExamples:\n")
    paragraphs = (" ".join(each.split()) for each in text.split("\n\n"))
    epilog = "\n".join(("Examples:", *(f"$ {each.strip()}" for each in examples.splitlines())))
    app = typer.Typer(add_completion=False)
    register = app.command(cls=Command, help="\n\n".join(paragraphs), epilog=epilog)
    register(_with_groups(body))
    return app


def _with_groups(body: Body) -> Body:
    """The function with the fields of its dataclass parameters in their place."""
    hints = get_type_hints(body, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}

    @wraps(body)
    def call(**given: Any) -> int:  # noqa: ANN401 - of any option
        for name, group in groups.items():
            given[name] = group(**{each.name: given.pop(each.name) for each in fields(group)})
        return body(**given)

    parameters: list[inspect.Parameter] = []
    for each in inspect.signature(body).parameters.values():
        if each.name in groups:
            parameters += _options(groups[each.name])
        else:
            parameters.append(each.replace(kind=_KEYWORD, annotation=hints[each.name]))
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return call


def _options(group: Any) -> Iterator[inspect.Parameter]:  # noqa: ANN401 - any dataclass
    """A parameter for each field of a group."""
    hints = get_type_hints(group, include_extras=True)
    for each in fields(group):
        default = each.default if each.default_factory is MISSING else each.default_factory()
        yield inspect.Parameter(each.name, _KEYWORD, default=default, annotation=hints[each.name])
