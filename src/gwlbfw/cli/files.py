"""Files that the command line writes and reads: topologies, plans, reports."""

import os
from pathlib import Path

from gwlbfw.errors import GwlbfwError


class FileError(GwlbfwError):
    """A file can't be written or read."""

    code = "file"

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def write_new(path: Path, text: str) -> None:
    """Write a file that does not exist yet. Raises FileError where it does."""
    if path.exists():
        raise FileError(f"{path} exists already", "name another folder, or remove the file first")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as problem:
        raise FileError(f"can't write {path}: {problem.strerror}") from problem


def write(path: Path, text: str) -> None:
    """Write a file for its owner alone, in place of what stands there. Raises FileError."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as problem:
        raise FileError(f"can't write {path}: {problem.strerror}") from problem
