"""`gwlbfw plan FILE`."""

from dataclasses import replace
from pathlib import Path

import click

from gwlbfw.cli.clouds import opened
from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DIFFERENT, DONE, UNINSPECTED
from gwlbfw.cli.options import Options
from gwlbfw.cli.planfile import save
from gwlbfw.cli.planning import planned, revealing
from gwlbfw.cli.views.plan import PlanView
from gwlbfw.cli.views.screen import Screen
from gwlbfw.plan.model import Plan


@command("plan", formats=("text", "json", "markdown"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Save the plan for `gwlbfw apply`.")
@click.option("--destroy", is_flag=True, help="What `gwlbfw destroy` would do.")
@click.option("--refresh-only", is_flag=True, help="Only what has moved since the last apply.")
@click.option("--calls", is_flag=True, help="Show the API calls, in order.")
@click.option("--show-sensitive", is_flag=True, help="Show the calls with their user data.")
@click.option(
    "--detailed-exitcode",
    is_flag=True,
    help="Exit with 2 where there are changes, with 3 where the end is not proven inspected.",
)
def plan(options: Options, file: Path, out: Path | None, **flags: bool) -> int:
    """Read live state and show what would change; nothing is changed."""
    screen = Screen(colour=options.colour)
    destroy, moved, sensitive = (flags[n] for n in ("destroy", "refresh_only", "show_sensitive"))
    with opened(file, options, screen) as stack:
        made = planned(stack, destroy=destroy, refresh_only=moved, saves=out is not None)
        made = replace(made, source=str(file))
        if out is not None:
            made = stack.sync.bind(made)
        reveal = revealing(stack) if sensitive else None
        calls = flags["calls"] or sensitive
        PlanView(screen, options.format, calls=calls, reveal=reveal, moved=moved).show(made)
    if out is not None:
        save(made, out)
        screen.say(f"saved to {out}: `gwlbfw apply {out}` carries it out")
    return _detailed(made) if flags["detailed_exitcode"] else DONE


def _detailed(plan: Plan) -> int:
    """What a plan comes to; an end that is not inspected counts more than what changes."""
    if plan.forecast is not None and not plan.destroys and not plan.forecast.proven:
        return UNINSPECTED
    return DONE if plan.is_empty else DIFFERENT
