"""The activity log: every call with its caller and its outcome.

Secrets, user data and scripts never get into it. A simulator's folder keeps its latest calls.
"""

import contextlib
import json
import logging
import os
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.folder import make_private
from gwlbfw.sim.wire import Json, Param

KEPT = 10_000
"""Number of calls kept in memory, the latest ones."""
FILE, EARLIER = "activity.jsonl", "activity.1.jsonl"
"""The files of a simulator's folder: the latest calls, and those just before."""
LARGEST = 8 * 1024 * 1024
"""Bytes of a folder's file before it takes the place of the earlier one, and another is begun."""
SUCCESS = "OK"
"""The outcome of a call that was carried out."""
_REDACTED = frozenset(
    {
        *("userdata", "commandcontent", "parameters", "policy", "policydocument"),
        *("password", "loginpassword", "externalid", "secret", "token"),
    }
)
"""Parameters whose values are redacted, in lower case."""
_SUSPECT = re.compile(
    r"password|secret|(?<!client)(?<!next)token|private|userdata|content|policy|script|document"
    r"|certificate|credential|parameters|externalid",
    re.IGNORECASE,
)
"""Names of parameters of unknown actions whose values are redacted."""
_LONGEST = 128
"""Characters of a value of an unknown action that is not redacted."""
_log = logging.getLogger(__name__)


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
    """Without secrets, user data and scripts; flat where the action is unknown."""
    ignored: list[str] = field(default_factory=list)
    """Parameters that the action doesn't have."""
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
    """The calls of a simulated cloud: the latest in its folder, or else in memory.

    `path` is a file that all of them are appended to beside that.
    """

    def __init__(
        self,
        path: Path | None = None,
        folder: Path | None = None,
        kept: int = KEPT,
        largest: int = LARGEST,
    ) -> None:
        self._entries: deque[Entry] = deque(maxlen=kept)
        self._folder = folder
        self._largest = largest
        self._file = _open(path) if path else None

    def record(self, entry: Entry) -> None:
        """Append a call; one that can't be written is missing, and the cloud goes on."""
        line = json.dumps(entry.as_dict(), separators=(",", ":")) + "\n"
        try:
            if self._file is not None:
                self._file.write(line)
            if self._folder is None:
                self._entries.append(entry)
            elif _append(self._folder / FILE, line) > self._largest:
                (self._folder / FILE).replace(self._folder / EARLIER)
        except OSError as problem:
            _log.warning("a call is missing in the activity log: %s", problem)

    def entries(self, last: int | None = None) -> list[Entry]:
        """The calls kept, oldest first; only the last `last` of them."""
        if self._folder is not None:
            return [Entry(**each) for each in kept_calls(self._folder, last)]
        entries = list(self._entries)
        return entries if last is None else entries[max(0, len(entries) - last) :]

    def clear(self) -> None:
        """Drop the calls kept; a file of all of them keeps them."""
        self._entries.clear()
        if self._folder is not None:
            for name in (EARLIER, FILE):
                (self._folder / name).unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # what a full disk lacks was told when it happened
                self._file.close()
            self._file = None


def kept_calls(folder: Path, last: int | None = None) -> list[dict[str, Any]]:
    """The calls that a simulator's folder keeps, oldest first, whether or not it is served."""
    lines: list[str] = []
    for name in (EARLIER, FILE):
        with contextlib.suppress(FileNotFoundError):
            lines += (folder / name).read_text(encoding="utf-8").splitlines()
    start = 0 if last is None else max(0, len(lines) - last)
    return list(_parsed(lines[start:]))


def _parsed(lines: list[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        with contextlib.suppress(ValueError):  # cut off where the process was killed
            yield json.loads(line)


def redact_unknown(flat: Mapping[str, str]) -> Json:
    """Replace what looks like a secret in the parameters of an unknown action, and long texts."""
    return {
        name: f"({len(text)} characters)" if _SUSPECT.search(name) or len(text) > _LONGEST else text
        for name, text in flat.items()
    }


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


def _append(path: Path, line: str) -> int:
    """Append to a private file; its size."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line.encode())
        return os.fstat(file).st_size
    finally:
        os.close(file)
