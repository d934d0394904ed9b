"""`gwlbfw unlock FILE`."""

import sys
from pathlib import Path

import click

from gwlbfw.cli.applying import Unattended
from gwlbfw.cli.clouds import opened
from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DONE, FAILED
from gwlbfw.cli.options import Options
from gwlbfw.cli.views.screen import Screen


@command("unlock")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--auto-approve", is_flag=True, help="Don't ask, even if the holder may be at work.")
def unlock(options: Options, file: Path, *, auto_approve: bool) -> int:
    """Break the stack's lock, when the command that holds it is lost.

    A lock whose holder is provably gone, or whose lease has run out, needs no breaking: the next
    command takes it over.
    """
    screen = Screen(colour=options.colour)
    with opened(file, options, screen) as stack:
        if (held := stack.fetch_lock()) is None:
            screen.result("The stack is not locked.")
            return DONE
        reason = held.takeover_reason
        screen.say(f"{held.location} is held by {held.holder}{reason and '; ' + reason}")
        if not (auto_approve or reason or _approved(screen)):
            screen.say("cancelled: the lock was left as it is")
            return FAILED
        stack.unlock()
    screen.result(f"Broke the lock of {held.holder}.")
    return DONE


def _approved(screen: Screen) -> bool:
    if not sys.stdin.isatty():
        raise Unattended
    question = "Is it certain that this command no longer runs? Only `yes` breaks its lock: "
    return screen.ask(question) == "yes"
