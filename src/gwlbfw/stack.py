"""A stack: one topology in one cloud, and all that can be done with it."""

import asyncio
import hashlib
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from gwlbfw.address import Address
from gwlbfw.blueprint import Desired, blueprint
from gwlbfw.blueprint.bootstrap import bounce_script
from gwlbfw.blueprint.firewall import LOAD_BALANCER, health_check
from gwlbfw.blueprint.memory import remembered
from gwlbfw.blueprint.security_vpc import appliance_rules_of, simulated
from gwlbfw.cloud.api import Api
from gwlbfw.cloud.call import Raw, UserData, objects
from gwlbfw.cloud.clock import Clock, SystemClock
from gwlbfw.cloud.endpoint import pace_for
from gwlbfw.cloud.sdk import AccountAccess, Keys, SdkTransport
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.diff import Change, diff
from gwlbfw.discovery.live import discover
from gwlbfw.discovery.scope import Scope
from gwlbfw.drift import DriftReport, drift
from gwlbfw.errors import PlanError, StalePlanError
from gwlbfw.execute import ApplyReport, Executor
from gwlbfw.execute.binding import Bindings
from gwlbfw.execute.events import OnEvent, silence
from gwlbfw.plan import Plan, build
from gwlbfw.plan.checks import cuts_traffic, protected, unopened
from gwlbfw.plan.preflight import preflight
from gwlbfw.record import FolderStore, Record
from gwlbfw.resources.graph import Live, Node
from gwlbfw.topology.models import Machine, Topology

T = TypeVar("T")
DEFAULT_STATE = Path(".gwlbfw/state")


@dataclass
class Cloud:
    """Which cloud, and who asks: Alibaba Cloud, or any server that speaks its APIs."""

    endpoint_url: str | None = None
    profile: str | None = None
    keys: Keys | None = None
    clock: Clock = field(default_factory=SystemClock)

    @classmethod
    def alibaba(cls, *, profile: str | None = None, endpoint_url: str | None = None) -> Self:
        """The cloud itself, with the vendor's default credential chain or a CLI profile.

        `endpoint_url` names a server that speaks the APIs instead.
        """
        return cls(endpoint_url=endpoint_url, profile=profile)

    def api(self, topology: Topology, parallelism: int = 16) -> Api:
        """The APIs in the topology's region and accounts."""
        accounts = {
            key: AccountAccess(each.role_arn, each.external_id, each.profile)
            for key, each in topology.accounts.items()
        }
        transport = SdkTransport(
            topology.region,
            self.endpoint_url,
            keys=self.keys,
            profile=self.profile,
            accounts=accounts,
        )
        return Api(
            transport,
            self.clock,
            pace_for(self.endpoint_url),
            topology.region,
            parallelism=parallelism,
        )


