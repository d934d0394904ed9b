"""`gwlbfw sim conform`."""

from typing import Annotated

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE, FAILED, INTERRUPTED
from gwlbfw.cli.options import CloudOptions, Output, TextOrJson

_QUESTION = "Run them on this account? Only `yes` does: "


@command
def conform(  # noqa: PLR0913 - the options of a command
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SCRIPT",
            help="The scripts to run, by name or pattern such as 'gwlb/*'; all, if none is given.",
        ),
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
    output_format: TextOrJson = "text",
    options: CloudOptions,
    output: Output,
) -> int:
    """Compare a cloud with what the simulator claims of it, call by call.

    The scripts make what they need, by the name gwlbfw-conform-…, and remove it again, whatever
    happens. On the real cloud they take the time and cost the money that is said before.

    Examples:
        gwlbfw sim conform
        gwlbfw sim conform --list 'vpc/*'
        gwlbfw sim conform --cloud --region cn-hangzhou --format json vpc/one-ipv4-gateway-per-vpc
    """
    from gwlbfw.cli.conformance import Target, chosen_scripts, run_scripts
    from gwlbfw.cli.session import confirm
    from gwlbfw.cli.views import conformance_json, conformance_text

    screen, target = output.screen, Target(options, region, cloud=cloud)
    scripts = chosen_scripts(names or ())
    as_json = output_format == "json"
    if listing:
        if as_json:
            screen.print_document(conformance_json.listing(scripts))
        else:
            screen.print_result(conformance_text.list_text(scripts))
        return DONE
    if cloud:
        screen.print_message(conformance_text.cost_text(scripts, region))
        if not (auto_approve or confirm(screen, _QUESTION)):
            screen.print_message("cancelled: nothing was called")
            return FAILED
    outcomes = run_scripts(scripts, target, screen, quiet=as_json)
    if as_json:
        screen.print_document(conformance_json.document(outcomes, region, cloud=cloud))
    else:
        screen.print_result(conformance_text.summary_text(outcomes))
    if any(each.interrupted for each in outcomes):
        return INTERRUPTED
    return DONE if all(each.is_same for each in outcomes) else FAILED
