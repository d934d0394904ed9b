"""`gwlbfw sim export`."""

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Output, SimulatorOptions


@command
def export(*, options: SimulatorOptions, output: Output) -> int:
    """Print everything there is in the simulated cloud as one JSON document.

    Examples:
        gwlbfw sim export > cloud.json
    """
    from gwlbfw.cli.simulator import control_request

    output.screen.print_document(control_request(options, "GET", "state"))
    return DONE
