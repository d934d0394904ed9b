"""The entry: `gwlbfw COMMAND …`."""

import signal
import sys

import click

from gwlbfw import __version__
from gwlbfw.cli.command import Commands
from gwlbfw.cli.exit import guarded
from gwlbfw.cli.options import Given, common_options, given

_HOME = "gwlbfw.cli.commands"

COMMANDS = {
    "init": (f"{_HOME}.init:init", "Write a commented topology to start from."),
    "validate": (f"{_HOME}.validate:validate", "Check a topology, without the cloud."),
    "plan": (f"{_HOME}.plan:plan", "Show what would change, and change nothing."),
    "apply": (f"{_HOME}.apply:apply", "Carry out a topology, or a saved plan."),
    "drift": (f"{_HOME}.drift:drift", "Compare live state with what was last applied."),
    "verify": (f"{_HOME}.verify:verify", "Prove or refute that all traffic is inspected."),
    "trace": (f"{_HOME}.trace:trace", "Show a packet's way, hop by hop."),
    "destroy": (f"{_HOME}.destroy:destroy", "Put the routes back and delete what the stack made."),
    "graph": (f"{_HOME}.graph:graph", "Draw a topology."),
    "policy": (f"{_HOME}.policy:policy", "Print the least RAM policy for a topology."),
    "schema": (f"{_HOME}.schema:schema", "Print the JSON Schema of topologies."),
    "sim": (f"{_HOME}.sim:sim", "Run, look at and tamper with the simulated cloud."),
    "unlock": (f"{_HOME}.unlock:unlock", "Break the lock that a lost command has left."),
    "version": (f"{_HOME}.version:version", "Print the version."),
}


@click.group(
    "gwlbfw",
    cls=Commands,
    homes=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="gwlbfw %(version)s")
@click.option("--format", "output", metavar="FORMAT", help="Form of the command's output.")
@common_options
@click.pass_context
def gwlbfw(context: click.Context, output: str | None) -> int | None:
    """Deploy, watch and remove an Internet boundary firewall on Alibaba Cloud from one YAML file.

    Begin with `gwlbfw init`, then `gwlbfw apply topology.yaml --sim` to try it without an account.
    """
    given().values["output"] = output
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        return 1
    return None


def run(arguments: list[str]) -> int:
    """Run a command line; the exit code."""
    so_far = Given()

    def call() -> int:
        code = gwlbfw.main(arguments, "gwlbfw", standalone_mode=False, obj=so_far)
        return int(code or 0)

    return guarded(call, so_far)


def main() -> None:
    """The console entry."""
    code = run(sys.argv[1:])
    for late in (signal.SIGINT, signal.SIGTERM):
        signal.signal(late, signal.SIG_IGN)  # all is said and done; only the exit code is left
    sys.exit(code)
