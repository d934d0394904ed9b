"""Which plan is asked for, and how far user data can be shown with it."""

import click

from gwlbfw.cli.views.plan_text import Reveal
from gwlbfw.cloud.call import UserData
from gwlbfw.plan.model import Plan
from gwlbfw.stack import Stack


def planned(stack: Stack, *, destroy: bool, refresh_only: bool, saves: bool) -> Plan:
    """The plan that is asked for. Raises UsageError for a contradiction."""
    if refresh_only and (destroy or saves):
        raise click.UsageError(
            "--refresh-only changes nothing, so it goes with neither --destroy nor --out",
            click.get_current_context(),
        )
    return stack.sync.refresh() if refresh_only else stack.sync.plan(destroy=destroy)


def revealing(stack: Stack) -> Reveal:
    """Gives user data in the clear, with names in place of what is not known yet."""

    def reveal(data: UserData) -> str:
        return stack.user_data(data, None).decode("utf-8", "replace")

    return reveal
