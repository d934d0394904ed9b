"""The store of one location: each stack's state with its history, journal and lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from gwlbfw.errors import StateError
from gwlbfw.state.backend import StateBackend
from gwlbfw.state.journal import Journal
from gwlbfw.state.lock import Holder, Lock, Notify, Utc, locked_error
from gwlbfw.state.model import State
from gwlbfw.state.process import Process

KEPT = 10
"""Generations of a state that are kept, the current one included."""


@dataclass(frozen=True)
class LockInfo:
    """A lock that is held, alive or dead."""

    location: str
    holder: str
    """The holder, for people."""
    takeover_reason: str = ""
    """The reason for which it may be taken over; empty where it may not."""


class Store:
    """Everything that is stored of the stacks of one location.

    Of a stack, there are its state `STACK.REGION.json`, the last states beside it with their
    generations (`STACK.REGION.12.json`), the journal of a run in progress or interrupted
    (`STACK.REGION.journal`), and the lock (`STACK.REGION.lock`). The state is saved when a run
    begins, so that what was there before is known, and when it ends; in between the journal has
    all that happened, with far less to write.
    """

    def __init__(self, backend: StateBackend, utc: Utc, notify: Notify = lambda _: None) -> None:
        self._backend, self._utc, self._notify = backend, utc, notify

    def load(self, stack: str, region: str) -> State | None:
        """The state of a stack; None where none was saved. Raises StateError."""
        name = _name(stack, region, "json")
        if (content := self._backend.read(name)) is None:
            return None
        location = self._backend.location(name)
        try:
            state = State.from_json(content, location)
        except StateError as problem:
            problem.hint = self._recovery_hint(location)
            raise
        if (state.stack, state.region) == (stack, region):
            return state
        raise StateError(
            f"{location} is the record of {state.stack} in {state.region}",
            hint=self._recovery_hint(location),
        )

    def record_location(self, stack: str, region: str) -> str:
        """The location of a stack's record, for people."""
        return self._backend.location(_name(stack, region, "json"))

    def save(self, state: State) -> State:
        """Write the state, with the next generation number. Raises StateError.

        What fails once it is written is only reported.
        """
        newer = replace(state, generation=state.generation + 1)
        content = newer.to_json().encode()
        stack, region = state.stack, state.region
        self._backend.write(_name(stack, region, f"{newer.generation}.json"), content)
        self._backend.write(_name(stack, region, "json"), content)
        try:
            self._prune(stack, region, newer.generation - KEPT)
        except StateError as problem:
            self._notify(f"older records are left in place: {problem}")
        return newer

    def journal(self, stack: str, region: str, lock: Lock | None = None) -> Journal:
        """The journal of a stack; only the holder of its lock may write it."""
        name = _name(stack, region, "journal")
        return Journal(self._backend, name, guard=lock.check if lock else lambda: None)

    @contextmanager
    def lock(
        self, stack: str, region: str, command: str, notify: Notify, patience_s: float = 0.0
    ) -> Iterator[Lock]:
        """Hold the stack's lock. Raises LockedError where someone else is at work on it so long."""
        lock = self.free_lock(stack, region, command, notify)
        lock.acquire(patience_s)
        with self.released(lock, notify):
            yield lock

    def free_lock(self, stack: str, region: str, command: str, notify: Notify) -> Lock:
        """A lock of the stack that is still to be acquired."""
        name = _name(stack, region, "lock")
        return Lock(self._backend, name, command, utc=self._utc, notify=notify)

    @staticmethod
    @contextmanager
    def released(lock: Lock, notify: Notify) -> Iterator[None]:
        """Release a lock at the end; where that fails, it is said."""
        try:
            yield
        finally:
            try:
                lock.release()
            except StateError as problem:
                # What the run came to is said all the same.
                notify(f"the lock is left in place, until its lease runs out: {problem}")

    def active_holder(self, stack: str, region: str) -> Holder | None:
        """The holder of the lock; None where it is free or may be taken over."""
        name = _name(stack, region, "lock")
        if (content := self._backend.read(name)) is None:
            return None
        if (holder := Holder.decode(content)) is None:
            raise locked_error(self._backend.location(name), None)
        return None if holder.takeover_reason(Process.this(), self._utc()) else holder

    def lock_info(self, stack: str, region: str) -> LockInfo | None:
        """The lock, whether its holder is alive or dead; None where it is free."""
        name = _name(stack, region, "lock")
        if (content := self._backend.read(name)) is None:
            return None
        location, holder = self._backend.location(name), Holder.decode(content)
        if holder is None:
            return LockInfo(location, "someone whom it does not name")
        reason = holder.takeover_reason(Process.this(), self._utc())
        return LockInfo(location, str(holder), reason or "")

    def unlock(self, stack: str, region: str) -> None:
        """Break the lock, whoever holds it, and every takeover claim on it."""
        for name in self._backend.list_names(_name(stack, region, "lock")):
            self._backend.delete(name)

    def _recovery_hint(self, location: str) -> str:
        kept = location.removesuffix("json")
        return (
            f"put one of the last records ({kept}N.json) in its place, or move it away: all but "
            "what was last applied is read from the cloud again"
        )

    def _prune(self, stack: str, region: str, last: int) -> None:
        """Delete the states up to this generation."""
        prefix = _name(stack, region, "")
        for name in self._backend.list_names(prefix):
            generation = name.removeprefix(prefix).removesuffix(".json")
            if generation.isdecimal() and name.endswith(".json") and int(generation) <= last:
                self._backend.delete(name)


def _name(stack: str, region: str, what: str) -> str:
    return f"{stack}.{region}.{what}"
