"""`gwlbfw sim reset`."""

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Output, SimulatorOptions


@command
def reset(*, options: SimulatorOptions, output: Output) -> int:
    """Remove everything from the simulated cloud, in all regions and accounts.

    Examples:
        gwlbfw sim reset
    """
    from gwlbfw.cli.simulator import control_request

    control_request(options, "POST", "reset")
    output.screen.print_outcome("the simulated cloud is empty")
    return DONE
