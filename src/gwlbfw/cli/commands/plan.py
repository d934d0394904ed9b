"""`gwlbfw plan FILE`."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DIFFERENT, DONE, UNINSPECTED
from gwlbfw.cli.options import FORMAT, Output, StackOptions, TopologyFile

if TYPE_CHECKING:
    from gwlbfw import Plan, Stack


@dataclass(frozen=True)
class PlanOptions:
    """The options of `plan` alone. Raises BadParameter where they contradict each other."""

    out: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Save the plan, for `show` and `apply`.")
    ] = None
    destroy: Annotated[bool, typer.Option("--destroy", help="What `gwlbfw destroy` would do.")] = (
        False
    )
    refresh_only: Annotated[
        bool, typer.Option("--refresh-only", help="Only what has drifted since the last apply.")
    ] = False
    calls: Annotated[bool, typer.Option("--calls", help="List the API calls, in order.")] = False
    show_sensitive: Annotated[
        bool, typer.Option("--show-sensitive", help="Show the calls with their user data.")
    ] = False

    def __post_init__(self) -> None:
        if self.refresh_only and (self.destroy or self.out is not None):
            raise typer.BadParameter(
                "--refresh-only changes nothing, so it goes with neither --destroy nor --out"
            )


@command
def plan(
    file: TopologyFile,
    *,
    wanted: PlanOptions,
    detailed_exitcode: Annotated[
        bool,
        typer.Option(
            "--detailed-exitcode",
            help="Exit with 2 where there are changes, 3 where the end is not proven inspected.",
        ),
    ] = False,
    form: Annotated[Literal["text", "json", "markdown"], FORMAT] = "text",
    options: StackOptions,
    output: Output,
) -> int:
    """Read live state and show what would change; nothing is changed.

    Examples:
        gwlbfw plan topology.yaml
        gwlbfw plan topology.yaml --out plan.json --detailed-exitcode
        gwlbfw plan topology.yaml --sim --calls
        gwlbfw plan topology.yaml --format markdown > plan.md
    """
    from gwlbfw.cli.plan_file import save_plan
    from gwlbfw.cli.session import open_stack
    from gwlbfw.cli.views.plan import PlanView, revealed_user_data

    screen = output.screen
    with open_stack(file, options, output) as stack:
        plan = replace(_plan(stack, wanted), source=str(file))
        reveal = revealed_user_data(stack) if wanted.show_sensitive else None
        calls = wanted.calls or wanted.show_sensitive
        PlanView(screen, form, calls=calls, reveal=reveal, refresh_only=wanted.refresh_only).show(
            plan
        )
    if wanted.out is not None:
        save_plan(plan, wanted.out)
        verb = "destroy" if plan.destroys else "apply"
        screen.print_message(f"saved to {wanted.out}: `gwlbfw {verb} {wanted.out}` carries it out")
    return _detailed(plan) if detailed_exitcode else DONE


def _plan(stack: "Stack", wanted: PlanOptions) -> "Plan":
    if wanted.refresh_only:
        return stack.sync.refresh()
    return stack.sync.plan(destroy=wanted.destroy)


def _detailed(plan: "Plan") -> int:
    """The exit code of what a plan comes to; an end that is not inspected outranks a change."""
    if plan.forecast is not None and not plan.destroys and not plan.forecast.proven:
        return UNINSPECTED
    return DONE if plan.is_empty else DIFFERENT
