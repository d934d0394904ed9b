"""`gwlbfw drift FILE`."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DIFFERENT, DONE
from gwlbfw.cli.options import FORMAT, Output, StackOptions, TopologyFile, positive

if TYPE_CHECKING:
    from gwlbfw import Stack
    from gwlbfw.cli.views.drift import DriftView


@command
def drift(
    file: TopologyFile,
    *,
    watch: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            callback=positive,
            help="Compare again and again, until interrupted; JSON as JSON Lines.",
        ),
    ] = None,
    form: Annotated[Literal["text", "json", "markdown", "sarif"], FORMAT] = "text",
    options: StackOptions,
    output: Output,
) -> int:
    """Compare live state with what was last applied, or with the file where nothing was.

    Exits with 2 where there is drift.

    Examples:
        gwlbfw drift topology.yaml
        gwlbfw drift topology.yaml --format sarif > drift.sarif
        gwlbfw drift topology.yaml --watch 300 --format json
    """
    import asyncio

    from gwlbfw.cli.session import open_stack
    from gwlbfw.cli.views.drift import DriftView

    with open_stack(file, options, output) as stack:
        view = DriftView(output.screen, form, str(file), stack.topology)
        if watch is not None:
            return asyncio.run(run_drift_watch(stack, view, watch))
        report = stack.sync.drift()
        view.show(report)
    return DIFFERENT if report.drifted else DONE


async def run_drift_watch(stack: "Stack", view: "DriftView", interval_s: float) -> int:
    """Show a report now and after each interval, until it is interrupted."""
    while True:
        view.show_next(await stack.drift(), stack.api.clock.utc())
        await stack.api.clock.sleep(interval_s)
