"""The objects of a command: the topology in a file, the cloud that the options name, the stack."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import gwlbfw
from gwlbfw.cli.options import (
    CloudOptions,
    Output,
    RunOptions,
    StackOptions,
)
from gwlbfw.cli.plan_content import plan_instead_of_topology
from gwlbfw.cli.topology_options import TopologyOptions
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cli.views.sent_calls_text import sent_calls_text
from gwlbfw.diagnostics import error
from gwlbfw.errors import CloudError, GwlbfwError, PlanError, TopologyError
from gwlbfw.topology.load import load

if TYPE_CHECKING:
    from gwlbfw import Cloud, Stack, Topology


class Unattended(GwlbfwError):
    """The approval can't be given: stdin is not a terminal."""

    code = "unattended"
    hint = "pass --auto-approve, or run it where there is a terminal"

    def __init__(self) -> None:
        super().__init__("this asks before it changes anything, but stdin is not a terminal")


def load_topology(file: Path, options: TopologyOptions, screen: Screen) -> "Topology":
    """The topology in a file; its warnings are shown.

    Raises TopologyError, or PlanError for a saved plan.
    """
    if problem := plan_instead_of_topology(file):
        raise PlanError([problem])
    loaded = load(file, options.read_variables(), allow_outside=options.allow_outside)
    topology = loaded.require()
    screen.print_diagnostics(loaded.warnings)
    return topology


def open_cloud(options: CloudOptions) -> "Cloud":
    """The cloud, a server in its place, or the simulator until it is closed."""
    if options.sim:
        cloud = gwlbfw.Cloud.simulated(options.sim_dir)
    else:
        cloud = gwlbfw.Cloud.alibaba(profile=options.profile, endpoint_url=options.endpoint_url)
    cloud.timeout_s = options.timeout or cloud.timeout_s
    return cloud


@contextmanager
def open_stack(
    file: Path, options: StackOptions, output: Output, parallelism: int = 10
) -> "Iterator[Stack]":
    """The stack of a topology file, in the cloud and with the state that the options name.

    At the end its calls are listed where that is wanted.
    """
    screen = output.screen
    topology = load_topology(file, options, screen)
    with (
        open_cloud(options) as cloud,
        gwlbfw.Stack(
            topology,
            cloud,
            state=options.state,
            parallelism=parallelism,
            lock_timeout_s=options.lock_timeout if isinstance(options, RunOptions) else 0.0,
            on_message=screen.print_message,
        ) as stack,
        _region_at_its_place(topology),
    ):
        yield stack
        if output.verbose:
            screen.print_message(sent_calls_text(stack.api.calls))


@contextmanager
def _region_at_its_place(topology: "Topology") -> Iterator[None]:
    """Raise TopologyError, with the place in the file, where the cloud knows no such region."""
    try:
        yield
    except CloudError as refusal:
        if not refusal.cloud_code.startswith("InvalidRegionId"):
            raise
        place = topology.place("region")
        hint = "write it as the cloud does, such as cn-wulanchabu, and its zones too"
        raise TopologyError([error("region", str(refusal), place=place, hint=hint)]) from refusal


def confirm(screen: Screen, question: str, wanted: str = "yes") -> bool:
    """Ask at the terminal; True if the answer is the one wanted. Raises Unattended."""
    if not sys.stdin.isatty():
        raise Unattended
    return screen.ask(question) == wanted
