"""Records in a local folder: one file a stack, replaced as a whole or not at all."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

from gwlbfw.errors import RecordError
from gwlbfw.record.record import Record


class FolderStore:
    """Keeps records in a folder. Files are the owner's alone (0600)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, stack: str, region: str) -> Path:
        return self._folder / f"{stack}.{region}.json"

    def load(self, stack: str, region: str) -> Record | None:
        """The record of a stack; None where there is none. Raises RecordError."""
        path = self._path(stack, region)
        try:
            return Record.from_json(path.read_text(encoding="utf-8"), str(path))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as problem:
            raise RecordError(f"can't read the record {path}: {problem}") from problem

    def save(self, record: Record) -> Record:
        """Write the record, with the next generation number. Raises RecordError."""
        newer = replace(record, generation=record.generation + 1)
        path = self._path(record.stack, record.region)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(path, newer.to_json())
        except OSError as problem:
            raise RecordError(f"can't write the record {path}: {problem}") from problem
        return newer


def _write(path: Path, text: str) -> None:
    """Replace a file at once, and have it on the disk before returning."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
