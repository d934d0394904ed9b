"""The command line as processes of its own, each forked of one that has imported it.

Importing takes most of the time of a short command, and is behind these when they start. Their
environment, folder, streams, signals and exit are their own, as of any other process. How a command
starts, and what it imports, is for the tests that start Python anew, such as
`tests/cli/test_quickness.py`.
"""

import atexit
import gc
import json
import os
import random
import select
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from tests.support.command_client import NUMBER, receive_number, send_request

ROOT = Path(__file__).parents[2]
VIEWS = ("diagnostics_text", "drift", "graph", "plan", "simulator", "validation", "verdict")
"""Those that are imported before the fork; others are when they are needed."""
MODULES = (
    *("gwlbfw.cli.app", "gwlbfw.stack", "gwlbfw.blueprint", "gwlbfw.execute", "gwlbfw.plan"),
    *("gwlbfw.discovery.live", "gwlbfw.sim.server", "gwlbfw.sim.simulator"),
    *("gwlbfw.cli.execution", "gwlbfw.cli.plan_file", "gwlbfw.cli.session", "gwlbfw.cli.simulator"),
    *(f"gwlbfw.cli.views.{name}" for name in VIEWS),
    "darabonba.runtime",
)
# --- the side of the tests


class CommandProcess:
    """A running command; as much of `subprocess.Popen` as tests need.

    A stream is a file's number, `subprocess.PIPE`, or for stderr `subprocess.STDOUT`.
    """

    def __init__(
        self,
        words: tuple[str, ...],
        folder: Path,
        environment: Mapping[str, str] | None = None,
        *,
        stdin: int | None = None,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
    ) -> None:
        self.returncode: int | None = None
        self.stdout, out = _stream(stdout)
        self.stderr, err = (None, out) if stderr == subprocess.STDOUT else _stream(stderr)
        nothing = os.open(os.devnull, os.O_RDONLY)
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(str(_server()))
        fds = [nothing if stdin is None else stdin, out, err]
        asked_for = dict(os.environ if environment is None else environment)
        send_request(self._connection, list(words), str(folder), asked_for, fds)
        for fd in {nothing, *([out] if self.stdout else []), *([err] if self.stderr else [])}:
            os.close(fd)
        self.pid = self._told(None)

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, or less than 0 for a signal; raises `TimeoutExpired`."""
        if self.returncode is None:
            try:
                self.returncode = self._told(timeout)
            except TimeoutError:
                raise subprocess.TimeoutExpired("gwlbfw", timeout or 0) from None
            self._connection.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """All of stdout and stderr to the end, which comes in time or by a signal."""
        late = threading.Timer(timeout, self.kill) if timeout else None
        said = {"out": "", "err": ""}
        readers = [
            threading.Thread(target=lambda k=key, f=file: said.update({k: f.read()}))
            for key, file in (("out", self.stdout), ("err", self.stderr))
            if file is not None
        ]
        for each in [*readers, *([late] if late else [])]:
            each.start()
        for each in readers:
            each.join()
        self.wait()
        if late:
            late.cancel()
        self._close()
        return said["out"], said["err"]

    def send_signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.kill()
        self.wait()
        self._close()

    def _close(self) -> None:
        for each in (self.stdout, self.stderr):
            if each is not None:
                each.close()

    def _told(self, timeout: float | None) -> int:
        self._connection.settimeout(timeout)
        return receive_number(self._connection)


def _stream(asked: int) -> tuple[IO[str] | None, int]:
    """The end that is read here, if there is one, and the number of the command's end."""
    if asked != subprocess.PIPE:
        return None, asked
    reading, writing = os.pipe()
    return os.fdopen(reading, encoding="utf-8"), writing


@cache
def _server() -> Path:
    """The socket of the process that is forked; it ends with this one."""
    path = Path(tempfile.mkdtemp(prefix="gwlbfw-")) / "commands"
    code = f"from tests.support.command_process import serve; serve({str(path)!r})"
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GWLBFW_", "ALIBABA_", "COV"))
    }
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    atexit.register(process.communicate)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return path


def shell_command() -> str:
    """A shell script that runs the command line with its own words, folder and streams."""
    client = Path(__file__).with_name("command_client.py")
    words = shlex.join([sys.executable, "-I", "-S", str(client), str(_server())])
    return f'#!/bin/sh\nexec {words} "$@"\n'


# --- the process that is forked


def serve(path: str) -> None:
    """Fork a command for each connection, until nobody holds the other end of stdin."""
    for name in MODULES:
        import_module(name)
    import_module("gwlbfw.sim.services.registry").load_services()
    for product in ("vpc", "ecs", "gwlb", "privatelink"):
        import_module("gwlbfw.cloud.sdk.typed").client_class(product)
    gc.collect()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        os.write(1, b"ready\n")
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            connection = listener.accept()[0]
            if os.fork() == 0:
                listener.close()
                _attend(connection)
            connection.close()
            _reap(os.WNOHANG)
    Path(path).unlink()
    Path(path).parent.rmdir()
    _reap(0)


def _reap(options: int) -> None:
    """Let go of the forks that have ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, options)[0]:
            pass


def _attend(connection: socket.socket) -> None:
    """Fork the command itself; tell its id, and when it has ended, how.

    Once nobody is there to be told, as after a killed test run, it is killed.
    """
    head, fds, _, _ = socket.recv_fds(connection, NUMBER.size, 3)
    (size,) = NUMBER.unpack(head)
    asked = json.loads(connection.recv(size, socket.MSG_WAITALL))
    command = os.fork()
    if command == 0:
        connection.close()
        _become(asked, fds)
    for fd in fds:
        os.close(fd)
    with suppress(BrokenPipeError):
        connection.sendall(NUMBER.pack(command))
    running = os.pidfd_open(command)
    if running not in select.select([running, connection.fileno()], [], [])[0]:
        os.kill(command, signal.SIGKILL)
    status = os.waitpid(command, 0)[1]
    with suppress(BrokenPipeError):
        connection.sendall(NUMBER.pack(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _become(asked: tuple[list[str], str, dict[str, str]], fds: list[int]) -> None:
    """Be a process that was started with all this; it ends as any other does."""
    words, folder, environment = asked
    for number, fd in enumerate(fds):
        os.dup2(fd, number)
    for fd in set(fds):
        os.close(fd)
    sys.stdin, sys.stdout = _opened(0, "r"), _opened(1, "w")
    sys.stderr = _opened(2, "w", errors="backslashreplace", buffering=1)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    random.seed()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["gwlbfw", *words]
    import_module("gwlbfw.cli.app").main()


def _opened(number: int, mode: str, **options: Any) -> Any:
    return open(number, mode, encoding="utf-8", closefd=False, **options)
