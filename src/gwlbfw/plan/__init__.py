"""The plan: what changes, and the ordered graph of calls that makes it so."""

from gwlbfw.plan.build import build
from gwlbfw.plan.model import Plan, Step
from gwlbfw.plan.serialization import plan_from_json, plan_to_json

__all__ = ["Plan", "Step", "build", "plan_from_json", "plan_to_json"]
