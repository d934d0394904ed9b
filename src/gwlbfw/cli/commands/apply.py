"""`gwlbfw apply FILE|PLAN`."""

from pathlib import Path
from typing import Annotated

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.options import AutoApprove, Consent, Output, RunOptions


@command
def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE|PLAN", help="A topology, or a saved plan.")],
    *,
    auto_approve: AutoApprove = False,
    parallelism: Annotated[
        int, typer.Option(min=1, max=100, metavar="N", help="API calls in flight at once.")
    ] = 10,
    report: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write a report of the run, as JSON.")
    ] = None,
    consent: Consent,
    options: RunOptions,
    output: Output,
) -> int:
    """Apply a topology: plan, show the plan, ask, and carry it out.

    A plan saved by `gwlbfw plan --out` is carried out as it was shown, or refused where live
    state or the topology has changed since. Traffic is cut over to the firewall zone by zone; a
    zone that is not inspected then is rolled back.

    Examples:
        gwlbfw apply topology.yaml --sim
        gwlbfw apply topology.yaml --auto-approve --report report.json
        gwlbfw apply plan.json
    """
    from gwlbfw.cli.execution import Terms, execute_plan, resume_command
    from gwlbfw.cli.plan_file import load_plan
    from gwlbfw.cli.session import open_stack

    saved = load_plan(file)
    topology = Path(saved.source) if saved else file
    terms = Terms(resume_command("apply", topology, options), auto_approve, consent, report)
    with open_stack(topology, options, output, parallelism) as stack, stack.locked("apply") as lock:
        observation = stack.sync.observe(lock=lock)
        if saved is not None:
            stack.sync.check(saved, observation)
        plan = saved or stack.sync.plan(observation)
        return execute_plan(stack, plan, observation, output.screen, terms)
