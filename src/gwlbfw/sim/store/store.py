"""State on disk: durable call by call, and outliving the process."""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.randomness import new_state_name
from gwlbfw.sim.store.codec import decode_record, encode
from gwlbfw.sim.store.record import RECORD_TYPES, Record

FORMAT = "2"
"""The version of the tables and of the records' fields."""


class Store:
    """The records of one state, in SQLite; in memory where no file is given."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        try:
            self._open()
        except sqlite3.Error as problem:
            raise SimulatorError(f"The simulator's state {path} can't be opened: {problem}") from (
                problem
            )

    def _open(self) -> None:
        if self._path is not None:
            self._path.touch(mode=0o600)
        # Calls are handled one at a time, though not always by the same thread.
        self._db = sqlite3.connect(
            self._path or ":memory:", check_same_thread=False, isolation_level=None
        )
        self._db.execute("PRAGMA journal_mode=WAL")
        # In WAL mode this survives the death of the process, and costs no fsync per call.
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT)")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS records "
            "(id TEXT PRIMARY KEY, kind TEXT, serial INTEGER, data TEXT)"
        )
        self._db.execute("INSERT OR IGNORE INTO meta VALUES ('format', ?)", (FORMAT,))
        self._db.execute("INSERT OR IGNORE INTO meta VALUES ('name', ?)", (new_state_name(),))
        self._db.execute("INSERT OR IGNORE INTO meta VALUES ('world', ?)", (new_state_name(),))
        if (found := self.meta("format")) != FORMAT:
            raise SimulatorError(
                f"The simulator's state {self._path} has format {found}, this version reads "
                f"format {FORMAT}: remove the folder, or use the version that made it"
            )

    @property
    def name(self) -> str:
        """The name of the state, which no other has."""
        return self.meta("name")

    def meta(self, name: str, default: str = "") -> str:
        """A value of the state as a whole."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else default

    def load(self) -> Iterable[Record]:
        """Every record, oldest first."""
        for kind, data in self._db.execute("SELECT kind, data FROM records ORDER BY serial"):
            cls = RECORD_TYPES.get(kind)
            if cls is None:
                raise SimulatorError(f"The state {self._path} has records of unknown kind {kind}")
            try:
                yield decode_record(cls, json.loads(data))
            except (KeyError, TypeError, ValueError) as problem:
                raise SimulatorError(
                    f"The simulator's state {self._path} has an unreadable {kind}: {problem}"
                ) from problem

    def save(self, changed: Iterable[Record], gone: Iterable[str], **meta: str) -> None:
        """Write the changes of one call, all of them or none."""
        db = self._db
        rows = [(each.id, each.kind, each.serial, json.dumps(encode(each))) for each in changed]
        db.execute("BEGIN IMMEDIATE")
        try:
            db.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)", rows)
            db.executemany("DELETE FROM records WHERE id = ?", [(each,) for each in gone])
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(meta.items()))
        except sqlite3.Error as problem:
            db.execute("ROLLBACK")
            raise SimulatorError(f"The state {self._path} can't be written: {problem}") from problem
        db.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._db.close()
