"""Deploy, watch and remove an Internet boundary firewall on Alibaba Cloud from one YAML file."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gwlbfw.diff import Change
    from gwlbfw.drift import DriftItem, DriftReport
    from gwlbfw.errors import GwlbfwError
    from gwlbfw.execute import ApplyReport, Event
    from gwlbfw.plan import Plan, Step
    from gwlbfw.stack import Stack
    from gwlbfw.stack.cloud import Cloud
    from gwlbfw.topology.models import Topology

__all__ = [
    "ApplyReport",
    "Change",
    "Cloud",
    "DriftItem",
    "DriftReport",
    "Event",
    "GwlbfwError",
    "Plan",
    "Stack",
    "Step",
    "Topology",
    "__version__",
]

__version__ = "0.1.0"

_HOMES = {
    "ApplyReport": "gwlbfw.execute",
    "Change": "gwlbfw.diff",
    "Cloud": "gwlbfw.stack.cloud",
    "DriftItem": "gwlbfw.drift",
    "DriftReport": "gwlbfw.drift",
    "Event": "gwlbfw.execute",
    "GwlbfwError": "gwlbfw.errors",
    "Plan": "gwlbfw.plan",
    "Stack": "gwlbfw.stack",
    "Step": "gwlbfw.plan",
    "Topology": "gwlbfw.topology.models",
}


def __getattr__(name: str) -> object:
    """Load what is asked for, when it is asked for: `validate` needs no executor."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only when needed

    return getattr(import_module(_HOMES[name]), name)
