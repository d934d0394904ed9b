"""A fake cloud with given replies, and runs of steps against it."""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from gwlbfw.address import Address
from gwlbfw.cloud.backoff import Backoff
from gwlbfw.cloud.call import Call, Json, Value, Wait
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.clock import ManualClock
from gwlbfw.cloud.error_codes import cloud_error
from gwlbfw.cloud.transport import BoundCall, Reply
from gwlbfw.errors import CloudError
from gwlbfw.execute import ApplyReport, Event, Executor
from gwlbfw.execute.references import ResolvedIds
from gwlbfw.plan import Plan, Step
from gwlbfw.state.journal import Journal

Answer = Mapping[str, Json] | Exception | Callable[[BoundCall], Mapping[str, Json]]


EMPTY: Mapping[str, Json] = {"TotalCount": 0}
"""A listing of nothing, which leaves its list out."""


class FakeTransport:
    """A transport with replies by action, each once and the last one for ever; by default empty."""

    def __init__(self, **answers: Answer | list[Answer]) -> None:
        self._answers = {
            action: list(each) if isinstance(each, list) else [each]
            for action, each in answers.items()
        }
        self._lock = threading.Lock()
        self.calls: list[BoundCall] = []
        self.in_flight: Counter[str] = Counter()
        self.most: defaultdict[str, int] = defaultdict(int)
        """The most calls of an action, or of all (``), that were in flight at once."""

    def send(self, call: BoundCall) -> Reply:
        with self._lock:
            self.calls.append(call)
            number = len(self.calls)
            steps = self._answers.get(call.action, [EMPTY])
            answer = steps.pop(0) if len(steps) > 1 else steps[0]
            self.in_flight.update([call.action, ""])
            for each in (call.action, ""):
                self.most[each] = max(self.most[each], self.in_flight[each])
        try:
            if isinstance(answer, Exception):
                raise answer
            return Reply(answer(call) if callable(answer) else answer, f"R-{number}")
        finally:
            with self._lock:
                self.in_flight.subtract([call.action, ""])

    @property
    def actions(self) -> list[str]:
        return [each.action for each in self.calls]


def refused(code: str, status: int = 400) -> CloudError:
    """The cloud's refusal with this code."""
    return cloud_error("vpc:Action", code, "because.", "R-refused", status=status)


def step(
    name: str,
    *needs: str,
    action: str = "",
    waits: Iterable[Wait] = (),
    params: Mapping[str, Value] | None = None,
    **more: object,
) -> Step:
    """A step `<address>:<phase>` that calls `action` (None: a gate)."""
    address, _, phase = name.partition(":")
    call = Call("vpc", action or f"Do{phase.title()}", params or {}, "")
    made = Step(name, Address(address), phase, call, tuple(waits), frozenset(needs))
    for key, value in more.items():
        object.__setattr__(made, key, value)
    return made


def available(action: str = "DescribeVpcs") -> Wait:
    """A wait until the one thing that `action` answers is Available."""
    return Wait(Call("vpc", action, {}, ""), "Items", until={"Status": ["Available"]})


def shown(status: str) -> Mapping[str, Json]:
    """What a read answers about one thing in this status."""
    return {"Items": [{"Status": status}]}


class Run:
    """One run of steps against a fake transport, with its events."""

    def __init__(self, transport: FakeTransport, *steps: Step, parallelism: int = 10) -> None:
        self.transport = transport
        self.clock = ManualClock()
        self.events: list[Event] = []
        self.resolved = ResolvedIds({})
        api = ApiClient(
            transport, self.clock, Backoff(1.0, 2.0, 8.0), "cn-wulanchabu", jitter=lambda: 1.0
        )
        self._api = api
        self.executor = Executor(
            api,
            self.resolved,
            lambda data, _: f"#!/bin/sh {data.sha256}".encode(),
            self.events.append,
            parallelism,
            Journal(new_token=lambda: "token-1"),
        )
        self.plan = Plan("demo", "cn-wulanchabu", (), steps, "")

    async def __call__(self) -> ApplyReport:
        try:
            return await self.executor.run(self.plan)
        finally:
            self._api.close()

    def steps_with(self, event: str) -> list[str]:
        """The ids of the steps with this event, in order."""
        return [each.step.id for each in self.events if each.type == event]


def outcomes(report: ApplyReport) -> dict[str, str]:
    return {each.step.id: each.outcome for each in report.results}
