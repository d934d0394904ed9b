"""Invocation: a command on its way through Cloud Assistant, and what it gave on each instance."""

from dataclasses import dataclass

from gwlbfw.sim.store.record import Record

OUTPUT_BYTES = 24 * 1024
"""What is kept of an output; the rest is dropped (ECS API, DescribeInvocationResults)."""


@dataclass(frozen=True)
class Result:
    """What the command gives on one instance, once it has run."""

    instance_id: str
    output: str = ""
    dropped: int = 0
    exit_code: int = 0

    @property
    def status(self) -> str:
        """InvocationStatus, once it has run."""
        return "Failed" if self.exit_code else "Success"


@dataclass(kw_only=True, eq=False)
class Invocation(
    Record,
    kind="invocation",
    prefix="t",
    product="ecs",
    tag_type="invocation",
    not_found=("InvalidInvokeId.NotFound", 404),
):
    """One command run on one or more instances; its status is Running until `finished`."""

    command_id: str = ""
    name: str = ""
    description: str = ""
    type: str = ""
    content: str = ""
    timeout: int = 60
    user: str = ""
    folder: str = ""
    results: tuple[Result, ...] = ()
    end: float = 0.0

    @property
    def implicit(self) -> bool:
        # Nobody deletes it; it is a trace of what was done.
        return True

    @property
    def running(self) -> bool:
        return self.status == "Running"

    @property
    def outcome(self) -> str:
        """InvokeStatus once it has run everywhere (ECS API, DescribeInvocations)."""
        failed = [each for each in self.results if each.exit_code]
        if not failed:
            return "Finished"
        return "Failed" if len(failed) == len(self.results) else "PartialFailed"
