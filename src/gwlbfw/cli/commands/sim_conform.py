"""`gwlbfw sim conform`."""

from typing import Annotated

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE, FAILED
from gwlbfw.cli.options import CloudOptions, Output

_QUESTION = "Run them on this account? Only `yes` does: "


@command
def conform(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="SCRIPT", help="The scripts to run; all, if none is named."),
    ] = None,
    *,
    region: Annotated[str, typer.Option(help="Region in which they run.")] = "cn-wulanchabu",
    listing: Annotated[
        bool, typer.Option("--list", help="List them with what they claim, and run none.")
    ] = False,
    cloud: Annotated[
        bool, typer.Option("--cloud", help="Run them on the real cloud, with your credentials.")
    ] = False,
    auto_approve: Annotated[
        bool, typer.Option("--auto-approve", "-y", "--yes", help="Don't ask before.")
    ] = False,
    options: CloudOptions,
    output: Output,
) -> int:
    """Compare a cloud with what the simulator claims of it, call by call.

    The scripts make what they need and remove it again. On the real cloud they take the time and
    cost the money that is said before.

    Examples:
        gwlbfw sim conform
        gwlbfw sim conform --list
        gwlbfw sim conform --cloud one-ipv4-gateway-per-vpc
    """
    from gwlbfw.cli.conformance import chosen_scripts, run_scripts
    from gwlbfw.cli.session import confirm
    from gwlbfw.cli.views.conformance_text import cost_text, list_text

    screen = output.screen
    scripts = chosen_scripts(names or ())
    if listing:
        screen.print_result(list_text(scripts))
        return DONE
    if cloud:
        screen.print_message(cost_text(scripts, region))
        if not (auto_approve or confirm(screen, _QUESTION)):
            screen.print_message("cancelled: nothing was called")
            return FAILED
    return DONE if run_scripts(scripts, options, screen, region=region, cloud=cloud) else FAILED
