"""`gwlbfw apply FILE|PLAN`."""

from pathlib import Path
from typing import Annotated

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.options import AutoApprove, Output, RunOptions
from gwlbfw.cli.run_options import Consent, Parallelism, Report


@command
def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE|PLAN", help="A topology, or a saved plan.")],
    *,
    auto_approve: AutoApprove = False,
    parallelism: Parallelism = 10,
    report: Report = None,
    consent: Consent,
    options: RunOptions,
    output: Output,
) -> int:
    """Apply a topology: plan, show the plan, ask, and carry it out.

    With a plan saved by `gwlbfw plan --out` it plans again, and goes on only where that gives the
    same changes and calls, and needs consent to no more; else the first difference is named. After
    an interrupted run of the same plan, what is left has to be a part of it. Traffic is cut over
    to the firewall zone by zone; a zone that is not inspected then is rolled back.

    Examples:
        gwlbfw apply topology.yaml --sim
        gwlbfw apply topology.yaml --auto-approve --report report.json
        gwlbfw apply plan.json
    """
    from gwlbfw.cli.execution import Terms, plan_and_execute

    terms = Terms(auto_approve, consent, report)
    return plan_and_execute("apply", file, options, output, terms, parallelism)
