"""Which cloud a command speaks to, and the stack it is about."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gwlbfw.cli.loading import topology_of
from gwlbfw.cli.options import Options
from gwlbfw.cli.views.calls_text import calls_made
from gwlbfw.cli.views.screen import Screen
from gwlbfw.stack import Stack
from gwlbfw.stack.cloud import Cloud


def cloud_of(options: Options) -> Cloud:
    """The cloud, a server in its place, or the simulator until it is closed."""
    if options.sim:
        return Cloud.simulated(options.sim_dir)
    return Cloud.alibaba(profile=options.profile, endpoint_url=options.endpoint_url)


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
