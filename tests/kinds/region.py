"""A simulated cloud, and the tool's own way to bring it into a state and to look at it."""

import threading
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlencode

from gwlbfw.address import Address
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.clock import ManualClock
from gwlbfw.cloud.endpoint import backoff_for
from gwlbfw.cloud.error_codes import cloud_error
from gwlbfw.cloud.sdk import CredentialSettings, SdkTransport
from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.diff import Change, diff
from gwlbfw.discovery.fetch import Fetcher
from gwlbfw.discovery.listing import fetch_snapshot
from gwlbfw.discovery.live import live_state
from gwlbfw.discovery.scope import Scope
from gwlbfw.errors import TransportError
from gwlbfw.execute import ApplyReport, Executor
from gwlbfw.execute.references import ResolvedIds
from gwlbfw.plan import Plan, build
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.resource import Resource
from gwlbfw.resources.tags import ADDRESS_TAG, STACK_TAG
from gwlbfw.sim.clock import TurnedClock as SimulatedClock
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpRequest
from gwlbfw.topology.models import Cutover
from tests.support.direct_connection import connection, is_direct
from tests.support.same_thread import SameThreadExecutor

STACK, REGION = "conformance", "cn-wulanchabu"
READS = ("Describe", "List", "Get")
KEY_PAIRS = ("ops", "dev")
PUBLIC_KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAwQABQ== someone"
SCOPE = Scope(STACK, frozenset({""}), "", named={})
CODES = {"throttled": ("Throttling.User", 400), "busy": ("OperationConflict", 400)}


@dataclass
class FirstCallFails:
    """A way to the cloud that lets each action stumble the first time, in one of three ways.

    `throttled` and `busy`: the cloud refuses for now. `lost`: it does the work, and the answer
    never arrives.
    """

    inner: Transport
    how: str = ""
    stumbled: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, call: BoundCall) -> Reply:
        if not self.how or not self._first(call):
            return self.inner.send(call)
        if self.how == "lost":
            self.inner.send(call)
            raise TransportError(call.name, "the cloud", "the connection was reset")
        code, status = CODES[self.how]
        raise cloud_error(call.name, code, "Not now.", "R-0", status=status)

    def _first(self, call: BoundCall) -> bool:
        with self.lock:
            if call.name in self.stumbled or call.action.startswith(READS):
                return False
            self.stumbled.add(call.name)
            return True


class SimulatedRegion:
    """A simulated region with nothing but key pairs, and the tool's clock turning along with it."""

    def __init__(self) -> None:
        self._clock = SimulatedClock()
        self.simulator = Simulator(settings=Settings(transition=1.0), clock=self._clock)
        for name in KEY_PAIRS:
            call = {"Action": "ImportKeyPair", "Version": "2014-05-26", "AccessKeyId": "any"}
            named = {"RegionId": REGION, "KeyPairName": name, "PublicKeyBody": PUBLIC_KEY}
            assert self.simulator.handle(HttpRequest("POST", urlencode(call | named))).status == 200
        self._connection = ExitStack()
        url = self._connection.enter_context(connection(self.simulator))
        self.transport = FirstCallFails(
            SdkTransport(REGION, url, CredentialSettings(environment={}))
        )
        turned = ManualClock(on_sleep=self._clock.advance)
        self.api = ApiClient(self.transport, turned, backoff_for(url), REGION, jitter=lambda: 1.0)
        if is_direct(url):
            self.api._pool = SameThreadExecutor()

    def close(self) -> None:
        self.api.close()
        self._connection.close()
        self.simulator.close()

    async def live(self) -> Live:
        """What is there, as discovery finds it."""
        return live_state(SCOPE, await fetch_snapshot(Fetcher(self.api), SCOPE))

    def plan(self, graph: ResourceGraph, live: Live) -> Plan:
        """What turns what is there into `graph`."""
        changes = diff(graph, live, {})
        known = {**live.nodes, **graph}
        steps = build(changes, graph, live, known, Cutover(), {})
        return Plan(STACK, REGION, changes, steps, live.fingerprint)

    async def carry_out(self, plan: Plan, live: Live) -> ApplyReport:
        """Do it, and fail if anything does."""
        ids = {address: node.id for address, node in live.nodes.items() if node.id}
        executor = Executor(self.api, ResolvedIds(ids, dict(live.raw)), lambda *_: b"#!/bin/sh\n")
        report = await executor.run(plan)
        report.check()
        assert report.outcome == "done"
        return report

    async def become(self, graph: ResourceGraph) -> tuple[Change, ...]:
        """Bring the cloud into this state; what was changed for it."""
        live = await self.live()
        plan = self.plan(graph, live)
        await self.carry_out(plan, live)
        return tuple(change for change in plan.changes if change.action != "no_op")

    def contents(self) -> dict[str, Mapping[str, Any]]:
        """Everything that exists in the cloud, field by field, but for what time alone changes."""
        self._clock.advance(600)  # the cloud lets go of some things after it has answered
        self.simulator.status()
        passing = {"steps", "serial", "created", "modified", "since", "next_address"}
        return {
            record.id: {
                each.name: getattr(record, each.name)
                for each in fields(record)
                if each.name not in passing
            }
            for record in self.simulator.state
            if record.kind != "receipt"  # what the cloud remembers of client tokens
        }


def tagged(at: Address, resource: Resource) -> Resource:
    """The resource with the tags by which it is found."""
    if not type(resource).tag_type:
        return resource
    own = {STACK_TAG: STACK, ADDRESS_TAG: at}
    return resource.model_copy(update={"tags": {**(resource.tags or {}), **own}})


def graph_of(resources: Mapping[Address, Resource]) -> ResourceGraph:
    """The resources as a graph that the stack owns."""
    return {at: Node(tagged(at, each)) for at, each in resources.items()}


def closure(
    fixtures: Mapping[Address, Resource], wanted: Iterable[Address]
) -> dict[Address, Resource]:
    """Those of the fixtures, with all that they refer to."""
    found: dict[Address, Resource] = {}
    left = list(wanted)
    while left:
        at = left.pop()
        if at not in found:
            found[at] = fixtures[at]
            left += [ref for _, ref in fixtures[at].refs()]
    return found
