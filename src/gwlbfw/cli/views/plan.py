"""A plan in each of its forms."""

from gwlbfw.cli.views.calls_text import calls_text
from gwlbfw.cli.views.plan_markdown import plan_markdown
from gwlbfw.cli.views.plan_text import Reveal, plan_text
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cloud.call import Json, UserData
from gwlbfw.plan.codec import plan_to_json
from gwlbfw.plan.model import Plan


def show(
    screen: Screen, plan: Plan, form: str, *, calls: bool = False, reveal: Reveal | None = None
) -> None:
    """Show a plan; with `calls` its API calls too, with `reveal` their user data in the clear."""
    if form == "json":
        screen.document(plan_json(plan, reveal))
        return
    if form == "markdown":
        screen.result(plan_markdown(plan, calls=calls, reveal=reveal))
        return
    screen.diagnostics(plan.warnings)
    screen.result(plan_text(plan, screen.out))
    if calls and plan.steps:
        screen.result(f"\n{calls_text(plan, screen.out, reveal)}")


def plan_json(plan: Plan, reveal: Reveal | None = None) -> dict[str, Json]:
    """The plan as JSON; what is revealed in it breaks its seal, so it can't be applied."""
    document = plan_to_json(plan)
    rows = document["calls"]
    if reveal is not None and isinstance(rows, list):
        for row, step in zip(rows, plan.steps, strict=True):
            for name, value in (step.call.params if step.call else {}).items():
                if isinstance(value, UserData):
                    row["params"][name] = reveal(value)
    return document
