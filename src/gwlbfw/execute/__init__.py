"""Carrying out a plan."""

from gwlbfw.execute.events import Event
from gwlbfw.execute.report import ApplyReport, StepResult
from gwlbfw.execute.scheduler import Executor

__all__ = ["ApplyReport", "Event", "Executor", "StepResult"]
