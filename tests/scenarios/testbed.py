"""A simulated cloud in memory, stacks in it, and calls to it as any other client sends them."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

import yaml

from gwlbfw import Cloud, Stack, Topology
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.clock import ManualClock as ToolClock
from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.diagnostics import Diagnostic
from gwlbfw.drift import DriftReport
from gwlbfw.errors import CloudError, PlanError, TransportError
from gwlbfw.execute import ApplyReport
from gwlbfw.openapi import catalogue
from gwlbfw.plan import Plan
from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpRequest
from tests.support.direct_connection import is_direct
from tests.support.same_thread import SameThreadExecutor

REGION = "cn-wulanchabu"
ZONE_B, ZONE_C = f"{REGION}-b", f"{REGION}-c"
EXAMPLES = Path(__file__).parents[2] / "examples"
ANYWHERE = "0.0.0.0/0"
VERSIONS = {"sts": "2015-04-01", "slb": "2014-05-15", "sim": "2025-01-01"}
"""Of products that are not in the catalogue."""
HOUR = 3600.0
Content = dict[str, Any]
"""A topology as its YAML says it, open to edits."""


def example(name: str) -> Content:
    """The content of one of the examples."""
    return dict(yaml.safe_load((EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")))


class Refused(Exception):
    """The simulated cloud refused a call."""

    def __init__(self, action: str, code: str, message: str) -> None:
        super().__init__(f"{action}: {code}: {message}")
        self.code = code


@dataclass
class Testbed:
    """One simulated cloud. Nothing sleeps: the tool's waits turn the simulator's clock."""

    __test__: ClassVar = False
    simulator: Simulator
    clock: TurnedClock
    url: str
    folder: Path
    sessions: dict[str, dict[str, str]] = field(default_factory=dict)
    patience: float = HOUR
    """Seconds in which everything comes to its end."""
    ids: Mapping[str, str] = field(default_factory=dict)
    """Ids by address of what was deployed from the start."""

    # --- the tool ---

    def topology(self, content: Content) -> Topology:
        """The topology of a YAML file with this content."""
        path = self.folder / "topology.yaml"
        # By way of JSON, which has no aliases: a file with these is refused.
        plain = json.loads(json.dumps(content))
        path.write_text(yaml.safe_dump(plain, sort_keys=False), encoding="utf-8")
        script = self.folder / "hello-world.sh"
        if not script.exists():
            shutil.copy(EXAMPLES / "hello-world.sh", script)
        return Topology.load(path)

    def stack(
        self,
        content: Content,
        watch: "Callable[[Transport], Transport]" = lambda transport: transport,
        **options: Any,
    ) -> "Deployment":
        """A stack of this topology, whose calls all go through what `watch` makes."""
        now = datetime.fromtimestamp(self.clock.now(), UTC)
        clock = ToolClock(now, on_sleep=self.clock.advance)
        cloud = WatchedCloud(endpoint_url=self.url, clock=clock, watch=watch)
        options = {"state": self.state, **options}
        return Deployment(Stack(self.topology(content), cloud, **options))

    @property
    def state(self) -> Path:
        """The folder of the stacks' records."""
        return self.folder / "state"

    def forget(self) -> None:
        """Lose every record."""
        shutil.rmtree(self.state, ignore_errors=True)

    # --- the cloud, as others see it ---

    def call(self, action: str, *, account: str = "", region: str = REGION, **params: Any) -> Any:
        """The reply of an action such as `vpc:CreateVpc`; raises Refused."""
        product, _, name = action.partition(":")
        version = VERSIONS.get(product) or catalogue()[product, name].version
        flat = {"Action": name, "Version": version, "RegionId": region}
        flat |= self._session(account) if account else {"AccessKeyId": "someone"}
        for key, value in params.items():
            flat |= _flat(key, value)
        reply = self.simulator.handle(HttpRequest("POST", urlencode(flat)))
        body = json.loads(reply.body)
        if reply.status != 200:
            raise Refused(action, body["Code"], body["Message"])
        return body

    def done(self, action: str, **params: Any) -> Any:
        """The reply of an action, given when all that it sets going is over."""
        reply = self.call(action, **params)
        self.settle()
        return reply

    def settle(self) -> None:
        """Let all that is under way come to its end."""
        self.clock.advance(self.patience)

    @property
    def resources(self) -> Mapping[str, int]:
        """How many there are of each kind, in all accounts and regions, once all is over."""
        self.settle()
        return self.simulator.status().resources

    def _session(self, account: str) -> dict[str, str]:
        if account not in self.sessions:
            role = f"acs:ram::{account}:role/someone"
            made = self.call("sts:AssumeRole", RoleArn=role, RoleSessionName="someone")
            keys = made["Credentials"]
            self.sessions[account] = {
                "AccessKeyId": keys["AccessKeyId"],
                "SecurityToken": keys["SecurityToken"],
            }
        return self.sessions[account]


