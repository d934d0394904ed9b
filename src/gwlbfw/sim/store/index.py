"""An index of records by their fields, refreshed when it is read."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable

from gwlbfw.sim.store.record import Record


class Index:
    """Records by the keys that `keys` gives of each."""

    def __init__(
        self, keys: Callable[[Record], Iterable[Hashable]], records: Iterable[Record]
    ) -> None:
        self._keys = keys
        self._found: defaultdict[Hashable, dict[str, Record]] = defaultdict(dict)
        self._known: dict[str, tuple[Hashable, ...]] = {}
        self._stale: dict[str, Record] = {each.id: each for each in records}
        self._discarded: set[str] = set()

    def mark_stale(self, record: Record) -> None:
        """Mark a record, which is new or about to change, for indexing again."""
        self._stale[record.id] = record
        self._discarded.discard(record.id)

    def discard(self, record: Record) -> None:
        """Remove a record."""
        self._stale[record.id] = record
        self._discarded.add(record.id)

    def find(self, key: Hashable) -> list[Record]:
        """The records with a key, oldest first."""
        self._refresh()
        return sorted(self._found.get(key, {}).values(), key=lambda each: each.serial)

    def count(self, key: Hashable) -> int:
        """The number of records with a key."""
        self._refresh()
        return len(self._found.get(key, {}))

    def _refresh(self) -> None:
        for record_id, record in self._stale.items():
            for key in self._known.pop(record_id, ()):
                del self._found[key][record_id]
            if record_id not in self._discarded:
                keys = tuple(set(self._keys(record)))
                self._known[record_id] = keys
                for key in keys:
                    self._found[key][record_id] = record
        self._stale.clear()
        self._discarded.clear()
