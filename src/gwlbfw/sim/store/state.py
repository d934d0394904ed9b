"""The state of the simulated cloud, changed in transactions."""

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, TypeVar, cast

from gwlbfw.sim.randomness import new_state_name
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.store.index import Index
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.store import Store

R = TypeVar("R", bound=Record)
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_Place = tuple[str, str, type[Record]]


class State:
    """The records of all accounts and regions; changes are committed or rolled back together."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self._store = store
        self.serial = int(store.meta("serial", "0"))
        """The last number that was used."""
        self.name = store.name
        """The name of the state, which no other has."""
        self._world = store.meta("world")
        self._origin = store.meta("imported") or store.name
        """The name of the state that this one, or what was imported into it, began as."""
        self._records: dict[str, Record] = {}
        self._places: defaultdict[_Place, dict[str, Record]] = defaultdict(dict)
        self._due: list[tuple[float, str]] = []
        self._undo: list[tuple[Record, str, Any]] = []
        self._users = Index(lambda record: record.uses(), ())
        self._fields: defaultdict[type[Record], dict[str, Index]] = defaultdict(dict)
        for record in store.load():
            self._insert(record)
            self.schedule(record)

    @property
    def cloud_id(self) -> str:
        """The id of the simulated cloud: where it comes from, and what is new after each reset.

        An import brings the first part along, and is something new itself: a state of before.
        """
        return f"{self._origin}.{self._world}"

    def replace(self, records: Iterable[Record], imported: str = "") -> None:
        """Become something new with these records, which come from the cloud of an imported id."""
        for record in self:
            self.remove(record)
        for record in records:
            self.add(record)
            self.schedule(record)
        self._origin = imported.partition(".")[0] or self._origin
        self._world = new_state_name()
        self._store.save((), (), world=self._world, imported=self._origin)

    def __iter__(self) -> Iterator[Record]:
        return iter(list(self._records.values()))

    def __len__(self) -> int:
        return len(self._records)

    def find(self, record_id: str) -> Record | None:
        """The record with an id, of whatever type and wherever it is."""
        return self._records.get(record_id)

    def all(self, account: str, region: str, cls: type[R]) -> list[R]:
        """Every record of a type in one account's region, oldest first."""
        return cast("list[R]", list(self._places[account, region, cls].values()))

    def users(self, record_id: str) -> list[Record]:
        """Every record that uses the one with this id, in any account, oldest first."""
        return self._users.find(record_id)

    def where(self, account: str, region: str, cls: type[R], field: str, value: str) -> list[R]:
        """Every record of a type in one account's region with a value in a field, oldest first."""
        return cast("list[R]", self._index(cls, field).find((account, region, value)))

    def count(self, account: str, region: str, cls: type[Record], field: str, value: str) -> int:
        """The number of records that `where` finds."""
        return self._index(cls, field).count((account, region, value))

    def _index(self, cls: type[Record], field: str) -> Index:
        if (index := self._fields[cls].get(field)) is None:
            records = (each for each in self._records.values() if type(each) is cls)
            index = Index(_place_and(field), records)
            self._fields[cls][field] = index
        return index

    def next_serial(self) -> int:
        """A number that was never used before."""
        self.serial += 1
        return self.serial

    def new_id(self, prefix: str, length: int = 20) -> str:
        """An id that was never used before, the same whenever the same calls are made."""
        seed = f"{self.settings.seed}/{self.next_serial()}"
        number = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big")
        digits = (_ALPHABET[number // 36**place % 36] for place in range(length))
        return f"{prefix}-{''.join(digits)}"

    def add(self, record: Record) -> None:
        self._insert(record)
        self._undo.append((record, "+", None))

    def remove(self, record: Record) -> None:
        self._discard(record)
        self._undo.append((record, "-", None))

    def schedule(self, record: Record) -> None:
        """Schedule the record's next transition."""
        if record.steps:
            heapq.heappush(self._due, (record.steps[0].at, record.id))

    def pop_due(self, now: float) -> Iterator[tuple[float, Record]]:
        """Pop the records with a due transition, each with its instant, in order of time."""
        while self._due and self._due[0][0] <= now:
            at, record_id = heapq.heappop(self._due)
            record = self._records.get(record_id)
            if record is not None and record.steps and record.steps[0].at == at:
                yield at, record
                self.schedule(record)

    def commit(self) -> None:
        """Commit every change since the last commit, to disk too."""
        if not self._undo:
            return
        touched = {record.id: record for record, _, _ in self._undo}
        changed = [record for key, record in touched.items() if key in self._records]
        gone = [key for key in touched if key not in self._records]
        self._store.save(changed, gone, serial=str(self.serial))
        self._undo.clear()

    def rollback(self) -> None:
        """Roll back every change since the last commit."""
        undo, self._undo = self._undo, []
        for record, name, old in reversed(undo):
            if name == "+":
                self._discard(record)
            elif name == "-":
                self._insert(record)
            else:
                object.__setattr__(record, name, old)
                self._mark_stale(record)
        if any(name == "-" for _, name, _ in undo):
            self._restore_order()

    def _record_assignment(self, record: Record, name: str) -> None:
        self._undo.append((record, name, getattr(record, name)))
        self._mark_stale(record)

    def _insert(self, record: Record) -> None:
        self._records[record.id] = record
        self._places[record.account, record.region, type(record)][record.id] = record
        record.observe(self._record_assignment)
        self._mark_stale(record)

    def _mark_stale(self, record: Record) -> None:
        self._users.mark_stale(record)
        for index in self._fields[type(record)].values():
            index.mark_stale(record)

    def _discard(self, record: Record) -> None:
        del self._records[record.id]
        del self._places[record.account, record.region, type(record)][record.id]
        record.observe(None)
        self._users.discard(record)
        for index in self._fields[type(record)].values():
            index.discard(record)

    def _restore_order(self) -> None:
        """Restore the order of age after a rollback."""
        for place, records in self._places.items():
            serials = [each.serial for each in records.values()]
            if serials != sorted(serials):
                self._places[place] = _by_age(records.values())
        self._records = _by_age(self._records.values())


def _place_and(field: str) -> Callable[[Record], Iterable[Hashable]]:
    """The keys of a record by a field; several where the field holds several values."""

    def keys(record: Record) -> Iterable[Hashable]:
        value = getattr(record, field)
        values = value if isinstance(value, tuple) else (value,)
        return ((record.account, record.region, each) for each in values)

    return keys


def _by_age(records: Iterable[Record]) -> dict[str, Record]:
    return {each.id: each for each in sorted(records, key=lambda each: each.serial)}
