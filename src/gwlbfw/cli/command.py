"""What a command is here: common options anywhere, an exit code as its value."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import wraps
from importlib import import_module
from typing import Any, TypeAlias

import click

from gwlbfw.cli.options import COMMON_NAMES, common_options, given

Body: TypeAlias = Callable[..., int]
"""A command's work: takes the options and its own arguments, gives the exit code."""


class UnknownCommand(click.UsageError):
    """There is no such command; `nearest` is what may have been meant."""

    def __init__(self, name: str, nearest: str | None, context: click.Context) -> None:
        super().__init__(f"there is no command `{name}`", context)
        self.nearest = nearest


class _Sections:
    """Shows the common options apart from a command's own."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own: list[tuple[str, str]] = []
        common: list[tuple[str, str]] = []
        for parameter in ctx.command.get_params(ctx):
            is_option = isinstance(parameter, click.Option)
            if is_option and (record := parameter.get_help_record(ctx)) is not None:
                (common if parameter.name in COMMON_NAMES else own).append(record)
        for title, records in (("Options", own), ("Common options", common)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


class Command(_Sections, click.Command):
    """A command that takes the common options."""


class Commands(_Sections, click.Group):
    """Commands that are imported when they are called; their help is known before."""

    def __init__(self, *args: Any, homes: dict[str, tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._homes = homes
        """Where each command lives, as `module:name`, and what it does in a few words."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self._homes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in self._homes:
            return None
        module, _, name = self._homes[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self._homes and not name.startswith("-"):
            near = get_close_matches(name, self._homes, 1)
            raise UnknownCommand(name, near[0] if near else None, ctx)
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._homes.items()])
        super().format_options(ctx, formatter)


def command(name: str, *, formats: Sequence[str] = ()) -> Callable[[Body], click.Command]:
    """Make a function a command that is given `Options` first; the first format is the default."""

    def make(body: Body) -> click.Command:
        @wraps(body)
        def run(*args: Any, output: str | None = None, **kwargs: Any) -> int:  # noqa: ANN401
            return body(given().options(_format(output, formats)), *args, **kwargs)

        with_options = common_options(_formatted(run, formats))
        return click.command(name, cls=Command)(with_options)

    return make


def _formatted(run: Body, formats: Sequence[str]) -> Body:
    if not formats:
        return run
    return click.option(
        "--format",
        "output",
        type=click.Choice(list(formats)),
        help=f"Form of the output ({formats[0]}).",
    )(run)


def _format(output: str | None, formats: Sequence[str]) -> str:
    """The format: the command's own, else the one given before the command, else the first."""
    before = given().values.get("output")
    if output or not before:
        return output or (formats[0] if formats else "text")
    if before not in (formats or ("text",)):
        has = f"; it has {', '.join(formats)}" if formats else ""
        raise click.UsageError(
            f"this command has no format {before}{has}", click.get_current_context()
        )
    return str(before)
