"""A stack: one topology in one cloud, and all that can be done with it."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gwlbfw.address import Address
from gwlbfw.blueprint import Desired, blueprint
from gwlbfw.blueprint.route_table_migration import forgotten
from gwlbfw.blueprint.security_vpc import appliance_rules_of
from gwlbfw.blueprint.user_data import render, source_digest
from gwlbfw.cloud.call import Call, Raw, UserData
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.clock import SystemClock
from gwlbfw.connection import Cloud
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.diff import diff
from gwlbfw.discovery.scope import Scope
from gwlbfw.discovery.settling import settled
from gwlbfw.drift import DriftReport, drift, moves
from gwlbfw.errors import CloudError, PlanError, StalePlanError, TransportError
from gwlbfw.execute import ApplyReport, Executor
from gwlbfw.execute.confirm import fetch_objection
from gwlbfw.execute.events import OnEvent, ignore_event
from gwlbfw.execute.interrupts import graceful_shutdown
from gwlbfw.execute.references import ResolvedIds
from gwlbfw.execute.state_update import EventualConsistency, drifted, state_after
from gwlbfw.forecast.consent import risky, unallowed
from gwlbfw.forecast.forecast import accepted, end_of, outlook
from gwlbfw.original_state import remembered
from gwlbfw.plan import Plan, build
from gwlbfw.plan.checks import cuts_traffic, protected, unopened
from gwlbfw.plan.preflight import preflight
from gwlbfw.reachability import Network, Trace, Verdict, fetch_network, judge, trace
from gwlbfw.resources.graph import Live
from gwlbfw.state import Journal, State
from gwlbfw.state.location import open_store
from gwlbfw.state.lock import Lock
from gwlbfw.state.store import LockInfo
from gwlbfw.synchronous import SyncStack
from gwlbfw.topology.models import Topology

LISTED_AFTER_PAUSES = 3
"""Within how many of the longest pauses a list shows what was made. UNVERIFIED."""
DEFAULT_STATE = Path(".gwlbfw/state")


class Stack:
    """One topology in one cloud. Its methods are coroutines; `sync` has them as plain calls."""

    def __init__(
        self,
        topology: Topology,
        cloud: Cloud,
        *,
        state: Path | str = DEFAULT_STATE,
        parallelism: int = 10,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.topology = topology
        self.parallelism = parallelism
        self.api = cloud.api(topology, parallelism)
        self.store = open_store(
            state,
            topology.region,
            SystemClock().utc,
            endpoint_url=cloud.endpoint_url,
            keys=cloud.keys,
            profile=cloud.profile,
            environment=os.environ,
        )
        self._tell = tell
        self._told: str = ""
        self._risky: frozenset[str] = frozenset()
        self._accepted: frozenset[tuple[str, str, str]] = frozenset()
        self._lock: Lock | None = None
        self._planned: Plan | None = None
        self._seen: _Seen | None = None

    @property
    def sync(self) -> SyncStack:
        """The same stack without async."""
        return SyncStack(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.api.close()

    async def plan(self, *, destroy: bool = False) -> Plan:
        """What would change, and how. Raises PlanError, CloudError, TransportError, StateError."""
        api = self.api.remembering()
        seen = await self._look(api, settle=True, destroys=destroy)
        target = {} if destroy else seen.desired.graph
        before = seen.remembered if destroy else seen.desired.before
        known = {
            **forgotten(seen.live, before),
            **seen.record.applied,
            **seen.desired.graph,
        }
        changes = diff(target, seen.live, before)
        problems = [*protected(changes, known)]
        warnings: list[Diagnostic] = []
        if not destroy:
            problems += seen.desired.diagnostics
            problems += cuts_traffic(changes, target, seen.live)
            problems += unopened(target, seen.live, appliance_rules_of(self.topology, target))
            if not problems:
                asked = await preflight(self.api, self.topology, changes)
                problems += [each for each in asked if each.severity == "error"]
                warnings += [each for each in asked if each.severity == "warning"]
        if problems:
            raise PlanError(problems)
        steps = build(changes, target, seen.live, known, self.topology.cutover)
        network = await fetch_network(api, self.topology, _ids(seen.live))
        self._seen = seen
        self._planned = Plan(
            stack=self.topology.name,
            region=self.topology.region,
            changes=changes,
            steps=steps,
            outlook=outlook(network, seen.live, steps, changes, known),
            fingerprint=seen.live.fingerprint,
            before=before,
            warnings=tuple(warnings),
            drifted=drifted(seen.record, seen.live, changes),
            destroys=destroy,
            source_digest=source_digest(self.topology),
        )
        return self._planned

    @contextmanager
    def locked(self, command: str) -> Iterator[None]:
        """Be the only one at work on the stack. Raises LockedError where somebody else is.

        `apply` and `destroy` do this themselves; who looks, asks and then applies does it around
        all three, so that nobody comes in between.
        """
        if self._lock is not None:
            yield
            return
        name, region = self.topology.name, self.topology.region
        with self.store.lock(name, region, command, self._tell) as lock:
            self._lock = lock
            try:
                yield
            finally:
                self._lock = None

    @property
    def lock_held(self) -> LockInfo | None:
        """Whose the stack's lock is, dead or alive; None where it is free."""
        return self.store.held(self.topology.name, self.topology.region)

    def unlock(self) -> None:
        """Break the stack's lock, whoever has it."""
        self.store.unlock(self.topology.name, self.topology.region)

    def _remembered(self) -> "tuple[State | None, Journal]":
        """The record, and the journal of a run that did not come to its end."""
        name, region = self.topology.name, self.topology.region
        record = self.store.load(name, region)
        journal = self.store.journal(name, region, self._lock)
        said = journal.story.interrupted
        if said and self._lock is None and (holder := self.store.holder(name, region)):
            said = f"live state is changing: {holder} is at work on the stack"
        if said and said != self._told:
            self._told = said
            self._tell(said)
        return record, journal

    async def _look(
        self, api: ApiClient | None = None, *, settle: bool = False, destroys: bool = False
    ) -> "_Seen":
        """What there is; with `settle`, once nothing of the stack is under way any more."""
        api = api or self.api
        name, region = self.topology.name, self.topology.region
        record, journal = self._remembered()
        known = record or State(name, region)
        learnt = journal.story.ids
        scope = Scope.of(
            self.topology, {**known.ids, **learnt}, known.owned | frozenset(learnt.values())
        )
        unlisted = EventualConsistency(known, journal.story, self._lag, destroys=destroys)
        seen = await settled(api, scope, unlisted, self._tell, passing=settle)
        live = known.completed(seen)
        desired = blueprint(self.topology, live, known.before)
        return _Seen(known, record is not None, live, desired, journal)

    def _lag(self) -> datetime:
        """What was made before this moment is listed by now."""
        lag = timedelta(seconds=self.api.backoff.cap * LISTED_AFTER_PAUSES)
        return self.api.clock.utc() - lag

    async def apply(
        self,
        plan: Plan,
        on_event: OnEvent = ignore_event,
        *,
        look_again: bool = True,
        heed_signals: bool = False,
        accept_uninspected: bool = False,
        allow_traffic_loss: bool = False,
    ) -> ApplyReport:
        """Carry out a plan. Raises StalePlanError where live state moved since it was made.

        Without `look_again` a plan that this stack has just made is taken as it is, unless
        somebody else was at work on the stack since. With `heed_signals`, Ctrl-C and SIGTERM
        finish the calls in flight, and a second one ends the process. Raises LockedError.
        """
        if problems := unallowed(
            plan,
            accept_uninspected=accept_uninspected,
            allow_traffic_loss=allow_traffic_loss,
        ):
            raise PlanError(problems)
        with self.locked("destroy" if plan.destroys else "apply"):
            self._risky = frozenset() if allow_traffic_loss else risky(plan)
            self._accepted = accepted(plan) if accept_uninspected else frozenset()
            seen = self._seen_for(plan) if not look_again else None
            return await self._apply(
                plan, seen or await self._look(settle=True), on_event, heed_signals=heed_signals
            )

    async def bound(self, plan: Plan) -> Plan:
        """The plan, to be carried out only with credentials of the account it was made in.

        It stays unbound where the cloud does not say which that is.
        """
        try:
            return replace(plan, account=await self._account())
        except (CloudError, TransportError):
            return plan

    async def _account(self) -> str:
        """The account of the default credentials (STS API, GetCallerIdentity)."""
        reply = await self.api.send(Call("sts", "GetCallerIdentity"))
        return str(reply.body.get("AccountId") or "")

    async def take(self, plan: Plan) -> Plan:
        """A plan that was made elsewhere, as one of this stack's own. Raises StalePlanError."""
        if plan.account and plan.account != (mine := await self._account()):
            raise _stale(
                f"the plan was made in account {plan.account}, and these credentials are those of "
                f"account {mine}"
            )
        seen = await self._look(settle=True)
        self._refuse_stale(plan, seen)
        self._planned, self._seen = plan, seen
        return plan

    def _refuse_stale(self, plan: Plan, seen: "_Seen") -> None:
        moved = None
        if seen.live.fingerprint != plan.fingerprint:
            moved = "live state has changed since the plan was made"
        elif plan.source_digest != source_digest(self.topology):
            moved = (
                "the topology, a variable or a user data file has changed since the plan was made"
            )
        if moved:
            raise _stale(moved)

    def _seen_for(self, plan: Plan) -> "_Seen | None":
        """What this plan was made from, if nothing was done to the stack since."""
        if plan is not self._planned or self._seen is None:
            return None
        record, journal = self._remembered()
        same = (record or self._seen.record) == self._seen.record
        if not same or journal.story != self._seen.journal.story:
            return None
        return replace(self._seen, journal=journal)

    async def _apply(
        self, plan: Plan, seen: "_Seen", on_event: OnEvent, *, heed_signals: bool
    ) -> ApplyReport:
        self._refuse_stale(plan, seen)
        self.executor = Executor(
            self.api,
            ResolvedIds(_ids(seen.live), dict(seen.live.raw)),
            self.user_data,
            on_event,
            self.parallelism,
            seen.journal,
            self._confirmed,
            self._risky,
        )
        record = replace(seen.record, before=plan.before)
        if record.before != seen.record.before or not seen.recorded:
            # What was there before is written down before the first thing changes.
            record = self.store.save(record)
        if plan.steps and self._lock is not None:
            seen.journal.begin(self._lock.begin())
        with graceful_shutdown(self.executor.stop, self._tell) if heed_signals else nullcontext():
            report = await self.executor.run(plan)
        if (applied := state_after(record, plan, report)) != record:
            self.store.save(applied)
        seen.journal.close()
        return report

    async def _confirmed(self, group: str, bindings: ResolvedIds) -> str | None:
        """What live routes say against a zone's cut-over; None where it is inspected."""
        return await fetch_objection(self.api, self.topology, group, bindings.ids, self._accepted)

    async def verify(self, *, desired: bool = False) -> Verdict:
        """Whether all Internet traffic of every business subnet is inspected, by live routes.

        With `desired` it is judged by the routes as a plan leaves them. Raises PlanError then.
        """
        if not desired:
            return judge(await self._network())
        return end_of(await self.plan())

    async def trace(self, source: str, target: str) -> Trace:
        """The way of a packet by live routes, and of its reply. Raises NoSuchPlace.

        Each end is `internet`, an IPv4 address, or the address or id of a resource.
        """
        return trace(await self._network(), source, target)

    async def _network(self) -> Network:
        """The forwarding model of what is live."""
        api = self.api.remembering()
        seen = await self._look(api)
        return await fetch_network(api, self.topology, _ids(seen.live))

    async def destroy(self, on_event: OnEvent = ignore_event) -> ApplyReport:
        """Take down all that the stack owns, and put back what it found."""
        with self.locked("destroy"):
            plan = await self.plan(destroy=True)
            return await self.apply(plan, on_event, look_again=False)

    async def refresh(self) -> Plan:
        """What has moved since the last apply, as a plan without steps; the target is not asked.

        Each change leads from what was applied to what is live. Without a record it compares with
        the file.
        """
        seen = await self._look()
        changes = moves(seen.record.applied if seen.recorded else seen.desired.graph, seen.live)
        return Plan(
            stack=self.topology.name,
            region=self.topology.region,
            changes=changes,
            steps=(),
            fingerprint=seen.live.fingerprint,
            drifted=frozenset(each.address for each in changes if each.action != "no_op"),
            source_digest=source_digest(self.topology),
        )

    async def drift(self) -> DriftReport:
        """Live state against what was last applied; without a record, against the file."""
        seen = await self._look()
        applied = seen.record.applied if seen.recorded else seen.desired.graph
        return drift(applied, seen.live, against_record=seen.recorded)

    def user_data(self, data: UserData, raw: Mapping[Address, Raw] | None) -> bytes:
        """User data in the clear, made when the call is made, of what is live by then.

        Without that, it has names in place of what is not known yet.
        """
        return render(self.topology, data, raw)


@dataclass(frozen=True)
class _Seen:
    record: State
    recorded: bool
    live: Live
    desired: Desired
    journal: Journal

    @property
    def remembered(self) -> Mapping[Address, Any]:
        """What was there before, as tags and record remember it."""
        return {**remembered(self.live), **self.record.before}


def _stale(why: str) -> StalePlanError:
    hint = "make a new plan and look at it again"
    return StalePlanError([error("stale-plan", why, hint=hint)])


def _ids(live: Live) -> dict[Address, str]:
    return {address: node.id for address, node in live.nodes.items() if node.id}
