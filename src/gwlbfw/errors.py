"""The exceptions of gwlbfw, each of which can be shown as diagnostics.

GwlbfwError
├── TopologyError       the file is wrong
├── PlanError           no plan can be made
│   └── StalePlanError  live state moved since the plan was made
├── StateError          the stack's state can't be read or written
│   └── LockedError     someone else is at work on the stack
├── CloudError          the cloud refused a call
│   ├── Throttled       too many calls: wait
│   ├── Busy            something else is under way: wait
│   ├── Missing         it is not there (for a delete: done)
│   ├── Exists          it is there already
│   ├── Denied          these credentials may not
│   └── Rejected        it will never work like this
├── TransportError      no usable answer came back; the call may or may not have been carried out
├── ReplyError          an answer came back, and what has to be in it is not
├── NotInspected        a zone was cut over, and is not inspected
└── WaitError           a resource didn't reach the expected state in time
"""

from collections.abc import Sequence

from gwlbfw.diagnostics import Diagnostic, error, in_order


class GwlbfwError(Exception):
    """Anything that stops gwlbfw for a reason that a user can act on."""

    code = "error"
    hint: str | None = None

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The problems to show to the user."""
        return (error(self.code, str(self), hint=self.hint),)


class _Diagnosed(GwlbfwError):
    """An error that consists of diagnostics."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self._diagnostics = in_order(diagnostics)
        super().__init__("; ".join(each.message for each in self._diagnostics))

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return self._diagnostics


class TopologyError(_Diagnosed):
    """The topology file is wrong: every problem at its place."""

    code = "topology"


class PlanError(_Diagnosed):
    """No plan can be made from this topology and live state."""

    code = "plan"


class StalePlanError(PlanError):
    """Live state, file or tool are no longer what the saved plan was made from."""

    code = "stale-plan"


class StateError(GwlbfwError):
    """The stack's state can't be read or written."""

    code = "state"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class LockedError(StateError):
    """Someone else is at work on the stack: who, and since when."""

    code = "locked"


class CloudError(GwlbfwError):
    """The cloud refused a call, with its own code and request id."""

    code = "cloud"

    def __init__(
        self,
        action: str,
        cloud_code: str,
        message: str,
        request_id: str = "",
        *,
        status: int = 400,
        retry_after: float | None = None,
    ) -> None:
        self.action = action
        """Product and action, such as `vpc:CreateVSwitch`."""
        self.cloud_code = cloud_code
        self.cloud_message = message
        self.request_id = request_id
        self.status = status
        self.retry_after = retry_after
        """Seconds after which the cloud takes a retry, where its reply has them."""
        super().__init__(f"{action} failed: {cloud_code}: {message} (RequestId {request_id})")


class Throttled(CloudError):
    """Too many calls."""


class Busy(CloudError):
    """The resource or its VPC is in the middle of something else."""


class Missing(CloudError):
    """The resource that the call names does not exist."""


class Exists(CloudError):
    """The resource that the call creates exists already."""


class Denied(CloudError):
    """These credentials may not do this."""


class Rejected(CloudError):
    """The call will never work as it is."""


class TransportError(GwlbfwError):
    """No usable answer: refused, reset, timed out, or not the API's form."""

    code = "transport"

    def __init__(self, action: str, endpoint: str, reason: str, *, sent: bool = True) -> None:
        self.action = action
        self.endpoint = endpoint
        self.reason = reason
        self.sent = sent
        """True if the request may have reached the server."""
        super().__init__(f"{action} got no answer from {endpoint}: {reason}")


class ReplyError(GwlbfwError):
    """An answer that lacks what it must hold, or holds something else in its place."""

    code = "reply"
    hint = "check that the endpoint speaks this API, and run the command again"

    def __init__(self, action: str, problem: str) -> None:
        self.action = action
        super().__init__(f"{action} answered what can't be read: {problem}")


class NotInspected(GwlbfwError):
    """A zone was cut over to the firewall, and live routes refute that it is inspected."""

    code = "not-inspected"


class WaitError(GwlbfwError):
    """A resource did not reach the expected state in time."""

    code = "wait"
