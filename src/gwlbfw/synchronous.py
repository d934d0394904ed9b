"""A stack's methods as plain calls, for those who have no event loop."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from gwlbfw.drift import DriftReport
from gwlbfw.execute import ApplyReport
from gwlbfw.execute.events import OnEvent, ignore_event
from gwlbfw.plan import Plan
from gwlbfw.reachability import Trace, Verdict

if TYPE_CHECKING:
    from gwlbfw.stack import Stack

T = TypeVar("T")


class SyncStack:
    """A stack's methods as plain calls."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack

    def plan(self, *, destroy: bool = False) -> Plan:
        """See `Stack.plan`."""
        return _run(self._stack.plan(destroy=destroy))

    def bound(self, plan: Plan) -> Plan:
        """See `Stack.bound`."""
        return _run(self._stack.bound(plan))

    def take(self, plan: Plan) -> Plan:
        """See `Stack.take`."""
        return _run(self._stack.take(plan))

    def apply(
        self,
        plan: Plan,
        on_event: OnEvent = ignore_event,
        *,
        accept_uninspected: bool = False,
        allow_traffic_loss: bool = False,
    ) -> ApplyReport:
        """See `Stack.apply`."""
        allowed = {
            "accept_uninspected": accept_uninspected,
            "allow_traffic_loss": allow_traffic_loss,
        }
        return _run(self._stack.apply(plan, on_event, **allowed))

    def verify(self, *, desired: bool = False) -> Verdict:
        """See `Stack.verify`."""
        return _run(self._stack.verify(desired=desired))

    def trace(self, source: str, target: str) -> Trace:
        """See `Stack.trace`."""
        return _run(self._stack.trace(source, target))

    def destroy(self, on_event: OnEvent = ignore_event) -> ApplyReport:
        """See `Stack.destroy`."""
        return _run(self._stack.destroy(on_event))

    def refresh(self) -> Plan:
        """See `Stack.refresh`."""
        return _run(self._stack.refresh())

    def drift(self) -> DriftReport:
        """See `Stack.drift`."""
        return _run(self._stack.drift())


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)
