"""The state backend in a local folder. Files are the owner's alone (0600)."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gwlbfw.errors import StateError

_NO_LINKS = frozenset({errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
MAX_BYTES = 64 << 20
"""A larger file is refused, not read into memory: no file of a stack is near this size."""


class LocalBackend:
    """Stores contents as the files of one folder, which may be shared between machines."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def location(self, name: str) -> str:
        return str(self._folder / name)

    def read(self, name: str) -> bytes | None:
        with self._reporting("read", name), suppress(FileNotFoundError):
            with (self._folder / name).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
            return content
        return None

    def write(self, name: str, content: bytes) -> None:
        with self._reporting("write", name), self._temporary_file(name, content) as new:
            new.replace(self._folder / name)
            _sync_folder(self._folder)

    def create(self, name: str, content: bytes) -> bool:
        path = self._folder / name
        with self._reporting("write", name), self._temporary_file(name, content) as new:
            try:
                # A link is made or not, also on a network's file system, and is never empty.
                path.hardlink_to(new)
            except FileExistsError:
                return False
            except OSError as problem:
                if problem.errno not in _NO_LINKS:
                    raise
                return self._create_exclusively(path, content)
            _sync_folder(self._folder)
        return True

    def _create_exclusively(self, path: Path, content: bytes) -> bool:
        """Create a file on a file system without hard links; True if it was created."""
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            return False
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return True

    def append(self, name: str, added: bytes, whole: bytes, *, durable: bool) -> None:
        del whole
        with self._reporting("write", name):
            _make_private_folder(self._folder)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            handle = os.open(self._folder / name, flags, 0o600)
            with os.fdopen(handle, "wb", buffering=0) as file:
                before = os.fstat(file.fileno()).st_size
                try:
                    _write_all(file.fileno(), added)
                    if durable:
                        os.fsync(file.fileno())
                except OSError:
                    # A full disk takes the first half of a line; the next one must not follow it.
                    with suppress(OSError):
                        os.ftruncate(file.fileno(), before)
                    raise
            if durable and not before:
                _sync_folder(self._folder)

    def delete(self, name: str) -> None:
        with self._reporting("remove", name):
            (self._folder / name).unlink(missing_ok=True)

    def list_names(self, prefix: str) -> list[str]:
        with self._reporting("read", ""), suppress(FileNotFoundError):
            return sorted(p.name for p in self._folder.iterdir() if p.name.startswith(prefix))
        return []

    @contextmanager
    def _temporary_file(self, name: str, content: bytes) -> Iterator[Path]:
        """A durable file of another name with this content; removed at the end of the block."""
        _make_private_folder(self._folder)
        handle, path = tempfile.mkstemp(dir=self._folder, prefix=f".{name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            yield Path(path)
        finally:
            Path(path).unlink(missing_ok=True)

    @contextmanager
    def _reporting(self, verb: str, name: str) -> Iterator[None]:
        """Raise what fails as a StateError with verb and path.

        A path with a NUL in it is a ValueError.
        """
        try:
            yield
        except (OSError, ValueError) as problem:
            reason = problem.strerror if isinstance(problem, OSError) else ""
            raise StateError(
                f"can't {verb} {self.location(name)}: {reason or problem}", hint=_advice(problem)
            ) from problem


def _advice(problem: Exception) -> str:
    if isinstance(problem, OSError) and problem.errno in _FULL:
        return "make room on the disk and run the command again: it resumes where it stopped"
    return "give a folder that you may read and write with --state"


def _write_all(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _make_private_folder(folder: Path) -> None:
    """Make a folder and its missing parents, each readable by its owner alone."""
    if not folder.is_dir():
        if folder.is_symlink():
            why = "its folder is a link that leads to no folder"
            raise NotADirectoryError(errno.ENOTDIR, why, str(folder))
        _make_private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the folder's entries durable, where the file system can do that."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
