"""`gwlbfw destroy FILE`."""

from pathlib import Path

import click

from gwlbfw.cli.applying import Approval, Prepared, carry_out
from gwlbfw.cli.clouds import opened
from gwlbfw.cli.command import command
from gwlbfw.cli.options import Options
from gwlbfw.cli.views.screen import Screen


@command("destroy")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--auto-approve", is_flag=True, help="Don't ask for the stack's name.")
def destroy(options: Options, file: Path, *, auto_approve: bool) -> int:
    """Put the routes back as they were found, then delete what the stack made, nothing else."""
    screen = Screen(colour=options.colour)
    approval = Approval.of("destroy", file, options, automatic=auto_approve)
    with opened(file, options, screen) as stack, stack.locked("destroy") as lock:
        observation = stack.sync.observe(lock=lock, destroy=True)
        prepared = Prepared(stack.sync.plan(observation, destroy=True), observation)
        return carry_out(stack, prepared, screen, approval)
