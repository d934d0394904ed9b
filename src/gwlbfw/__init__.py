"""Deploy, watch and remove an Internet boundary firewall on Alibaba Cloud from one YAML file."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gwlbfw.address import Address
    from gwlbfw.cloud.call import Call, UserData
    from gwlbfw.cloud.client import ApiClient
    from gwlbfw.cloud.clock import Clock
    from gwlbfw.cloud.sdk import AccountAccess, CredentialsError, CredentialSettings, Keys
    from gwlbfw.diagnostics import Diagnostic, Place
    from gwlbfw.diff import Change
    from gwlbfw.drift import DriftItem, DriftReport
    from gwlbfw.errors import (
        AnotherCloud,
        Busy,
        CloudError,
        Denied,
        Exists,
        Gone,
        GwlbfwError,
        InternalFault,
        LockedError,
        Missing,
        NotInspected,
        Occupied,
        PlanError,
        Rejected,
        ReplyError,
        SimulatorError,
        StalePlanError,
        StateError,
        SystemFault,
        Throttled,
        TopologyError,
        TransportError,
        WaitError,
    )
    from gwlbfw.execute import ApplyReport, Event, StepResult
    from gwlbfw.execute.events import OnEvent
    from gwlbfw.plan import Plan, Step
    from gwlbfw.reachability import Finding, Flow, NoSuchPlace, Trace, Verdict
    from gwlbfw.stack import Observation, Stack, SyncStack
    from gwlbfw.stack.cloud import Cloud
    from gwlbfw.state.lock import Lock
    from gwlbfw.state.store import LockInfo
    from gwlbfw.topology.models import Topology

__all__ = [
    "AccountAccess",
    "Address",
    "AnotherCloud",
    "ApiClient",
    "ApplyReport",
    "Busy",
    "Call",
    "Change",
    "Clock",
    "Cloud",
    "CloudError",
    "CredentialSettings",
    "CredentialsError",
    "Denied",
    "Diagnostic",
    "DriftItem",
    "DriftReport",
    "Event",
    "Exists",
    "Finding",
    "Flow",
    "Gone",
    "GwlbfwError",
    "InternalFault",
    "Keys",
    "Lock",
    "LockInfo",
    "LockedError",
    "Missing",
    "NoSuchPlace",
    "NotInspected",
    "Observation",
    "Occupied",
    "OnEvent",
    "Place",
    "Plan",
    "PlanError",
    "Rejected",
    "ReplyError",
    "SimulatorError",
    "Stack",
    "StalePlanError",
    "StateError",
    "Step",
    "StepResult",
    "SyncStack",
    "SystemFault",
    "Throttled",
    "Topology",
    "TopologyError",
    "Trace",
    "TransportError",
    "UserData",
    "Verdict",
    "WaitError",
    "__version__",
]

__version__ = "0.1.0"

_HOMES = {
    "AccountAccess": "gwlbfw.cloud.sdk",
    "Address": "gwlbfw.address",
    "AnotherCloud": "gwlbfw.errors",
    "ApiClient": "gwlbfw.cloud.client",
    "ApplyReport": "gwlbfw.execute",
    "Busy": "gwlbfw.errors",
    "Call": "gwlbfw.cloud.call",
    "Change": "gwlbfw.diff",
    "Clock": "gwlbfw.cloud.clock",
    "Cloud": "gwlbfw.stack.cloud",
    "CloudError": "gwlbfw.errors",
    "CredentialSettings": "gwlbfw.cloud.sdk",
    "CredentialsError": "gwlbfw.cloud.sdk",
    "Denied": "gwlbfw.errors",
    "Diagnostic": "gwlbfw.diagnostics",
    "DriftItem": "gwlbfw.drift",
    "DriftReport": "gwlbfw.drift",
    "Event": "gwlbfw.execute",
    "Exists": "gwlbfw.errors",
    "Finding": "gwlbfw.reachability",
    "Flow": "gwlbfw.reachability",
    "Gone": "gwlbfw.errors",
    "GwlbfwError": "gwlbfw.errors",
    "InternalFault": "gwlbfw.errors",
    "Keys": "gwlbfw.cloud.sdk",
    "Lock": "gwlbfw.state.lock",
    "LockInfo": "gwlbfw.state.store",
    "LockedError": "gwlbfw.errors",
    "Missing": "gwlbfw.errors",
    "NoSuchPlace": "gwlbfw.reachability",
    "NotInspected": "gwlbfw.errors",
    "Observation": "gwlbfw.stack",
    "OnEvent": "gwlbfw.execute.events",
    "Place": "gwlbfw.diagnostics",
    "Plan": "gwlbfw.plan",
    "Occupied": "gwlbfw.errors",
    "PlanError": "gwlbfw.errors",
    "Rejected": "gwlbfw.errors",
    "ReplyError": "gwlbfw.errors",
    "SimulatorError": "gwlbfw.errors",
    "Stack": "gwlbfw.stack",
    "StalePlanError": "gwlbfw.errors",
    "StateError": "gwlbfw.errors",
    "Step": "gwlbfw.plan",
    "StepResult": "gwlbfw.execute",
    "SyncStack": "gwlbfw.stack",
    "SystemFault": "gwlbfw.errors",
    "Throttled": "gwlbfw.errors",
    "Topology": "gwlbfw.topology.models",
    "TopologyError": "gwlbfw.errors",
    "Trace": "gwlbfw.reachability",
    "TransportError": "gwlbfw.errors",
    "UserData": "gwlbfw.cloud.call",
    "Verdict": "gwlbfw.reachability",
    "WaitError": "gwlbfw.errors",
}

if not TYPE_CHECKING:  # a checker shall know the names above, and no others

    def __getattr__(name: str) -> object:
        """Load what is asked for, when it is asked for: `validate` needs no executor."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - only when needed

        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """What the package has, loaded or not."""
    return sorted({*globals(), *__all__})
