"""The activity log: every call with its caller and its outcome.

Secrets, user data and scripts never get into it.
"""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.folder import make_private
from gwlbfw.sim.wire import Json, Param

KEPT = 10_000
"""Number of calls kept in memory, the latest ones."""
SUCCESS = "OK"
"""The outcome of a call that was carried out."""
_REDACTED = frozenset(
    {
        *("userdata", "commandcontent", "parameters", "policy", "policydocument"),
        *("password", "loginpassword", "externalid", "secret", "token"),
    }
)
"""Parameters whose values are redacted, in lower case."""


@dataclass
class Entry:
    """One call."""

    time: float
    request_id: str
    account: str = ""
    region: str = ""
    product: str = ""
    action: str = ""
    parameters: Json = None
    """Without secrets, user data and scripts."""
    ignored: list[str] = field(default_factory=list)
    """The parameters that the action doesn't have."""
    code: str = ""
    """The error's code, `OK`, or empty where nothing was answered."""
    status: int = 0
    """The HTTP status."""
    fault: str = ""
    """The effect of the fault rule that matched the call; empty if none did."""
    duration_ms: float = 0.0

    def as_dict(self) -> dict[str, Json]:
        """The fields as plain data."""
        return dict(vars(self))


class Activity:
    """The calls of a simulated cloud, the latest ones in memory, all in a file if there is one."""

    def __init__(self, path: Path | None = None, kept: int = KEPT) -> None:
        self._entries: deque[Entry] = deque(maxlen=kept)
        self._path = path
        self._file = _open(path) if path else None

    def record(self, entry: Entry) -> None:
        """Append a call."""
        self._entries.append(entry)
        if self._file is not None:
            self._file.write(json.dumps(entry.as_dict(), separators=(",", ":")) + "\n")

    def entries(self, last: int | None = None) -> list[Entry]:
        """The calls kept in memory, oldest first; only the last `last` of them."""
        entries = list(self._entries)
        return entries if last is None else entries[max(0, len(entries) - last) :]

    def clear(self) -> None:
        """Drop all calls from memory; the file keeps them."""
        self._entries.clear()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def redact(value: "Param | Mapping[str, Param]") -> Json:
    """Replace secrets, user data and scripts in parameters by their length."""
    if isinstance(value, list):
        return [redact(each) for each in value]
    if isinstance(value, Mapping):
        return {
            name: f"({len(str(each))} characters)" if name.lower() in _REDACTED else redact(each)
            for name, each in value.items()
        }
    return value


def _open(path: Path) -> TextIO:
    try:
        make_private(path.parent)
        path.touch(mode=0o600)
        return path.open("a", encoding="utf-8", buffering=1)
    except OSError as problem:
        raise SimulatorError(f"The activity log {path} can't be written: {problem}") from problem
