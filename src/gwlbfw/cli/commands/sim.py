"""`gwlbfw sim …`."""

import click

from gwlbfw.cli.command import Commands
from gwlbfw.cli.options import common_options

_HOME = "gwlbfw.cli.commands"


@click.group(
    "sim",
    cls=Commands,
    homes={
        "serve": (f"{_HOME}.sim_serve:serve", "Serve the simulated cloud until interrupted."),
        "status": (f"{_HOME}.sim_status:status", "Count what there is in the simulated cloud."),
        "reset": (f"{_HOME}.sim_reset:reset", "Remove everything from the simulated cloud."),
        "export": (f"{_HOME}.sim_export:export", "Print all there is as one JSON document."),
        "import": (f"{_HOME}.sim_import:import_", "Replace all there is by such a document."),
        "activity": (f"{_HOME}.sim_activity:activity", "List the calls that were answered."),
        "call": (f"{_HOME}.sim_call:call", "Send one API action, and print what it answers."),
    },
)
@common_options
def sim() -> None:
    """Run, look at and tamper with the simulated cloud: the one of --sim-dir, or --endpoint-url."""
