"""`gwlbfw show PLAN`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import FORMAT, Output


@command
def show(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A saved plan.")],
    *,
    calls: Annotated[bool, typer.Option("--calls", help="List the API calls, in order.")] = False,
    form: Annotated[Literal["text", "json", "markdown"], FORMAT] = "text",
    output: Output,
) -> int:
    """Show a plan that was saved with `gwlbfw plan --out`, as it was then; the cloud is not read.

    Examples:
        gwlbfw show plan.json
        gwlbfw show plan.json --calls
        gwlbfw show plan.json --format markdown > plan.md
    """
    from gwlbfw.cli.plan_file import require_plan
    from gwlbfw.cli.views.plan import PlanView

    PlanView(output.screen, form, calls=calls).show(require_plan(plan))
    return DONE
