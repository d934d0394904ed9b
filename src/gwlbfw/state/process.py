"""Which process this is, so that others can tell whether it still runs."""

import getpass
import os
import platform
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """A process that can be told from every other one, as far as its machine lets it."""

    user: str
    host: str
    machine: str
    """The machine's own id; empty where the system doesn't say."""
    space: str
    """The machine's numbering of processes: every container has its own."""
    boot: str
    """Changes whenever the machine starts; empty where the system doesn't say."""
    pid: int
    start: str
    """When it began; a later process may have the same number."""

    @classmethod
    def this(cls) -> "Process":
        """The process that asks."""
        pid = os.getpid()
        return cls(_user(), platform.node(), _machine(), _space(), _boot(), pid, started(pid) or "")

    def gone(self, here: "Process") -> str | None:
        """The proof that it has ended, in words, as seen by `here`; None where there is none.

        A number says something only where it was given: on the same host, since the same start
        of the machine, among the same processes (containers each count their own).
        """
        if (self.host, self.machine) != (here.host, here.machine):
            return None
        if self.boot != here.boot:
            return f"{self.host} was started anew" if self.machine else None
        if self.space != here.space:
            return None
        now = started(self.pid)
        if now is None:
            return f"its process {self.pid} is gone"
        if self.start and now and now != self.start:
            return f"its process {self.pid} is gone, and another one has its number"
        return None


def started(pid: int) -> str | None:
    """When a process began, in words of the system; empty if that is unknown, None if it is gone.

    A process that has ended but was not asked for its result yet (a zombie) is gone.
    """
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return None
    except PermissionError:
        pass
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return "" if Path("/proc/self/stat").exists() else _asked(pid)
    except OSError:
        return ""
    # The name of the program stands in parentheses and may hold anything.
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else fields[19]


def _asked(pid: int) -> str:
    """What `ps` says, where there is no /proc."""
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    with suppress(OSError, subprocess.SubprocessError):
        found = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)  # noqa: S603
        return found.stdout.strip()
    return ""


def _user() -> str:
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return f"user {os.getuid()}"


def _machine() -> str:
    with suppress(OSError):
        return Path("/etc/machine-id").read_text(encoding="ascii", errors="replace").strip()
    return ""


def _space() -> str:
    with suppress(OSError):
        return str(Path("/proc/self/ns/pid").readlink())
    return ""


def _boot() -> str:
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return ""
