"""A stack: one topology in one cloud, and all that can be done with it."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Self

from gwlbfw.address import Address
from gwlbfw.blueprint.user_data import render
from gwlbfw.cloud.call import Raw, UserData
from gwlbfw.cloud.clock import SystemClock
from gwlbfw.drift import DriftReport
from gwlbfw.execute import ApplyReport, Executor
from gwlbfw.execute.confirm import (
    AcceptedFlows,
    fetch_objection,
    flows_accepted_with,
    with_objection_at_end,
)
from gwlbfw.execute.events import GuardedListener, OnEvent, ignore_event
from gwlbfw.execute.interrupts import graceful_shutdown, stopped_by_cancellation
from gwlbfw.execute.references import ResolvedIds
from gwlbfw.forecast.consent import refuse_without_consent, steps_needing_consent
from gwlbfw.forecast.forecast import verdict_at_end
from gwlbfw.plan import Plan
from gwlbfw.reachability import Trace, Verdict, judge, trace
from gwlbfw.stack.blocking import blocking
from gwlbfw.stack.cloud import Cloud
from gwlbfw.stack.locking import StackLock
from gwlbfw.stack.observation import Observation, Observer, once
from gwlbfw.stack.planning import drift_plan, drift_report, make_plan, refuse_stale
from gwlbfw.stack.recording import recorded_run
from gwlbfw.stack.saved_plans import refuse_wrong_verb, same_plan
from gwlbfw.state.backend import BackendSettings
from gwlbfw.state.location import open_store
from gwlbfw.state.lock import Lock
from gwlbfw.state.store import LockInfo
from gwlbfw.topology.models import Topology

DEFAULT_STATE = Path(".gwlbfw/state")


class Stack:
    """One topology in one cloud. Its methods are coroutines; `sync` has them as plain calls.

    A plan starts from an Observation, and apply carries it out as long as that holds. Both take
    one themselves where none is given.
    """

    def __init__(
        self,
        topology: Topology,
        cloud: Cloud,
        *,
        state: Path | str = DEFAULT_STATE,
        parallelism: int = 10,
        lock_timeout_s: float = 0.0,
        on_message: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.topology = topology
        self.parallelism = parallelism
        self.lock_timeout_s = lock_timeout_s
        """Seconds for which a lock that somebody else holds is waited for."""
        self.api = cloud.api(topology, parallelism)
        self.api.announce = on_message
        self.store = open_store(
            state,
            BackendSettings(
                topology.region, cloud.endpoint_url, cloud.credentials(), cloud.timeouts_s
            ),
            SystemClock().utc,
            on_message,
        )
        self.sync = SyncStack(self)
        """The same stack without async."""
        self._on_message = on_message
        self._lock = StackLock(self.store, topology.name, topology.region, on_message)
        self._observer = Observer(
            topology, self.api, self.store, on_message, once(on_message), cloud.profile
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.api.close()

    @contextmanager
    def locked(self, command: str) -> Iterator[Lock]:
        """Hold the stack's lock. Raises LockedError where somebody else is at work on it.

        `apply` and `destroy` do this themselves; a caller that observes, plans and then applies
        does it around all of them, so that nobody comes in between. Within it, the same task takes
        no other lock.
        """
        with self._lock.held(command, self.lock_timeout_s) as lock:
            yield lock

    def fetch_lock(self) -> LockInfo | None:
        """Fetch who holds the stack's lock, dead or alive; None where it is free."""
        return self.store.lock_info(self.topology.name, self.topology.region)

    def unlock(self) -> None:
        """Break the stack's lock, whoever has it."""
        self.store.unlock(self.topology.name, self.topology.region)

    async def observe(
        self,
        *,
        lock: Lock | None = None,
        settle: bool = True,
        forwarding: bool = True,
        destroy: bool = False,
    ) -> Observation:
        """Fetch state and live state, with or without what forwarding needs.

        With `settle`, once nothing of the stack is in transition any more; with `destroy`, what the
        cloud does not list yet is waited for where only a plan that deletes needs it. Raises
        CloudError, TransportError, StateError.
        """
        observe = self._observer.observe
        return await observe(lock=lock, settle=settle, forwarding=forwarding, destroy=destroy)

    async def plan(self, observation: Observation | None = None, *, destroy: bool = False) -> Plan:
        """Plan what would change, and how; change nothing.

        Raises PlanError, CloudError, TransportError, StateError.
        """
        observation = observation or await self.observe(destroy=destroy)
        return await make_plan(observation, self.topology, self.api, destroy=destroy)

    async def apply(
        self,
        plan: Plan,
        on_event: OnEvent = ignore_event,
        *,
        observation: Observation | None = None,
        accept_uninspected: bool = False,
        allow_traffic_loss: bool = False,
        heed_signals: bool = False,
    ) -> ApplyReport:
        """Carry out a plan. Raises StalePlanError where live state moved since it was made.

        In place of one from a file its own is made and carried out; see `take`.
        Without an observation, or where somebody was at work on the stack since, it observes
        again. Raises LockedError, PlanError, StateError.

        A cancellation, or `on_event` where it raises, stops the run once calls in flight and a zone
        that has begun to turn are done. With `heed_signals`, Ctrl-C, SIGTERM and SIGHUP do, too.
        """
        held = observation.lock if observation else None
        command = "destroy" if plan.destroys else "apply"
        async with self._lock.in_use(command, self.lock_timeout_s, held) as lock:
            plan, current = await self._current(plan, observation, lock)
            refuse_without_consent(
                plan, accept_uninspected=accept_uninspected, allow_traffic_loss=allow_traffic_loss
            )
            accepted = flows_accepted_with(plan) if accept_uninspected else AcceptedFlows()
            risky = frozenset() if allow_traffic_loss else steps_needing_consent(plan)
            stop = asyncio.Event()
            listener = GuardedListener(on_event, stop)
            executor = self._executor(current, listener, risky, accepted, stop)
            with graceful_shutdown(stop, self._on_message) if heed_signals else nullcontext():
                run = self._carry_out(plan, current, executor, lock, accepted)
                report = await stopped_by_cancellation(run, stop)
            listener.check()
            return report

    async def _current(
        self, plan: Plan, observation: Observation | None, lock: Lock
    ) -> tuple[Plan, Observation]:
        """The plan, or the stack's own in place of one from a file, and what it is valid in."""
        saved = plan.document is not None
        refuse_wrong_verb(plan if saved else None, destroys=False)
        current = observation and self._observer.reload(observation, lock)
        if current is None or (saved and current.forwarding is None):
            current = await self.observe(lock=lock, forwarding=saved)
        plan = await self.take(plan, current) if saved else plan
        refuse_stale(plan, current, self.topology)
        return plan, current

    def _executor(
        self,
        observation: Observation,
        on_event: OnEvent,
        risky_steps: frozenset[str],
        accepted_flows: AcceptedFlows,
        stop: asyncio.Event,
    ) -> Executor:
        async def confirm(group: str, ids: ResolvedIds) -> str | None:
            return await fetch_objection(self.api, self.topology, group, ids.ids, accepted_flows)

        return Executor(
            self.api,
            ResolvedIds(observation.ids, dict(observation.live.raw)),
            partial(render, self.topology),
            on_event,
            self.parallelism,
            observation.journal,
            confirm,
            risky_steps,
            stop,
        )

    async def _carry_out(
        self,
        plan: Plan,
        observation: Observation,
        executor: Executor,
        lock: Lock,
        accepted: AcceptedFlows,
    ) -> ApplyReport:
        """Carry out the plan, and look at what came of it."""
        report = await recorded_run(plan, observation, executor, lock, self.store)
        if report.outcome != "done" or plan.destroys or not plan.steps:
            return report
        api = executor.stoppable_api
        return await with_objection_at_end(api, self.topology, report, accepted)

    async def destroy(
        self,
        on_event: OnEvent = ignore_event,
        *,
        saved: Plan | None = None,
        allow_traffic_loss: bool = False,
    ) -> ApplyReport:
        """Take down all that the stack owns, and restore what it found; `saved` as in `take`."""
        refuse_wrong_verb(saved, destroys=True)
        async with self._lock.held_async("destroy", self.lock_timeout_s) as lock:
            observation = await self.observe(lock=lock, destroy=True)
            again = self.take(saved, observation) if saved else None
            plan = await (again or self.plan(observation, destroy=True))
            return await self.apply(
                plan, on_event, observation=observation, allow_traffic_loss=allow_traffic_loss
            )

    async def take(self, saved: Plan, observation: Observation) -> Plan:
        """The stack's own plan, made now, in place of one from a file, which it is the same as.

        After an interrupted run of that, it is what is left, and a part of it. Raises
        StalePlanError with the first difference, also for another account, or more consent.
        """
        now = await self.plan(observation, destroy=saved.destroys)
        return same_plan(saved, now, observation.live, observation.state.saved_plan)

    async def verify(self, *, desired: bool = False) -> Verdict:
        """Prove or refute on live routes that all Internet traffic is inspected, both ways.

        With `desired` it is judged by the routes as a plan leaves them. Raises PlanError then.
        """
        if desired:
            return verdict_at_end(await self.plan())
        observation = await self.observe(settle=False)
        return replace(judge(observation.named_network), place=observation.place)

    async def trace(self, source: str, target: str) -> Trace:
        """Trace a packet by live routes, and its reply. Raises NoSuchPlace.

        Each end is `internet`, an IPv4 address, or the address or id of a resource.
        """
        return trace((await self.observe(settle=False)).network, source, target)

    async def refresh(self) -> Plan:
        """Plan of the drift since the last apply, without steps; the file does not matter.

        Each change leads from what was applied to what is live. Without a state it compares with
        the file.
        """
        observation = await self.observe(settle=False, forwarding=False)
        return drift_plan(observation, self.topology)

    async def drift(self) -> DriftReport:
        """Compare live state with what was last applied; without a state, with the file."""
        observe = self._observer.observe
        observation = await observe(lock=None, settle=False, forwarding=None, destroy=False)
        return drift_report(observation, self.topology)

    def user_data(self, data: UserData, raw: Mapping[Address, Raw] | None) -> bytes:
        """User data in the clear; without live state, with names for what is not known yet."""
        return render(self.topology, data, raw)


@dataclass(frozen=True)
class SyncStack:
    """The verbs of a stack as plain calls, for where no event loop is running."""

    stack: Stack

    observe = blocking(Stack.observe)
    plan = blocking(Stack.plan)
    apply = blocking(Stack.apply, changes=True)
    destroy = blocking(Stack.destroy, changes=True)
    take = blocking(Stack.take)
    verify = blocking(Stack.verify)
    trace = blocking(Stack.trace)
    refresh = blocking(Stack.refresh)
    drift = blocking(Stack.drift)
