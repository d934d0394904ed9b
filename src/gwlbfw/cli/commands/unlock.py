"""`gwlbfw unlock FILE`."""

from typing import Annotated

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE, FAILED
from gwlbfw.cli.options import Output, StackOptions, TopologyFile

_QUESTION = "Are you sure that this command no longer runs? Only `yes` breaks its lock: "


@command
def unlock(
    file: TopologyFile,
    *,
    auto_approve: Annotated[
        bool,
        typer.Option(
            "--auto-approve",
            "-y",
            "--yes",
            help="Don't ask, even if the holder may still be running.",
        ),
    ] = False,
    options: StackOptions,
    output: Output,
) -> int:
    """Break the stack's lock, when the command that holds it is gone.

    A lock whose holder is provably gone, or whose lease has run out, needs no breaking: the next
    command takes it over.

    Examples:
        gwlbfw unlock topology.yaml
    """
    from gwlbfw.cli.session import confirm, open_stack

    screen = output.screen
    with open_stack(file, options, output) as stack:
        if (held := stack.fetch_lock()) is None:
            screen.print_outcome("The stack is not locked.")
            return DONE
        reason = held.takeover_reason
        screen.print_message(f"{held.location} is held by {held.holder}{reason and '; ' + reason}")
        if not (auto_approve or reason or confirm(screen, _QUESTION)):
            screen.print_message("cancelled: the lock was left as it is")
            return FAILED
        stack.unlock()
    screen.print_outcome(f"Broke the lock of {held.holder}.")
    return DONE
