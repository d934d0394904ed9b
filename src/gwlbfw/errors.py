"""The exceptions of gwlbfw, each of which can be shown as diagnostics.

GwlbfwError
├── TopologyError       the file is wrong
├── PlanError           no plan can be made
│   └── StalePlanError  live state moved since the plan was made
├── StateError          the stack's state can't be read or written
│   ├── LockedError     someone else is at work on the stack
│   └── AnotherCloud    the record is of another cloud or account
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
├── WaitError           a resource didn't reach the expected state in time
│   ├── Gone            the cloud does not know it any more
│   └── Occupied        what is in its place is another one
├── SimulatorError      the simulator of a folder can't be served
├── SystemFault         the machine lacks files, threads, memory or space
└── InternalFault       a bug of gwlbfw itself

All of them can be pickled.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self, TypeVar

from gwlbfw.diagnostics import Diagnostic, error, in_order


class GwlbfwError(Exception):
    """Anything that stops gwlbfw for a reason that a user can act on."""

    code = "error"
    hint: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Have it made anew from what it holds: a subclass takes other arguments than a message."""
        return _restored, (type(self), self.args, self.__dict__)

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The problems to show to the user."""
        return (error(self.code, str(self), hint=self.hint),)


E = TypeVar("E", bound=GwlbfwError)


def _restored(kind: type[E], arguments: tuple[object, ...], attributes: Mapping[str, object]) -> E:
    """The error that was pickled."""
    problem = kind.__new__(kind, *arguments)
    problem.__dict__.update(attributes)
    return problem


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


class AnotherCloud(StateError):
    """The record is of another cloud or account, or nothing of it is there any more."""

    code = "another-cloud"


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

    def about(self, subject: str) -> Self:
        """The same refusal, which says what the call was about."""
        other = type(self)(
            self.action,
            self.cloud_code,
            f"{subject}: {self.cloud_message}",
            self.request_id,
            status=self.status,
            retry_after=self.retry_after,
        )
        other.hint = self.hint
        return other


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

    def __init__(
        self, action: str, endpoint: str, reason: str, *, sent: bool = True, final: bool = False
    ) -> None:
        self.action = action
        self.endpoint = endpoint
        self.reason = reason
        self.sent = sent
        """True if the request may have reached the server."""
        self.final = final
        """True if the same call will hardly get another answer."""
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


class Gone(WaitError):
    """The cloud does not know what is waited for: it was listed once, or should be by now."""

    hint = (
        "somebody deleted it meanwhile: look who, and run the command again, which makes it anew "
        "where it is the stack's"
    )


class Occupied(WaitError):
    """What is there in the place of what was to be made is another one: nothing was made."""

    hint = (
        "somebody else made it meanwhile: look who, and run the command again; the next plan says "
        "what becomes of it"
    )


class SimulatorError(GwlbfwError):
    """The simulator of a folder can't be served: its state or its port is unusable."""

    code = "simulator"


class SystemFault(GwlbfwError):
    """The machine lacks what the tool needs: files, threads, memory, space."""

    code = "system"

    def __init__(self, message: str, *, subject: str | None = None) -> None:
        super().__init__(message)
        self.subject = subject

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return (error(self.code, str(self), hint=self.hint, subject=self.subject),)


class InternalFault(GwlbfwError):
    """A fault of gwlbfw itself."""

    code = "internal"
    hint = "this is a bug: please report it, with the output of the command with -vv"


_NO_THREAD = "can't start new thread"
"""What CPython says where the system gives it no thread."""
_NO_ROOM = "failed to map segment from shared object"
"""What the loader of the C library says where there is no memory for a compiled module."""


def fault_of(problem: Exception) -> GwlbfwError:
    """An exception that nobody expected, as one that can be shown; a GwlbfwError is one already."""
    if isinstance(problem, GwlbfwError):
        return problem
    fault = _system_fault(problem) or InternalFault(f"internal error: {_described(problem)}")
    fault.__cause__ = problem
    return fault


def _system_fault(problem: Exception) -> SystemFault | None:
    if isinstance(problem, OSError) and problem.strerror:
        subject = problem.filename if isinstance(problem.filename, str) else None
        return SystemFault(problem.strerror[:1].lower() + problem.strerror[1:], subject=subject)
    if isinstance(problem, MemoryError) or _NO_ROOM in str(problem):
        return SystemFault("out of memory")
    if isinstance(problem, RuntimeError) and str(problem) == _NO_THREAD:
        return SystemFault("the system has no room for another thread (memory, `ulimit -u`)")
    return None


def _described(problem: Exception) -> str:
    """The kind of an exception, and its message on one line."""
    return ": ".join(filter(None, (type(problem).__name__, " ".join(str(problem).split()))))
