"""Which cloud a command speaks to, and the stack it is about."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gwlbfw.cli.loading import topology_of
from gwlbfw.cli.options import Options
from gwlbfw.cli.views.calls_text import calls_made
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cloud.sdk import Keys
from gwlbfw.connection import Cloud
from gwlbfw.stack import Stack

SIM_KEYS = Keys("gwlbfw-sim", "gwlbfw-sim")
"""The embedded simulator takes any key; no real one is ever sent to it."""


@contextmanager
def cloud_of(options: Options) -> Iterator[Cloud]:
    """The cloud, a server in its place, or the simulator for as long as the command runs."""
    if not options.sim:
        yield Cloud.alibaba(profile=options.profile, endpoint_url=options.endpoint_url)
        return
    from gwlbfw.sim.attach import attach_or_serve  # noqa: PLC0415 - only the simulator needs it

    with attach_or_serve(options.sim_dir) as simulator:
        yield Cloud(endpoint_url=simulator.url, keys=SIM_KEYS)


@contextmanager
def opened(file: Path, options: Options, screen: Screen, parallelism: int = 10) -> Iterator[Stack]:
    """The stack of a topology file in the cloud that the options name."""
    topology = topology_of(file, options, screen)
    with (
        cloud_of(options) as cloud,
        Stack(
            topology, cloud, state=options.state, parallelism=parallelism, tell=screen.say
        ) as stack,
    ):
        yield stack
        if options.verbosity:
            screen.say(calls_made(stack.api.calls))
