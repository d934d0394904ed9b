"""The entry: `gwlbfw COMMAND …`."""

import gc
import signal
import sys
from collections import deque
from contextlib import redirect_stdout
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup, TyperOption
from typer.main import get_command

from gwlbfw import __version__
from gwlbfw.cli.commands import choose_help_colors, command, plain_flags
from gwlbfw.cli.exit import DONE, FAILED, exit_code_of, prepare_streams
from gwlbfw.cli.options import Output, RunOptions
from gwlbfw.cli.topology_options import COMMON
from gwlbfw.cli.views.streams import settle

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter, Parameter
    from typer._click.shell_completion import CompletionItem

COMMANDS = {
    "init": ("init:init", "Write a commented topology to start from."),
    "validate": ("validate:validate", "Check a topology, without the cloud."),
    "plan": ("plan:plan", "Show what would change, and change nothing."),
    "show": ("show:show", "Show a saved plan."),
    "apply": ("apply:apply", "Apply a topology, or a saved plan."),
    "drift": ("drift:drift", "Compare live state with what was last applied."),
    "verify": ("verify:verify", "Prove or refute that all traffic is inspected."),
    "trace": ("trace:trace", "Trace a packet and its reply, hop by hop."),
    "destroy": ("destroy:destroy", "Restore the routes and delete what the stack created."),
    "graph": ("graph:graph", "Draw a topology."),
    "policy": ("policy:policy", "Print the least RAM policy for a topology."),
    "schema": ("schema:schema", "Print the JSON Schema of topologies."),
    "unlock": ("unlock:unlock", "Break a stale lock."),
    "version": ("version:version", "Print the version."),
    "help": ("help:help_", "Show the help of a command."),
    "sim serve": ("sim_serve:serve", "Serve the simulated cloud until interrupted."),
    "sim status": ("sim_status:status", "Count the resources of the simulated cloud."),
    "sim reset": ("sim_reset:reset", "Remove everything from the simulated cloud."),
    "sim export": ("sim_export:export", "Print the simulated cloud as one JSON document."),
    "sim import": ("sim_import:import_", "Replace the simulated cloud by an exported one."),
    "sim save": ("sim_save:save", "Save the simulated cloud by a name."),
    "sim load": ("sim_load:load", "Load a saved simulated cloud, or list them."),
    "sim activity": ("sim_activity:activity", "List the calls that were answered."),
    "sim conform": ("sim_conform:conform", "Compare a cloud with what the simulator claims."),
    "sim call": ("sim_call:call", "Send one API action, and print its reply."),
}
"""Every command: where it lives, and what it does in a few words."""
_GARBAGE = 200_000
"""Objects made between two searches for garbage: modules and plans are many objects that stay."""
_BEFORE = "gwlbfw.options_before_the_command"
"""The key of the common options before a command's name in what the contexts of Typer share."""
_Format = Annotated[
    str | None,
    typer.Option("--format", metavar="FORMAT", help="Form of the output.", rich_help_panel=COMMON),
]


