"""A run on the record: what it starts from, and what came of it."""

import logging
from dataclasses import replace

from gwlbfw.errors import StateError
from gwlbfw.execute import ApplyReport, Executor
from gwlbfw.execute.state_update import state_after
from gwlbfw.plan import Plan
from gwlbfw.stack.observation import Observation
from gwlbfw.state.lock import Lock
from gwlbfw.state.store import Store

_log = logging.getLogger(__name__)


async def recorded_run(
    plan: Plan, observation: Observation, executor: Executor, lock: Lock, store: Store
) -> ApplyReport:
    """Save what the run starts from, run the plan, and save what came of it."""
    state = replace(
        observation.state,
        before=plan.before,
        removed=observation.removed,
        saved_plan=plan.carries_out,
    )
    unsaved = replace(state, removed=observation.state.removed) != observation.state
    if unsaved or observation.origins or observation.unbound or not observation.recorded:
        # What was there before, and what is carried out, is written down before anything changes.
        state = store.save(state)
    if plan.steps:
        observation.journal.start_run(replace(lock.run_start(), source=plan.source_digest))
    _log.info("%r: %d steps begin", plan, len(plan.steps))
    report = await executor.run(plan)
    _log.info("%r: %s after %.1f s", plan, report.outcome, report.makespan_s)
    try:
        if (after := state_after(state, plan, report)) != state:
            store.save(after)
        observation.journal.close()
    except StateError as problem:
        # The journal has it, and the next run takes it from there.
        return replace(report, unsaved=problem)
    return report
