"""`gwlbfw destroy FILE`."""

from gwlbfw.cli.commands import command
from gwlbfw.cli.options import (
    AllowTrafficLoss,
    AutoApprove,
    Consent,
    Output,
    RunOptions,
    TopologyFile,
)


@command
def destroy(
    file: TopologyFile,
    *,
    auto_approve: AutoApprove = False,
    allow_traffic_loss: AllowTrafficLoss = False,
    options: RunOptions,
    output: Output,
) -> int:
    """Restore the routes as they were found, then delete what the stack created, nothing else.

    It asks for the stack's name first. What other servers lose that works now has to be allowed.

    Examples:
        gwlbfw destroy topology.yaml
        gwlbfw destroy topology.yaml --sim --auto-approve
    """
    from gwlbfw.cli.execution import Terms, execute_plan, resume_command
    from gwlbfw.cli.session import open_stack

    consent = Consent(allow_traffic_loss=allow_traffic_loss)
    terms = Terms(resume_command("destroy", file, options), auto_approve, consent)
    with open_stack(file, options, output) as stack, stack.locked("destroy") as lock:
        observation = stack.sync.observe(lock=lock, destroy=True)
        plan = stack.sync.plan(observation, destroy=True)
        return execute_plan(stack, plan, observation, output.screen, terms)
