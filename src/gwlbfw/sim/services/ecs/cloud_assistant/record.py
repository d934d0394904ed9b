"""Invocation: a command that Cloud Assistant runs, with its result on each instance."""

from dataclasses import dataclass

from gwlbfw.sim.store.record import Record

OUTPUT_BYTES = 24 * 1024
"""Bytes of an output that are kept (ECS API, DescribeInvocationResults)."""


@dataclass(frozen=True)
class Result:
    """The result of a command on one instance."""

    instance_id: str
    output: str = ""
    dropped: int = 0
    exit_code: int = 0
    stopped: bool = False
    """It was stopped before it ended."""

    @property
    def status(self) -> str:
        """InvocationStatus, once it has run."""
        if self.stopped:
            return "Stopped"
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
    launcher: str = ""
    resource_group_id: str = ""
    results: tuple[Result, ...] = ()
    end: float = 0.0

    @property
    def implicit(self) -> bool:
        # No call deletes an invocation: it is a log entry.
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
