"""The whole state of a simulated cloud as one JSON document, and back.

Sessions of AssumeRole are left out: they are credentials, and short-lived.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.store.codec import decode_record, encode
from gwlbfw.sim.store.record import RECORD_TYPES, Record

FORMAT = "1"
"""The version of the document."""
_LEFT_OUT = frozenset({"session"})


def to_document(records: Iterable[Record], serial: int) -> dict[str, Any]:
    """The document of these records; `serial` is the last number that was used."""
    return {
        "format_version": FORMAT,
        "serial": serial,
        "records": [
            {"kind": each.kind, "fields": encode(each)}
            for each in records
            if each.kind not in _LEFT_OUT
        ],
    }


def from_document(data: object) -> tuple[list[Record], int]:
    """The records of a document, and the last number that was used."""
    if not isinstance(data, Mapping) or "format_version" not in data:
        raise SimulatorError("This is no exported state of a simulator: format_version is missing")
    if (found := data["format_version"]) != FORMAT:
        raise SimulatorError(
            f"The exported state has format {found}, this version reads format {FORMAT}: "
            "export it again with the version that reads it"
        )
    try:
        records = [_record(each) for each in data["records"]]
        return records, max([int(data["serial"]), *(each.serial for each in records)])
    except (KeyError, TypeError, ValueError) as problem:
        raise SimulatorError(f"The exported state can't be read: {problem!r}") from problem


def _record(data: Mapping[str, Any]) -> Record:
    cls = RECORD_TYPES.get(data["kind"])
    if cls is None:
        raise SimulatorError(f"The exported state has a record of unknown kind {data['kind']}")
    return decode_record(cls, data["fields"])
