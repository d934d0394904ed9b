"""Who goes next where the cloud takes one change at a time: the step that most has to wait for."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from heapq import heappop, heappush

from gwlbfw.execute.pace import stated_s
from gwlbfw.plan.model import Step


def remaining_s(steps: Iterable[Step]) -> Mapping[str, float]:
    """By step, the stated seconds of the longest chain that it begins, itself included.

    The steps come in an order in which they can be carried out.
    """
    after: dict[str, float] = {}
    longest: dict[str, float] = {}
    for step in reversed([*steps]):
        longest[step.id] = after.get(step.id, 0.0) + stated_s(step)
        for need in step.needs:
            after[need] = max(after.get(need, 0.0), longest[step.id])
    return longest


class SerialLock:
    """A lock that goes to the most urgent of those that wait for it, the first among equals."""

    def __init__(self) -> None:
        self._held = False
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    @asynccontextmanager
    async def hold(self, urgency: float) -> AsyncIterator[None]:
        """Hold the lock for the length of the block."""
        await self._take(urgency)
        try:
            yield
        finally:
            self._pass_on()

    async def _take(self, urgency: float) -> None:
        if not self._held:
            self._held = True
            return
        turn = asyncio.get_running_loop().create_future()
        self._count += 1
        heappush(self._waiting, (-urgency, self._count, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            _, _, turn = heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._held = False
