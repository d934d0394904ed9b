"""A plan in each of its formats."""

from dataclasses import dataclass

from gwlbfw.cli.views.calls_text import Reveal, calls_text
from gwlbfw.cli.views.plan_json import plan_json
from gwlbfw.cli.views.plan_markdown import plan_markdown
from gwlbfw.cli.views.plan_text import plan_text
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cloud.call import UserData
from gwlbfw.plan.model import Plan
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


def revealed_user_data(stack: Stack) -> Reveal:
    """Gives user data in the clear, with names in place of what is not known yet."""

    def reveal(data: UserData) -> str:
        return stack.user_data(data, None).decode("utf-8", "replace")

    return reveal
