"""The lock that a task holds on a stack: what it calls works under that, and takes no other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from gwlbfw.state.lock import Lock
from gwlbfw.state.store import Store
from gwlbfw.topology.models import Topology

_HELD: ContextVar[tuple[tuple[Store, Lock], ...]] = ContextVar("gwlbfw_held_locks", default=())
"""The locks that this task holds, and those that its parent held when it began."""


@contextmanager
def locked(
    store: Store,
    topology: Topology,
    command: str,
    notify: Callable[[str], None],
    patience_s: float = 0.0,
) -> Iterator[Lock]:
    """Hold a stack's lock: the one that this task has already, or else a new one.

    Raises LockedError where another task, thread or process holds it all that time.
    """
    held = _HELD.get()
    mine = next((lock for owner, lock in held if owner is store and lock.is_held), None)
    if mine is not None:
        yield mine
        return
    with store.lock(topology.name, topology.region, command, notify, patience_s) as lock:
        _HELD.set((*held, (store, lock)))
        try:
            yield lock
        finally:
            _HELD.set(held)
