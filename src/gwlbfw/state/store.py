"""The store of one state location: records with their history, journals and locks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from gwlbfw.errors import StateError
from gwlbfw.state.backend import StateBackend
from gwlbfw.state.journal import Journal
from gwlbfw.state.lock import Holder, Lock, Notify, Utc, locked
from gwlbfw.state.model import State
from gwlbfw.state.process import Process

KEPT = 10
"""How many records are kept, the current one included."""


@dataclass(frozen=True)
class LockInfo:
    """A lock that is there: where, whose, and why it may be taken over if it may."""

    where: str
    who: str
    over: str = ""


class Store:
    """What is remembered of the stacks of one state location.

    Of a stack, there are its record `STACK.REGION.json`, the last records beside it with their
    generations (`STACK.REGION.12.json`), the journal of a run under way or interrupted
    (`STACK.REGION.journal`), and the lock (`STACK.REGION.lock`). A record is saved when a run
    begins, so that what was there before is known, and when it ends; in between the journal tells
    all that happened, with far less to write.
    """

    def __init__(self, backend: StateBackend, utc: Utc) -> None:
        self._backend, self._utc = backend, utc

    def load(self, stack: str, region: str) -> State | None:
        """The record of a stack; None where there is none. Raises StateError."""
        name = _name(stack, region, "json")
        if (content := self._backend.read(name)) is None:
            return None
        where = self._backend.where(name)
        try:
            record = State.from_json(content, where)
        except StateError as problem:
            problem.hint = self._way_out(where)
            raise
        if (record.stack, record.region) == (stack, region):
            return record
        raise StateError(
            f"{where} is the record of {record.stack} in {record.region}",
            hint=self._way_out(where),
        )

    def save(self, record: State) -> State:
        """Write the record, with the next generation number. Raises StateError."""
        newer = replace(record, generation=record.generation + 1)
        content = newer.to_json().encode()
        stack, region = record.stack, record.region
        self._backend.write(_name(stack, region, f"{newer.generation}.json"), content)
        self._backend.write(_name(stack, region, "json"), content)
        self._prune(stack, region, newer.generation - KEPT)
        return newer

    def journal(self, stack: str, region: str, lock: Lock | None = None) -> Journal:
        """The journal of a stack, to be written only by who holds its lock."""
        name = _name(stack, region, "journal")
        return Journal(self._backend, name, guard=lock.check if lock else lambda: None)

    @contextmanager
    def lock(
        self, stack: str, region: str, command: str, tell: Notify, here: Process | None = None
    ) -> Iterator[Lock]:
        """Hold the stack's lock. Raises LockedError where someone else is at work on it."""
        name = _name(stack, region, "lock")
        lock = Lock(self._backend, name, command, utc=self._utc, tell=tell, here=here).acquire()
        try:
            yield lock
        finally:
            lock.release()

    def holder(self, stack: str, region: str) -> Holder | None:
        """Who is at work on the stack: nobody whose lock may be taken over is."""
        name = _name(stack, region, "lock")
        if (content := self._backend.read(name)) is None:
            return None
        if (holder := Holder.decode(content)) is None:
            raise locked(self._backend.where(name), None)
        return None if holder.dead(Process.this(), self._utc()) else holder

    def held(self, stack: str, region: str) -> LockInfo | None:
        """Whose the lock is, dead or alive; None where it is free."""
        name = _name(stack, region, "lock")
        if (content := self._backend.read(name)) is None:
            return None
        holder = Holder.decode(content)
        if holder is None:
            return LockInfo(self._backend.where(name), "someone whom it does not name")
        dead = holder.dead(Process.this(), self._utc())
        return LockInfo(self._backend.where(name), str(holder), dead or "")

    def unlock(self, stack: str, region: str) -> None:
        """Break the lock, whoever has it."""
        for name in self._backend.names(_name(stack, region, "lock")):
            self._backend.delete(name)

    def _way_out(self, where: str) -> str:
        kept = where.removesuffix("json")
        return (
            f"put one of the last records ({kept}N.json) in its place, or move it away: what is "
            "live tells all but what was last applied"
        )

    def _prune(self, stack: str, region: str, last: int) -> None:
        """Remove the records up to this generation."""
        prefix = _name(stack, region, "")
        for name in self._backend.names(prefix):
            generation = name.removeprefix(prefix).removesuffix(".json")
            if generation.isdecimal() and name.endswith(".json") and int(generation) <= last:
                self._backend.delete(name)


def _name(stack: str, region: str, what: str) -> str:
    return f"{stack}.{region}.{what}"