class Stack:
    """One topology in one cloud. Its methods are coroutines; `sync` has them as plain calls."""

    def __init__(
        self,
        topology: Topology,
        cloud: Cloud,
        *,
        state: Path | str = DEFAULT_STATE,
        parallelism: int = 10,
    ) -> None:
        self.topology = topology
        self.parallelism = parallelism
        self.api = cloud.api(topology, parallelism)
        self._store = FolderStore(Path(state))
        self._planned: Plan | None = None
        self._seen: _Seen | None = None

    @property
    def sync(self) -> "SyncStack":
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
        """What would change, and how. Raises PlanError, CloudError, TransportError, RecordError."""
        seen = await self._look()
        target = {} if destroy else seen.desired.graph
        before = seen.remembered if destroy else seen.desired.before
        known = {**seen.record.applied, **seen.desired.graph}
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
        self._seen = seen
        self._planned = Plan(
            stack=self.topology.name,
            region=self.topology.region,
            changes=changes,
            steps=build(changes, target, seen.live, known, self.topology.cutover),
            fingerprint=seen.live.fingerprint,
            before=before,
            warnings=tuple(warnings),
            drifted=_drifted(seen.record, seen.live, changes),
            destroys=destroy,
            source_digest=digest(self.topology),
        )
        return self._planned

    async def _look(self) -> "_Seen":
        name, region = self.topology.name, self.topology.region
        record = self._store.load(name, region)
        known = record or Record(name, region)
        scope = Scope.of(self.topology, known.ids, known.owned)
        live = known.completed(await discover(self.api, scope))
        desired = blueprint(self.topology, live, known.before)
        return _Seen(known, record is not None, live, desired)

    async def apply(
        self, plan: Plan, on_event: OnEvent = silence, *, look_again: bool = True
    ) -> ApplyReport:
        """Carry out a plan. Raises StalePlanError where live state moved since it was made.

        Without `look_again` a plan that this stack has just made is taken as it is.
        """
        just_made = not look_again and plan is self._planned
        seen = self._seen if just_made and self._seen else await self._look()
        if seen.live.fingerprint != plan.fingerprint:
            raise StalePlanError(
                [
                    error(
                        "stale-plan",
                        "live state has changed since the plan was made",
                        hint="make a new plan and look at it again",
                    )
                ]
            )
        if plan.source_digest != digest(self.topology):
            raise StalePlanError(
                [
                    error(
                        "stale-plan",
                        "the topology, a variable or a user data file has changed since the "
                        "plan was made",
                        hint="make a new plan and look at it again",
                    )
                ]
            )
        self.executor = Executor(
            self.api,
            Bindings(_ids(seen.live), dict(seen.live.raw)),
            self._render,
            on_event,
            self.parallelism,
        )
        # What was there before is written down before the first thing changes.
        record = self._store.save(replace(seen.record, before=plan.before))
        report = await self.executor.run(plan)
        self._store.save(_applied(record, plan, report))
        return report

    async def destroy(self, on_event: OnEvent = silence) -> ApplyReport:
        """Take down all that the stack owns, and put back what it found."""
        return await self.apply(await self.plan(destroy=True), on_event, look_again=False)

    async def drift(self) -> DriftReport:
        """Live state against what was last applied; without a record, against the file."""
        seen = await self._look()
        applied = seen.record.applied if seen.recorded else seen.desired.graph
        return drift(applied, seen.live, against_record=seen.recorded)

    def _render(self, data: UserData, raw: Mapping[Address, Raw]) -> bytes:
        """User data, made when the call is made."""
        if data.address.path[0] == "appliance":
            appliance = self.topology.security_vpc.appliances[data.address.path[-1]]
            if simulated(appliance):
                zones = objects(raw[Address(LOAD_BALANCER)], "ZoneMappings.LoadBalancerAddresses")
                addresses = [str(each["PrivateIpv4Address"]) for each in zones]
                return bounce_script(addresses, health_check(self.topology)).encode()
            return self.topology.read_user_data(appliance) or b""
        _, vpc, name = data.address.path
        server = self.topology.business_vpcs[vpc].servers[name]
        return self.topology.read_user_data(server) or b""


@dataclass(frozen=True)
class _Seen:
    record: Record
    recorded: bool
    live: Live
    desired: Desired

    @property
    def remembered(self) -> Mapping[Address, Any]:
        """What was there before, as tags and record remember it."""
        return {**remembered(self.live), **self.record.before}


class SyncStack:
    """A stack's methods as plain calls."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def plan(self, *, destroy: bool = False) -> Plan:
        """See `Stack.plan`."""
        return _run(self._stack.plan(destroy=destroy))

    def apply(self, plan: Plan, on_event: OnEvent = silence) -> ApplyReport:
        """See `Stack.apply`."""
        return _run(self._stack.apply(plan, on_event))

    def destroy(self, on_event: OnEvent = silence) -> ApplyReport:
        """See `Stack.destroy`."""
        return _run(self._stack.destroy(on_event))

    def drift(self) -> DriftReport:
        """See `Stack.drift`."""
        return _run(self._stack.drift())


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def digest(topology: Topology) -> str:
    """A digest of the topology with its variables filled in, and of its user data."""
    content = topology.model_dump(mode="json")
    machines: list[Machine] = [*topology.security_vpc.appliances.values()]
    machines += [s for vpc in topology.business_vpcs.values() for s in vpc.servers.values()]
    files = [(topology.read_user_data(each) or b"").hex() for each in machines if not each.id]
    return hashlib.sha256(json.dumps([content, files], sort_keys=True).encode()).hexdigest()


def _ids(live: Live) -> dict[Address, str]:
    return {address: node.id for address, node in live.nodes.items() if node.id}


def _drifted(record: Record, live: Live, changes: tuple[Change, ...]) -> frozenset[Address]:
    """What changes although the file does not ask for it: live state has moved."""
    moved = (
        {item.address for item in drift(record.applied, live).items} if record.applied else set()
    )
    return frozenset(c.address for c in changes if c.action != "no_op" and c.address in moved)


def _applied(record: Record, plan: Plan, report: ApplyReport) -> Record:
    """The record after a run: what is done is as planned, the rest as it was."""
    unfinished = {each.step.address for each in report.results if each.outcome != "done"}
    applied: dict[Address, Node] = {}
    for change in plan.changes:
        old = record.applied.get(change.address)
        if change.address in unfinished:
            kept = old or (change.was if change.was and change.was.owned else None)
        else:
            kept = change.towards if not change.restores else None
        if kept is not None:
            cloud_id = report.ids.get(change.address, kept.id)
            applied[change.address] = replace(kept, id=cloud_id, adopt=False)
    done = plan.destroys and not unfinished
    return replace(record, applied=applied, before={} if done else record.before)