def _flat(name: str, value: Any) -> dict[str, str]:
    """A parameter as it travels, such as `Tag.1.Key`."""
    if isinstance(value, Mapping):
        pairs = [_flat(f"{name}.{key}", each) for key, each in value.items()]
    elif isinstance(value, Sequence) and not isinstance(value, str):
        pairs = [_flat(f"{name}.{number}", each) for number, each in enumerate(value, 1)]
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return {name: text}
    return {key: text for pair in pairs for key, text in pair.items()}


@dataclass
class WatchedCloud(Cloud):
    """A cloud whose every call goes through what `watch` makes of the transport."""

    watch: Callable[[Transport], Transport] = lambda transport: transport

    def api(self, topology: Topology, parallelism: int = 16) -> ApiClient:
        """The APIs, watched; those of a simulator in this process are called without threads."""
        api = super().api(topology, parallelism)
        api._transport = self.watch(api._transport)
        if is_direct(self.endpoint_url):
            api._pool = SameThreadExecutor()
        return api


@dataclass(frozen=True)
class Deployment:
    """One stack and what is done with it."""

    stack: Stack

    def plan(self, *, destroy: bool = False) -> Plan:
        return self.stack.sync.plan(destroy=destroy)

    def changes(self) -> dict[str, str]:
        """What a plan would do, by address, without what stays."""
        return {c.address: c.action for c in self.plan().changes if c.action != "no_op"}

    def try_apply(self, *, whatever: bool = False) -> ApplyReport:
        """Apply, whatever comes of it; `whatever` it does to traffic."""
        return self.stack.sync.apply(
            self.plan(), accept_uninspected=whatever, allow_traffic_loss=whatever
        )

    def apply(self, *, whatever: bool = False) -> ApplyReport:
        """Apply, which must work."""
        return succeeded(self.try_apply(whatever=whatever))

    def destroy(self, *, whatever: bool = False) -> ApplyReport:
        """Destroy, which must work; `whatever` others lose."""
        return succeeded(self.stack.sync.destroy(allow_traffic_loss=whatever))

    def drift(self) -> DriftReport:
        return self.stack.sync.drift()

    def refusal(self) -> str:
        """Why there can be no plan: every reason with its place."""
        try:
            plan = self.plan()
        except PlanError as refused:
            return "\n".join(
                f"{_where(each)}: {each.code}: {each.message}" for each in refused.diagnostics()
            )
        raise AssertionError(f"planned in spite of all: {plan.summary}")

    def close(self) -> None:
        self.stack.api.close()


def _where(problem: Diagnostic) -> str:
    place = problem.place
    return f"{place.file}:{place.line}" if place else problem.subject or ""


def succeeded(report: ApplyReport) -> ApplyReport:
    """The report of a run in which everything worked."""
    said = [
        f"{each.step.id}: {each.error or each.cause}"
        for each in report.results
        if each.outcome != "done"
    ]
    assert report.outcome == "done", "\n".join(said)
    return report


@dataclass
class Recorder:
    """Passes every call on and notes it, with its answer, in the order of the answers."""

    inner: Transport
    calls: list[tuple[BoundCall, Reply]] = field(default_factory=list)

    def send(self, call: BoundCall) -> Reply:
        reply = self.inner.send(call)
        self.calls.append((call, reply))
        return reply


@dataclass
class RefusingTransport:
    """Refuses the calls that `refusal` gives a reason for, and passes the others on."""

    inner: Transport
    refusal: Callable[[BoundCall], CloudError | TransportError | None]

    def send(self, call: BoundCall) -> Reply:
        if (problem := self.refusal(call)) is not None:
            raise problem
        return self.inner.send(call)
