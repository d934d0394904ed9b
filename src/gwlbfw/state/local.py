"""A backend in a local folder. Files are the owner's alone (0600)."""

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
"""No file of ours is near this size: a larger one is not read into memory."""


class LocalBackend:
    """Keeps contents as files of one folder, which may be shared between machines."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def where(self, name: str) -> str:
        return str(self._folder / name)

    def read(self, name: str) -> bytes | None:
        with self._doing("read", name), suppress(FileNotFoundError):
            with (self._folder / name).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
            return content
        return None

    def write(self, name: str, content: bytes) -> None:
        with self._doing("write", name), self._complete(name, content) as new:
            new.replace(self._folder / name)
            _sync(self._folder)

    def create(self, name: str, content: bytes) -> bool:
        path = self._folder / name
        with self._doing("write", name), self._complete(name, content) as new:
            try:
                # A link is made or not, also on a network's file system, and is never empty.
                path.hardlink_to(new)
            except FileExistsError:
                return False
            except OSError as problem:
                if problem.errno not in _NO_LINKS:
                    raise
                return self._create_alone(path, content)
            _sync(self._folder)
        return True

    def _create_alone(self, path: Path, content: bytes) -> bool:
        """Create a file where there are no links."""
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
        with self._doing("write", name):
            self._make()
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
                _sync(self._folder)

    def delete(self, name: str) -> None:
        with self._doing("remove", name):
            (self._folder / name).unlink(missing_ok=True)

    def names(self, prefix: str) -> list[str]:
        with self._doing("read", ""), suppress(FileNotFoundError):
            return sorted(p.name for p in self._folder.iterdir() if p.name.startswith(prefix))
        return []

    def _make(self) -> None:
        _make_private(self._folder)

    @contextmanager
    def _complete(self, name: str, content: bytes) -> Iterator[Path]:
        """A file of another name with this content, on the disk; gone afterwards."""
        self._make()
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
    def _doing(self, verb: str, name: str) -> Iterator[None]:
        """Say what can't be done, and where. A path with a NUL in it is a ValueError."""
        try:
            yield
        except (OSError, ValueError) as problem:
            said = problem.strerror if isinstance(problem, OSError) else ""
            raise StateError(
                f"can't {verb} {self.where(name)}: {said or problem}", hint=_advice(problem)
            ) from problem


def _advice(problem: Exception) -> str:
    if isinstance(problem, OSError) and problem.errno in _FULL:
        return "make room on the disk and run the command again: it goes on where it stopped"
    return "give a folder that you may read and write with --state"


def _write_all(handle: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]


def _make_private(folder: Path) -> None:
    """Make a folder and those above it that are missing, each for its owner alone."""
    if not folder.is_dir():
        _make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _sync(folder: Path) -> None:
    """Have the folder's names on the disk, where that can be asked for."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
