"""A plan as JSON."""

from gwlbfw.cli.views.calls_text import Reveal
from gwlbfw.cloud.call import Json, UserData
from gwlbfw.plan.model import Plan
from gwlbfw.plan.serialization import plan_to_json


def plan_json(plan: Plan, reveal: Reveal | None = None) -> dict[str, Json]:
    """The plan as JSON; one in which something is revealed can't be applied."""
    document = plan_to_json(plan)
    rows = document["calls"]
    if reveal is not None and isinstance(rows, list):
        for row, step in zip(rows, plan.steps, strict=True):
            for name, value in (step.call.params if step.call else {}).items():
                if isinstance(value, UserData):
                    row["params"][name] = reveal(value)
    return document
