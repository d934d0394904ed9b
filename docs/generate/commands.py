"""The page of the commands, from what Typer knows of them."""

from collections.abc import Iterable

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_group

from gwlbfw.cli.app import app, common_options
from gwlbfw.cli.topology_options import COMMON

from .markdown import Lines, table


def commands() -> Lines:
    """Every command with its arguments and options."""
    yield from (
        "# Commands",
        "",
        "Results go to stdout, progress and problems to stderr. A format other than text is one",
        "document on stdout and nothing else. What the exit codes mean stands in",
        "[exit codes](exit-codes.md), the JSON in [JSON](json.md).",
        "",
        "`gwlbfw COMMAND --help`, or `gwlbfw help COMMAND`, shows the same at a terminal, and",
        "`gwlbfw --install-completion` has the shell complete commands and options.",
        "",
        "## Common options",
        "",
        "A command takes those that mean something to it, behind its name or before it. What",
        "stands on the command line outranks the environment.",
        "",
    )
    root = get_group(app)
    context = typer.Context(root, info_name="gwlbfw")
    yield from _options(common_options(), context)
    yield from _commands(root, context)


def _commands(group: TyperGroup, context: typer.Context) -> Lines:
    for name in group.list_commands(context):
        _, command, _ = group.resolve_command(context, [name])
        if isinstance(command, TyperGroup):
            below = typer.Context(command, info_name=name, parent=context)
            yield from (f"## `{below.command_path}`", "", command.help or "", "")
            yield from _commands(command, below)
        elif isinstance(command, TyperCommand):
            yield from _command(command, typer.Context(command, info_name=name, parent=context))


def _command(command: TyperCommand, context: typer.Context) -> Lines:
    usage = " ".join(command.collect_usage_pieces(context))
    yield from (f"## `{context.command_path}`", "")
    yield from ("```text", f"{context.command_path} {usage}", "```", "", command.help or "", "")
    options = [each for each in command.params if isinstance(each, TyperOption)]
    yield from _options([e for e in options if e.rich_help_panel != COMMON], context)
    common = ", ".join(f"`{e.opts[-1]}`" for e in options if e.rich_help_panel == COMMON)
    yield from (f"Common options: {common}.", "")
    examples = [each.removeprefix("$ ") for each in (command.epilog or "").splitlines()[1:]]
    yield from ("```sh", *examples, "```", "")


def _options(options: Iterable[TyperOption], context: typer.Context) -> Lines:
    """A table of options; the environment has a column where any of them has a variable."""
    rows = [_row(each, context) for each in options]
    heads = ("option", "meaning", "default", "environment")
    columns = [n for n in range(4) if n < 2 or any(row[n] for row in rows)]
    if rows:
        yield from table([heads[n] for n in columns], [[row[n] for n in columns] for row in rows])


def _row(option: TyperOption, context: typer.Context) -> tuple[str, str, str, str]:
    value = "" if option.is_flag or option.count else option.display_type_rich(context) or ""
    spelled = " ".join([", ".join(option.opts), value.strip("<>")]).strip()
    default = "" if option.default in (None, False, []) or option.count else option.default
    variable = f"`{option.envvar}`" if option.envvar else ""
    return f"`{spelled}`", option.help or "", f"`{default}`" if default != "" else "", variable
