"""A look at everybody's traffic after every changing call of a run, one of which is disturbed."""

import os
import signal
import threading
from dataclasses import dataclass, field
from typing import Literal

from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.errors import Rejected
from gwlbfw.execute import Event
from tests.scenarios.testbed import Testbed
from tests.sweep.kill_proxy import When
from tests.traffic.statements import Progress, Statement
from tests.traffic.user_traffic import Seen, see
from tests.unit.state.test_crash import Killed

READS = ("Describe", "List", "Get", "Check")
Disturbance = Literal["none", "refused", "interrupted", "dead", "killed"]
"""What befalls a call: nothing, a refusal for good, Ctrl-C, the end of the run in the middle of it,
or that of its process by kill -9."""


@dataclass
class Watch:
    """Looks after every changing call of one execution, and disturbs one of them."""

    testbed: Testbed
    statement: Statement
    settles: bool = False
    """True if all that a call sets going comes to its end before the next."""
    disturbance: Disturbance = "none"
    at: int = 0
    """The number of the call that is disturbed, from 0."""
    moment: When = "unsent"
    objections: list[str] = field(default_factory=list)
    calls: list[BoundCall] = field(default_factory=list)
    """The changing calls, in order."""
    last: Seen | None = None
    dead: bool = False
    _started: set[str] = field(default_factory=set)
    _done: set[str] = field(default_factory=set)
    _seen_at: float = 0.0
    _changed_at: float = 0.0
    """The cloud's time of the last look, and of the last call that changed anything."""
    _refused: BoundCall | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def transport(self, inner: Transport) -> Transport:
        """The transport that is watched."""
        return _Watched(self, inner)

    def hear(self, event: Event) -> None:
        """Take note of what the execution says of its steps."""
        if event.type == "started":
            self._started.add(event.step.id)
        elif event.type == "done" and not event.detail.startswith("declined"):
            self._done.add(event.step.id)

    def sent(self, inner: Transport, call: BoundCall) -> Reply:
        """Send a call, and look."""
        with self._lock:
            if self.dead:
                raise Killed
            if call.action.startswith(READS) or call.params.get("DryRun"):
                if self._is_time_to_look():
                    self._look("time")
                return inner.send(call)
            return self._change(inner, call)

    def _change(self, inner: Transport, call: BoundCall) -> Reply:
        here = len(self.calls) == self.at
        self.calls.append(call)
        if self.disturbance == "refused" and (here or call == self._refused):
            self._refused = call
            raise Rejected(call.name, "Forbidden", "Not this one.", "R-1")
        if self.disturbance == "dead" and here:
            self.dead = True
            if self.moment == "unsent":
                raise Killed
        try:
            reply = inner.send(call)
        finally:
            self._changed_at = self.testbed.clock.now()
            self._look(call.name)
        if self.dead and self.moment == "unanswered":
            raise Killed
        if self.disturbance == "interrupted" and here:
            os.kill(os.getpid(), signal.SIGINT)
        return reply

    def _is_time_to_look(self) -> bool:
        """True if time alone may have changed something; the longer ago a call, the less often."""
        now = self.testbed.clock.now()
        since, seen = now - self._changed_at, self._seen_at - self._changed_at
        return not self.settles and now != self._seen_at and since > 2 * seen

    def _look(self, cause: str) -> None:
        if self.settles:
            self.testbed.settle()
        self._seen_at = self.testbed.clock.now()
        self.look(cause)

    def look(self, cause: str) -> None:
        """See everybody's traffic, and what nobody said of it."""
        self.last = see(self.testbed)
        progress = Progress(frozenset(self._started), frozenset(self._done))
        exact = self.disturbance == "none"
        for each in self.statement.objections(self.last, progress if exact else None):
            self.objections.append(f"after {len(self.calls)} calls ({cause}): {each}")


@dataclass(frozen=True)
class _Watched:
    watch: Watch
    inner: Transport

    def send(self, call: BoundCall) -> Reply:
        return self.watch.sent(self.inner, call)
