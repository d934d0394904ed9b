"""Looking for drift, once or again and again."""

import asyncio

from gwlbfw.cli.exit import DIFFERENT, DONE
from gwlbfw.cli.views.drift import DriftView
from gwlbfw.stack import Stack


def looked(stack: Stack, view: DriftView, every_s: float | None) -> int:
    """Look for drift and show it; the exit code of the one look there is without `every_s`."""
    if every_s is None:
        report = stack.sync.drift()
        view.show(report)
        return DIFFERENT if report.drifted else DONE
    return asyncio.run(_watch(stack, view, every_s))


async def _watch(stack: Stack, view: DriftView, every_s: float) -> int:
    while True:
        view.show_another(await stack.drift(), stack.api.clock.utc())
        await stack.api.clock.sleep(every_s)
