"""A transport with a list of replies, which keeps the calls that it gets."""

import threading
from collections.abc import Callable, Mapping

from gwlbfw.cloud.call import Json
from gwlbfw.cloud.transport import BoundCall, Reply

Step = Mapping[str, Json] | Exception | Callable[[BoundCall], Mapping[str, Json]]


class ScriptedTransport:
    """Gives each reply in turn, and the last one for ever."""

    def __init__(self, *steps: Step) -> None:
        self._steps = list(steps)
        self._lock = threading.Lock()
        self.calls: list[BoundCall] = []

    def send(self, call: BoundCall) -> Reply:
        with self._lock:
            self.calls.append(call)
            step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        if isinstance(step, Exception):
            raise step
        body = step(call) if callable(step) else step
        return Reply(body, f"R-{len(self.calls)}")
