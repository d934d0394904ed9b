"""The command line as a process of its own: signals, pipes and terminals."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
from pathlib import Path
from time import monotonic

from tests.support.command_process import CommandProcess

TIMEOUT_S = 30.0


def start(folder: Path, *arguments: str, **more: str) -> CommandProcess:
    """Start a command whose streams are pipes."""
    return CommandProcess(arguments, folder, {**os.environ, **more})


def read_until(process: CommandProcess, text: str) -> str:
    """What a process says on stderr up to the line that holds the text."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if text in line:
            return said
    raise AssertionError(f"{text!r} was never said, but: {said}")


class Terminal:
    """A command at a terminal of its own."""

    def __init__(self, folder: Path, *arguments: str, **more: str) -> None:
        self.said = ""
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120", "LINES": "40", **more}
        self._fd, theirs = pty.openpty()
        self._process = CommandProcess(
            arguments, folder, environment, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)

    def until(self, text: str) -> str:
        """Read until the text was said."""
        end = monotonic() + TIMEOUT_S
        while text not in self.said:
            assert monotonic() < end, f"{text!r} was never said, but: {self.said}"
            if not self._read():
                break
        assert text in self.said, f"{text!r} was never said, but: {self.said}"
        return self.said

    def _read(self) -> bool:
        if not select.select([self._fd], [], [], 0.5)[0]:
            return True
        try:
            content = os.read(self._fd, 65536)
        except OSError:  # the other end is gone
            return False
        self.said += content.decode("utf-8", "replace")
        return bool(content)

    def answer(self, text: str) -> None:
        """Type a line."""
        os.write(self._fd, f"{text}\n".encode())

    def interrupt(self) -> None:
        """As Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)

    def resize(self, lines: int, columns: int) -> None:
        """Make it another size."""
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._process.send_signal(signal.SIGWINCH)

    def vanish(self) -> int:
        """Be gone from now on; the exit code of the command."""
        os.close(self._fd)
        return self._process.wait(TIMEOUT_S)

    def end(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        os.close(self._fd)
        return self._process.wait(TIMEOUT_S)
