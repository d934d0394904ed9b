"""A plan in each of its forms."""

from dataclasses import dataclass

from gwlbfw.cli.views.calls_text import calls_text
from gwlbfw.cli.views.plan_markdown import plan_markdown
from gwlbfw.cli.views.plan_text import Reveal, plan_text
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cloud.call import Json, UserData
from gwlbfw.plan.model import Plan
from gwlbfw.plan.serialization import plan_to_json
from gwlbfw.stack import Stack


@dataclass(frozen=True)
class PlanView:
    """Shows plans in one form.

    With `calls` the API calls too, with `reveal` their user data in the clear; with `refresh_only`
    the plan is what has drifted since the last apply.
    """

    screen: Screen
    form: str
    calls: bool = False
    reveal: Reveal | None = None
    refresh_only: bool = False

    def show(self, plan: Plan) -> None:
        """Show a plan."""
        screen = self.screen
        if self.form == "json":
            screen.print_document(plan_json(plan, self.reveal))
        elif self.form == "markdown":
            screen.print_result(
                plan_markdown(
                    plan, calls=self.calls, reveal=self.reveal, refresh_only=self.refresh_only
                )
            )
        else:
            screen.print_diagnostics(plan.warnings)
            screen.print_result(plan_text(plan, screen.out, refresh_only=self.refresh_only))
            if self.calls and plan.steps:
                screen.print_result(f"\n{calls_text(plan, screen.out, self.reveal)}")


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


def revealed_user_data(stack: Stack) -> Reveal:
    """Gives user data in the clear, with names in place of what is not known yet."""

    def reveal(data: UserData) -> str:
        return stack.user_data(data, None).decode("utf-8", "replace")

    return reveal
