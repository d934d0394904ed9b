"""The page of the commands, from what click knows of them."""

import inspect

import click

from gwlbfw.cli.app import gwlbfw
from gwlbfw.cli.options import COMMON_NAMES

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
        "## Common options",
        "",
        "Every command takes them, before its name or after it.",
        "",
    )
    root = click.Context(gwlbfw, info_name="gwlbfw")
    yield from _options(root, common=True)
    yield from _commands(gwlbfw, root)


def _commands(group: click.Group, context: click.Context) -> Lines:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        below = click.Context(command, info_name=name, parent=context)
        yield from (f"## `{below.command_path}`", "")
        if isinstance(command, click.Group):
            yield from (_help(command), "")
            yield from _commands(command, below)
            continue
        pieces = " ".join(command.collect_usage_pieces(below))
        yield from ("```text", f"{below.command_path} {pieces}", "```", "", _help(command), "")
        yield from _options(below, common=False)


def _help(command: click.Command) -> str:
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    return "\n\n".join(" ".join(each.split()) for each in paragraphs)


def _options(context: click.Context, *, common: bool) -> Lines:
    rows = []
    for parameter in context.command.get_params(context):
        own = isinstance(parameter, click.Option) and "--help" not in parameter.opts
        record = parameter.get_help_record(context)
        if record and own and (parameter.name in COMMON_NAMES) == common:
            variable = f"`{parameter.envvar}`" if parameter.envvar else ""
            rows.append((f"`{record[0]}`", record[1].replace("\n", " "), variable))
    if not rows:
        return
    heads = ("option", "meaning", "environment")
    if any(row[2] for row in rows):
        yield from table(heads, rows)
    else:
        yield from table(heads[:2], [row[:2] for row in rows])
