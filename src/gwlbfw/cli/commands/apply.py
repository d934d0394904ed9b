"""`gwlbfw apply FILE|PLAN`."""

from pathlib import Path

import click

from gwlbfw.cli.applying import Allowed, Approval, Prepared, carry_out
from gwlbfw.cli.clouds import opened
from gwlbfw.cli.command import command
from gwlbfw.cli.options import Options
from gwlbfw.cli.planfile import saved
from gwlbfw.cli.views.screen import Screen


@command("apply")
@click.argument("file", metavar="FILE|PLAN", type=click.Path(path_type=Path))
@click.option("--auto-approve", is_flag=True, help="Don't ask.")
@click.option(
    "--parallelism",
    type=click.IntRange(1, 100),
    default=10,
    show_default=True,
    help="API calls under way at once.",
)
@click.option("--accept-uninspected", is_flag=True, help="Even if the end is not proven inspected.")
@click.option(
    "--allow-traffic-loss", is_flag=True, help="Even if traffic that works is lost on the way."
)
@click.option("--report", type=click.Path(path_type=Path), help="Write what came of it as JSON.")
def apply(
    options: Options, file: Path, *, parallelism: int, report: Path | None, **flags: bool
) -> int:
    """Carry out a topology: plan, show, ask, and make it so.

    A plan saved by `gwlbfw plan --out` is carried out as it was shown, or refused where live
    state or the topology has changed since. Traffic is turned to the firewall zone by zone, each
    looked at when it is turned and put back if it is not inspected.
    """
    screen = Screen(colour=options.colour)
    plan = saved(file)
    topology = Path(plan.source) if plan else file
    approval = Approval.of("apply", topology, options, automatic=flags.pop("auto_approve"))
    with opened(topology, options, screen, parallelism) as stack, stack.locked("apply") as lock:
        observation = stack.sync.observe(lock=lock)
        if plan is None:
            plan = stack.sync.plan(observation)
        else:
            stack.sync.check(plan, observation)
        prepared = Prepared(plan, observation)
        return carry_out(stack, prepared, screen, approval, report, Allowed(**flags))
