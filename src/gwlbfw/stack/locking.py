"""The lock that a task holds on a stack: what it calls works under that, and takes no other."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from gwlbfw.state.lock import Lock
from gwlbfw.state.store import Store

_HELD: ContextVar[tuple[tuple[Store, Lock], ...]] = ContextVar("gwlbfw_held_locks", default=())
"""The locks that this task holds, and those that its parent held when it began."""


@dataclass(frozen=True)
class StackLock:
    """The lock of one stack: the one that the task has already, or else a new one.

    LockedError is raised where another task, thread or process holds it all the time that it is
    waited for.
    """

    store: Store
    stack: str
    region: str
    notify: Callable[[str], None]

    @contextmanager
    def held(self, command: str, patience_s: float = 0.0) -> Iterator[Lock]:
        """Hold the lock; waiting for it blocks."""
        if (mine := self._mine()) is not None:
            yield mine
            return
        lock = self._free(command)
        lock.acquire(patience_s)
        with self._as_mine(lock):
            yield lock

    @asynccontextmanager
    async def held_async(self, command: str, patience_s: float = 0.0) -> AsyncIterator[Lock]:
        """Hold the lock; other tasks go on while it is waited for."""
        if (mine := self._mine()) is not None:
            yield mine
            return
        lock = self._free(command)
        for seconds in lock.attempts(patience_s):
            await asyncio.sleep(seconds)
        with self._as_mine(lock):
            yield lock

    @asynccontextmanager
    async def in_use(
        self, command: str, patience_s: float, given: Lock | None
    ) -> AsyncIterator[Lock]:
        """Be the one run under a lock: the given one as long as it is held, else as `held_async`.

        Raises LockedError where another run is under that lock.
        """
        if given is not None and given.is_held:
            with given.in_use():
                yield given
            return
        async with self.held_async(command, patience_s) as lock:
            with lock.in_use():
                yield lock

    def _free(self, command: str) -> Lock:
        return self.store.free_lock(self.stack, self.region, command, self.notify)

    def _mine(self) -> Lock | None:
        mine = (lock for owner, lock in _HELD.get() if owner is self.store and lock.is_held)
        return next(mine, None)

    @contextmanager
    def _as_mine(self, lock: Lock) -> Iterator[None]:
        """Have the task hold a lock until the end of the block, and release it then."""
        held = _HELD.get()
        with self.store.released(lock, self.notify):
            _HELD.set((*held, (self.store, lock)))
            try:
                yield
            finally:
                _HELD.set(held)
