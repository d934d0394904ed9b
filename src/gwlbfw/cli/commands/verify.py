"""`gwlbfw verify FILE`."""

import asyncio
from pathlib import Path

import click

from gwlbfw.cli.clouds import cloud_of, opened
from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DONE, UNINSPECTED
from gwlbfw.cli.options import Options
from gwlbfw.cli.views.calls_text import calls_made
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cli.views.traffic import TrafficView
from gwlbfw.reachability import Verdict, fetch_vpc_network, judge


@command("verify", formats=("text", "json"))
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--desired", is_flag=True, help="Judge the routes as a plan would leave them.")
@click.option("--vpc", metavar="ID", help="A VPC that no topology speaks of, instead of FILE.")
@click.option("--region", metavar="REGION", help="The region of that VPC.")
def verify(
    options: Options, file: Path | None, *, desired: bool, vpc: str | None, region: str | None
) -> int:
    """Prove or refute that all Internet traffic is inspected, both ways, by the same endpoint.

    It is judged for every business subnet by the live routes, and everything else that forwards
    packets; every refutation is shown with its trace. With --vpc each subnet without an endpoint
    is judged. Exits with 0 where it is proven, and with 3 where it is refuted.
    """
    screen = Screen(colour=options.colour)
    if file is not None and not (vpc or region):
        with opened(file, options, screen) as stack:
            verdict = stack.sync.verify(desired=desired)
    elif file is None and vpc and region and not desired:
        verdict = _of_vpc(vpc, region, options, screen)
    else:
        raise click.UsageError(
            "verify takes either FILE, with or without --desired, or --vpc with --region",
            click.get_current_context(),
        )
    TrafficView(screen, options.format).verdict(verdict)
    return DONE if verdict.proven else UNINSPECTED


def _of_vpc(vpc: str, region: str, options: Options, screen: Screen) -> Verdict:
    with cloud_of(options) as cloud:
        api = cloud.api_in(region)
        try:
            return judge(asyncio.run(fetch_vpc_network(api, vpc)))
        finally:
            api.close()
            if options.verbosity:
                screen.say(calls_made(api.calls))
