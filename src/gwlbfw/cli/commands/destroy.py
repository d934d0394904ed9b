"""`gwlbfw destroy FILE|PLAN`."""

from pathlib import Path
from typing import Annotated

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.options import AutoApprove, Output, RunOptions
from gwlbfw.cli.run_options import AllowTrafficLoss, Consent, Parallelism, Report


@command
def destroy(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE|PLAN", help="A topology, or a plan saved with --destroy."),
    ],
    *,
    auto_approve: AutoApprove = False,
    parallelism: Parallelism = 10,
    report: Report = None,
    allow_traffic_loss: AllowTrafficLoss = False,
    options: RunOptions,
    output: Output,
) -> int:
    """Restore the routes as they were found, then delete what the stack created, nothing else.

    It asks for the stack's name first. What other servers lose that works now has to be allowed.
    A plan saved by `gwlbfw plan --destroy --out` is taken as `gwlbfw apply` takes one.

    Examples:
        gwlbfw destroy topology.yaml
        gwlbfw destroy topology.yaml --sim --auto-approve
    """
    from gwlbfw.cli.execution import Terms, plan_and_execute

    consent = Consent(allow_traffic_loss=allow_traffic_loss)
    terms = Terms(auto_approve, consent, report)
    return plan_and_execute("destroy", file, options, output, terms, parallelism)
