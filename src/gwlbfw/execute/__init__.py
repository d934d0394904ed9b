"""The execution of plans."""

from gwlbfw.execute.events import Event
from gwlbfw.execute.executor import Executor
from gwlbfw.execute.report import ApplyReport, StepResult

__all__ = ["ApplyReport", "Event", "Executor", "StepResult"]
