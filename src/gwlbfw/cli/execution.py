"""Execution of a plan: show it, have it approved, carry it out, show the outcome."""

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import typer

from gwlbfw.cli.exit import DONE, FAILED, INTERRUPTED
from gwlbfw.cli.files import write
from gwlbfw.cli.options import Output, RunOptions, StackOptions
from gwlbfw.cli.plan_file import plan_for, topology_of
from gwlbfw.cli.run_options import Consent
from gwlbfw.cli.session import confirm, open_stack
from gwlbfw.cli.views.plan_text import plan_text
from gwlbfw.cli.views.progress import open_progress
from gwlbfw.cli.views.report_text import (
    failure_diagnostics,
    objection_diagnostic,
    outcome_text,
    resume_text,
    unsaved_diagnostics,
)
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cloud.authorization import is_read
from gwlbfw.diagnostics import printable
from gwlbfw.execute.report import ApplyReport
from gwlbfw.forecast.consent import refuse_without_consent
from gwlbfw.plan.model import Plan
from gwlbfw.stack import Observation, Stack

_CODES = {"done": DONE, "failed": FAILED, "interrupted": INTERRUPTED}


@dataclass(frozen=True)
class Terms:
    """The terms on which a plan is carried out: approval, consent, and where the report goes."""

    auto_approve: bool = False
    consent: Consent = field(default_factory=Consent)
    report: Path | None = None


def resume_command(verb: str, file: Path, options: StackOptions) -> str:
    """The command line that a user gives again to resume a run."""
    return " ".join(["gwlbfw", verb, shlex.quote(str(file)), *options.words()])


def plan_and_execute(
    verb: Literal["apply", "destroy"],
    file: Path,
    options: RunOptions,
    output: Output,
    terms: Terms,
    parallelism: int = 10,
) -> int:
    """Plan from a topology, or again from a saved plan, and execute the plan; the exit code.

    Raises PlanError, FileError, TopologyError.
    """
    saved, destroys = plan_for(verb, file), verb == "destroy"
    topology = topology_of(saved, file, allow_outside=options.allow_outside) if saved else file
    resume = resume_command(verb, file, options)
    with (
        open_stack(topology, options, output, parallelism) as stack,
        _untouched_if_interrupted(stack),
        stack.locked(verb) as lock,
    ):
        observation = stack.sync.observe(lock=lock, destroy=destroys)
        if saved is not None:
            plan = stack.sync.take(saved, observation)
        else:
            plan = stack.sync.plan(observation, destroy=destroys)
        return execute_plan(stack, plan, observation, output.screen, terms, resume)


@contextmanager
def _untouched_if_interrupted(stack: Stack) -> Iterator[None]:
    """Have an interruption say that nothing was changed, as long as that is so."""
    try:
        yield
    except (KeyboardInterrupt, typer.Abort):
        if all(map(is_read, stack.api.calls)):
            raise typer.Abort("nothing was changed") from None
        raise


def execute_plan(
    stack: Stack,
    plan: Plan,
    observation: Observation,
    screen: Screen,
    terms: Terms,
    resume: str,
) -> int:
    """Show a plan, have it approved, carry it out and show the outcome; the exit code.

    `resume` is the command that resumes the run, should it stop. Raises PlanError, before it
    asks, where consent to what the plan does to traffic is missing.
    """
    screen.print_diagnostics(plan.warnings)
    shown = screen.print_outcome(plan_text(plan, screen.out))
    refuse_without_consent(plan, **asdict(terms.consent))
    if plan.is_empty:
        # There may still be a record to write: what is live is what was wanted.
        report = stack.sync.apply(plan, observation=observation)
        screen.print_diagnostics([*unsaved_diagnostics(report)])
    elif terms.auto_approve or (shown and _confirm_plan(plan, screen)):
        with screen.in_background(), open_progress(plan, screen, stack.api.clock.now) as on_event:
            consent = asdict(terms.consent)
            report = stack.sync.apply(
                plan, on_event, observation=observation, heed_signals=True, **consent
            )
        _show_outcome(plan, report, screen, resume)
    else:
        screen.print_message("cancelled: nothing was changed")
        return FAILED
    if terms.report is not None:
        write(terms.report, json.dumps(report.to_json(), indent=1) + "\n")
    return _CODES[report.outcome]


def _confirm_plan(plan: Plan, screen: Screen) -> bool:
    where = f" {printable(plan.place)}" if plan.place else ""
    if plan.destroys:
        question = f"\nType the stack's name, {plan.stack}, to destroy it{where}: "
        return confirm(screen, question, plan.stack)
    question = f"\nDo you want to carry out these changes{where}? Only `yes` is accepted: "
    return confirm(screen, question)


def _show_outcome(plan: Plan, report: ApplyReport, screen: Screen, resume: str) -> None:
    problems = [
        *failure_diagnostics(report),
        *unsaved_diagnostics(report),
        *objection_diagnostic(report),
    ]
    if problems:
        screen.print_message("")
        screen.print_diagnostics(problems)
    if report.outcome == "done":
        screen.print_outcome(f"\n{outcome_text(plan, report, screen.out)}")
        return
    screen.print_message(f"\n{outcome_text(plan, report, screen.err)}")
    if not report.objection:
        screen.print_message(resume_text(report, resume, screen.err))
