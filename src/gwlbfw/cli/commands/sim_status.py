"""`gwlbfw sim status`."""

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Output, SimulatorOptions, TextOrJson


@command
def status(*, form: TextOrJson = "text", options: SimulatorOptions, output: Output) -> int:
    """Count the resources of the simulated cloud, by kind; what came by itself is left out.

    Examples:
        gwlbfw sim status
        gwlbfw sim status --format json
    """
    from gwlbfw.cli.simulator import control_request
    from gwlbfw.cli.views.simulator import show_status

    show_status(output.screen, control_request(options, "GET", "status"), form)
    return DONE