class LazyGroup(TyperGroup):
    """Commands that are imported when they are called, and take common options before their name.

    The group's own help knows their short texts without importing them.
    """

    def get_params(self, ctx: "Context") -> "list[Parameter]":
        return plain_flags(super().get_params(ctx))

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        before, rest = _split(args)
        if ["--no-color"] in before:
            ctx.ensure_object(Output).no_color = True  # also where no command can be found
        ctx.meta[_BEFORE] = [*ctx.meta.get(_BEFORE, ()), *before]
        return super().parse_args(ctx, rest)

    def resolve_command(
        self, ctx: "Context", args: list[str]
    ) -> "tuple[str | None, Command | None, list[str]]":
        name, found, rest = super().resolve_command(ctx, args)
        if found is None or isinstance(found, TyperGroup):
            return name, found, rest
        found = self.load(found.name or "")
        known = {"--format", *(flag for each in found.params for flag in each.opts)}
        before = [words for words in ctx.meta.get(_BEFORE, ()) if _flag(words[0]) in known]
        return name, found, [*(word for words in before for word in words), *rest]

    def load(self, name: str) -> "Command":
        """Import a command of this group."""
        module, _, attribute = COMMANDS[f"{self.name} {name}".strip()][0].partition(":")
        return get_command(getattr(import_module(f"gwlbfw.cli.commands.{module}"), attribute))

    def invoke(self, ctx: "Context") -> Any:  # noqa: ANN401 - as Typer has it
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise typer.Abort from None  # else Typer ends the command without a word

    def shell_complete(self, ctx: "Context", incomplete: str) -> "list[CompletionItem]":
        self._show_common_options(ctx)
        return super().shell_complete(ctx, incomplete)

    def format_help(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        choose_help_colors(ctx)
        self._show_common_options(ctx)
        super().format_help(ctx, formatter)

    def _show_common_options(self, ctx: "Context") -> None:
        """Show them in help and completion; the group itself never parses them."""
        if ctx.parent is None:
            self.params = [*self.params, *common_options()]


@cache
def common_options() -> list[TyperOption]:
    """The options that may stand before a command, as Typer has them."""

    def takes(*, options: RunOptions, output: Output, form: _Format = None) -> int:
        """All that there are; never called."""
        del options, output, form
        return DONE

    return [each for each in get_command(command(takes)).params if isinstance(each, TyperOption)]


def _split(args: list[str]) -> tuple[list[list[str]], list[str]]:
    """The common options in front of the command's name, each with its value; all other words."""
    options = {flag: each for each in common_options() for flag in each.opts}
    words, before, own = deque(args), [], []
    while words and words[0].startswith("-") and words[0] != "--":
        word = words.popleft()
        option = options.get(_flag(word))
        if option is None:
            own.append(word)
            continue
        takes_next = not (option.is_flag or option.count or "=" in word) and words
        before.append([word, words.popleft()] if takes_next else [word])
    return before, [*own, *words]


def _flag(word: str) -> str:
    """The option that a word gives: `--state=DIR` gives `--state`, `-vv` gives `-v`."""
    return word.partition("=")[0] if word.startswith("--") else word[:2]


def _stub() -> None:
    """Stands for a command until it is called."""


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - Typer's callback
    if wanted:
        typer.echo(f"gwlbfw {__version__}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option(
        "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
    ),
]

app = typer.Typer(
    cls=LazyGroup,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
sim = typer.Typer(cls=LazyGroup)
app.add_typer(sim, name="sim", short_help="Run, look at and tamper with the simulated cloud.")
for _name, (_, _text) in COMMANDS.items():
    _group, _, _last = _name.rpartition(" ")
    {"": app, "sim": sim}[_group].command(_last, short_help=_text)(_stub)


@app.callback(invoke_without_command=True)
def _gwlbfw(context: typer.Context, version: Version = False) -> None:  # noqa: FBT002
    """Deploy, watch and remove an Internet boundary firewall on Alibaba Cloud from one YAML file.

    Begin with `gwlbfw init`, then `gwlbfw apply topology.yaml --sim` to try it without an account.
    """
    del version
    _show_help_without_command(context)


@sim.callback(invoke_without_command=True)
def _sim(context: typer.Context) -> None:
    """Run, look at and tamper with the simulated cloud: the one of --sim-dir, or --endpoint-url."""
    _show_help_without_command(context)


def _show_help_without_command(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        with redirect_stdout(sys.stderr):
            typer.echo(context.get_help())
        raise typer.Exit(FAILED)


def run(arguments: list[str]) -> int:
    """Run a command line; the exit code."""
    output = Output()

    def call() -> int:
        code = app(arguments, prog_name="gwlbfw", standalone_mode=False, obj=output)
        return DONE if code is None else int(code)

    return exit_code_of(call, output, arguments)


def main() -> None:
    """The console entry."""
    gc.set_threshold(_GARBAGE)
    prepare_streams()
    code = run(sys.argv[1:])
    for late in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(late, signal.SIG_IGN)  # all is done; only the exit code is left
    settle(sys.stdout, sys.stderr)
    gc.freeze()  # the end of the process frees it all
    sys.exit(code)
