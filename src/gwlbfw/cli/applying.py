"""From a plan to what came of it: show, ask, carry out, tell."""

import asyncio
import json
import shlex
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from gwlbfw.cli.exit import DONE, FAILED, INTERRUPTED
from gwlbfw.cli.files import write
from gwlbfw.cli.options import Options
from gwlbfw.cli.views.plan_text import plan_text
from gwlbfw.cli.views.progress import progress
from gwlbfw.cli.views.report_text import failures, outcome_text, what_is_left
from gwlbfw.cli.views.screen import Screen
from gwlbfw.errors import GwlbfwError, PlanError
from gwlbfw.execute.report import ApplyReport
from gwlbfw.forecast.consent import missing_consent
from gwlbfw.plan.model import Plan
from gwlbfw.stack import Observation, Stack

_CODES = {"done": DONE, "failed": FAILED, "interrupted": INTERRUPTED}


class Unattended(GwlbfwError):
    """There is nobody to ask."""

    code = "unattended"
    hint = "pass --auto-approve, or run it where there is a terminal"

    def __init__(self) -> None:
        super().__init__("this asks before it changes anything, but stdin is no terminal")


@dataclass(frozen=True)
class Approval:
    """Who says yes, and what is said to whoever has to come back."""

    automatic: bool
    go_on: str
    """The command that goes on where this one stopped."""

    @classmethod
    def of(cls, verb: str, file: Path, options: Options, *, automatic: bool) -> Self:
        """The approval for a command, which its user would give again to go on."""
        words = ["gwlbfw", verb, shlex.quote(str(file)), *options.by_hand]
        return cls(automatic, " ".join(words))


@dataclass(frozen=True)
class Allowed:
    """What a plan may do to traffic."""

    accept_uninspected: bool = False
    allow_traffic_loss: bool = False


@dataclass(frozen=True)
class Prepared:
    """A plan, and the observation that it holds for."""

    plan: Plan
    observation: Observation


def carry_out(
    stack: Stack,
    prepared: Prepared,
    screen: Screen,
    approval: Approval,
    report: Path | None = None,
    allowed: Allowed = Allowed(),
) -> int:
    """Show a plan, have it approved, carry it out and tell what came of it; the exit code.

    Raises PlanError, before anybody is asked, where it does to traffic what is not allowed.
    """
    plan = prepared.plan
    screen.diagnostics(plan.warnings)
    screen.result(plan_text(plan, screen.out))
    if problems := missing_consent(plan, **asdict(allowed)):
        raise PlanError(problems)
    if plan.is_empty:
        # There may still be a record to write: what is live is what was wanted.
        result = asyncio.run(stack.apply(plan, observation=prepared.observation))
    elif approval.automatic or _approved(plan, screen):
        result = _with_progress(stack, prepared, screen, allowed)
        _tell(plan, result, screen, approval)
    else:
        screen.say("cancelled: nothing was changed")
        return FAILED
    if report is not None:
        write(report, json.dumps(result.to_json(), indent=1) + "\n")
    return _CODES[result.outcome]


def _approved(plan: Plan, screen: Screen) -> bool:
    if not sys.stdin.isatty():
        raise Unattended
    if plan.destroys:
        question = f"\nType the stack's name, {plan.stack}, to destroy it: "
        return screen.ask(question) == plan.stack
    question = "\nDo you want to carry out these changes? Only `yes` is accepted: "
    return screen.ask(question) == "yes"


def _with_progress(
    stack: Stack, prepared: Prepared, screen: Screen, allowed: Allowed
) -> ApplyReport:
    screen.flush()
    plan, observation = prepared.plan, prepared.observation
    with progress(plan, screen, stack.api.clock.now) as on_event:
        work = stack.apply(
            plan, on_event, observation=observation, heed_signals=True, **asdict(allowed)
        )
        return asyncio.run(work)


def _tell(plan: Plan, report: ApplyReport, screen: Screen, approval: Approval) -> None:
    problems = list(failures(report))
    if problems:
        screen.say("")
        screen.diagnostics(problems)
    if report.outcome == "done":
        screen.result(f"\n{outcome_text(plan, report, screen.out)}")
        return
    screen.say(f"\n{outcome_text(plan, report, screen.err)}")
    screen.say(what_is_left(report, approval.go_on, screen.err))
