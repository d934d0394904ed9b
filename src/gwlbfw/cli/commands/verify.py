"""`gwlbfw verify FILE`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE, UNINSPECTED
from gwlbfw.cli.options import Output, StackOptions, TextOrJson

if TYPE_CHECKING:
    from gwlbfw.cloud.client import ApiClient
    from gwlbfw.reachability import Verdict


@command
def verify(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="The topology.")] = None,
    *,
    desired: Annotated[
        bool, typer.Option("--desired", help="Judge the routes as a plan would leave them.")
    ] = False,
    vpc: Annotated[
        str | None,
        typer.Option(metavar="ID", help="A VPC that no topology describes, instead of FILE."),
    ] = None,
    region: Annotated[str | None, typer.Option(help="The region of that VPC.")] = None,
    form: TextOrJson = "text",
    options: StackOptions,
    output: Output,
) -> int:
    """Prove or refute that all Internet traffic is inspected, both ways, by the same endpoint.

    It is judged for every business subnet by the live routes, and everything else that forwards
    packets; every refutation is shown with its trace. With --vpc each subnet without an endpoint
    is judged; one without a public address, SNAT, DNAT or way out refutes nothing. Exits with 0
    where it is proven, and with 3 where it is refuted.

    Examples:
        gwlbfw verify topology.yaml
        gwlbfw verify topology.yaml --desired --format json
        gwlbfw verify --vpc vpc-0jl3u5gzfaokydfcpv5bq --region cn-wulanchabu
    """
    from gwlbfw.cli.session import open_stack
    from gwlbfw.cli.views.verdict import VerdictView

    if file is not None and not (vpc or region):
        with open_stack(file, options, output) as stack:
            verdict = stack.sync.verify(desired=desired)
            about = stack.topology.name, stack.topology.region
    elif file is None and vpc and region and not desired:
        verdict, about = verify_vpc(vpc, region, options, output), (vpc, region)
    else:
        raise typer.BadParameter(
            "verify takes either FILE, with or without --desired, or --vpc with --region"
        )
    VerdictView(output.screen, form).verdict(verdict, *about)
    return DONE if verdict.proven else UNINSPECTED


async def fetch_vpc_verdict(api: "ApiClient", vpc: str, profile: str | None) -> "Verdict":
    """The verdict on one VPC, with the cloud and the account that it was fetched from."""
    from gwlbfw.cloud.identity import fetch_identity
    from gwlbfw.reachability import fetch_vpc_network, judge_by_use

    identity = await fetch_identity(api, [""])
    verdict = judge_by_use(await fetch_vpc_network(api, vpc))
    return replace(verdict, place=identity.place({"": profile} if profile else {}))


def verify_vpc(vpc: str, region: str, options: StackOptions, output: Output) -> "Verdict":
    """The verdict on one VPC by its live routes alone."""
    import asyncio

    from gwlbfw.cli.session import open_cloud
    from gwlbfw.cli.views.sent_calls_text import sent_calls_text

    with open_cloud(options) as cloud:
        api = cloud.api_in(region)
        try:
            return asyncio.run(fetch_vpc_verdict(api, vpc, options.profile))
        finally:
            api.close()
            if output.verbose:
                output.screen.print_message(sent_calls_text(api.calls))
