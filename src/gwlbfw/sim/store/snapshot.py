"""The whole state of a simulated cloud as one JSON document, and back; documents kept by name.

Sessions of AssumeRole are left out: they are credentials, and short-lived.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.folder import make_private
from gwlbfw.sim.store.codec import decode_record, encode
from gwlbfw.sim.store.record import RECORD_TYPES, Record

FORMAT = "2"
"""The version of the document."""
_LEFT_OUT = frozenset({"session"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Snapshots:
    """The documents that were saved by name: in a folder, or in memory where there is none."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._in_memory: dict[str, str] = {}

    def names(self) -> list[str]:
        """The names in order."""
        if self._folder is None:
            return sorted(self._in_memory)
        return sorted(each.stem for each in self._folder.glob("*.json"))

    def save(self, name: str, document: Mapping[str, Any]) -> None:
        """Save a document, in the place of one with the same name."""
        check_name(name)
        text = json.dumps(document)
        if self._folder is None:
            self._in_memory[name] = text
            return
        try:
            _write(self._folder, f"{name}.json", text)
        except OSError as problem:
            raise SimulatorError(f"The snapshot {name} can't be saved: {problem}") from problem

    def load(self, name: str) -> object:
        """The document of a name."""
        check_name(name)
        try:
            if self._folder is None:
                return json.loads(self._in_memory[name])
            return json.loads((self._folder / f"{name}.json").read_text(encoding="utf-8"))
        except (KeyError, FileNotFoundError):
            there = ", ".join(self.names()) or "none yet"
            raise SimulatorError(f"There is no snapshot {name}; saved are: {there}") from None
        except (OSError, ValueError) as problem:
            raise SimulatorError(f"The snapshot {name} can't be read: {problem}") from problem

    def remove(self, name: str) -> None:
        """Remove a document."""
        self.load(name)
        if self._folder is None:
            del self._in_memory[name]
        else:
            (self._folder / f"{name}.json").unlink()


class Content(NamedTuple):
    """The content of a document."""

    records: list[Record]
    serial: int
    """The last number that was used."""
    cloud_id: str
    """The id of the simulated cloud; empty in a document that has none."""


def to_document(records: Iterable[Record], serial: int, cloud_id: str) -> dict[str, Any]:
    """The document of these records; `serial` is the last number that was used."""
    return {
        "format_version": FORMAT,
        "cloud": cloud_id,
        "serial": serial,
        "records": [
            {"kind": each.kind, "fields": encode(each)}
            for each in records
            if each.kind not in _LEFT_OUT
        ],
    }


def from_document(data: object) -> Content:
    """The content of a document. Raises SimulatorError for one that is none."""
    if not isinstance(data, Mapping) or "format_version" not in data:
        raise SimulatorError("This is no exported state of a simulator: format_version is missing")
    if (found := data["format_version"]) != FORMAT:
        raise SimulatorError(
            f"The exported state has format {found}, this version reads format {FORMAT}: "
            "export it again with the version that reads it"
        )
    try:
        records = [_record(each) for each in data["records"]]
        serial = max([int(data["serial"]), *(each.serial for each in records)])
        return Content(records, serial, str(data.get("cloud", "")))
    except (KeyError, TypeError, ValueError) as problem:
        raise SimulatorError(f"The exported state can't be read: {problem!r}") from problem


def _record(data: Mapping[str, Any]) -> Record:
    cls = RECORD_TYPES.get(data["kind"])
    if cls is None:
        raise SimulatorError(f"The exported state has a record of unknown kind {data['kind']}")
    return decode_record(cls, data["fields"])


def check_name(name: str) -> None:
    """Raise SimulatorError for what can't be the name of a snapshot."""
    if not _NAME.fullmatch(name):
        raise SimulatorError(
            "The name of a snapshot has letters, digits, dots, dashes and underscores, 64 at most, "
            "and begins with a letter or digit"
        )


def _write(folder: Path, name: str, text: str) -> None:
    """Write a file that is there as a whole, and stays, or not at all."""
    make_private(folder)
    draft = folder / f"{name}.new"
    draft.touch(mode=0o600)
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / name)
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
