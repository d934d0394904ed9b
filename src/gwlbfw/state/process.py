"""The identity of a process, from which others can prove that it has ended."""

import getpass
import os
import platform
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """A process, distinguished from every other one as far as its machine allows."""

    user: str
    host: str
    machine: str
    """The machine's own id; empty where the system doesn't say."""
    space: str
    """The PID namespace: every container numbers its processes itself."""
    boot: str
    """The id of the machine's boot; empty where the system doesn't say."""
    pid: int
    start: str
    """The time it started: a later process may have the same number."""

    @classmethod
    def this(cls) -> "Process":
        """The running process."""
        pid = os.getpid()
        start = start_time(pid) or ""
        return cls(
            _user(), platform.node(), _machine_id(), _pid_namespace(), _boot_id(), pid, start
        )

    def proof_of_exit(self, observer: "Process") -> str | None:
        """The proof for people that it has ended, as seen by `observer`; None without one.

        A process number means something only on the same host, since the same boot, and in the
        same PID namespace. Another boot alone proves nothing: machines that were cloned have the
        same name and id, and each its own boot.
        """
        here = (observer.host, observer.machine, observer.boot, observer.space)
        if (self.host, self.machine, self.boot, self.space) != here:
            return None
        now = start_time(self.pid)
        if now is None:
            return f"its process {self.pid} is gone"
        if self.start and now and now != self.start:
            return f"its process {self.pid} is gone, and another one has its number"
        return None


def start_time(pid: int) -> str | None:
    """The start time of a process in the system's words; empty if unknown, None if it has ended.

    A process that has ended and was not waited for yet (a zombie) has ended.
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
        return "" if Path("/proc/self/stat").exists() else _run_ps(pid)
    except OSError:
        return ""
    # The name of the program stands in parentheses and may hold anything.
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else fields[19]


def _run_ps(pid: int) -> str:
    """The start time that `ps` gives, for systems without /proc."""
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    with suppress(OSError, subprocess.SubprocessError):
        found = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)  # noqa: S603
        return found.stdout.strip()
    return ""


def _user() -> str:
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return f"user {os.getuid()}"


def _machine_id() -> str:
    with suppress(OSError):
        return Path("/etc/machine-id").read_text(encoding="ascii", errors="replace").strip()
    return ""


def _pid_namespace() -> str:
    with suppress(OSError):
        return str(Path("/proc/self/ns/pid").readlink())
    return ""


def _boot_id() -> str:
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return ""
