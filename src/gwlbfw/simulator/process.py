"""A simulator in another process, for tests of programs in whatever language."""

import shlex
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Timer
from typing import Self

from gwlbfw.cloud.environment import process_environment
from gwlbfw.cloud.sdk import Keys
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.server.attach import request_control
from gwlbfw.sim.server.certificates import TRUST
from gwlbfw.simulator.embedded import KEYS
from gwlbfw.simulator.environment import URL, environment

_PATIENCE_S = 10.0
"""Seconds that a process has to end when it is asked to."""


class SimulatorProcess:
    """`gwlbfw sim serve` on a free loopback port, from `start` to `stop` or for a `with` block.

    `options` are those of the command, such as "--latency", "realistic"; without a folder for
    `data` the state is gone with the process.
    """

    def __init__(
        self,
        *options: str,
        data: Path | None = None,
        credentials: Mapping[str, str] | None = None,
        region: str = "cn-wulanchabu",
        timeout: float = 60.0,
    ) -> None:
        self._options = ("--region", region, *options)
        self._data = data
        self._credentials = dict(credentials or {})
        self._region = region
        self._timeout = timeout
        self._process: subprocess.Popen[str] | None = None
        self._announced: dict[str, str] = {}

    @property
    def url(self) -> str:
        """The URL: an endpoint for any SDK, with https instead of http too."""
        return self._announced[URL]

    @property
    def ca_file(self) -> Path:
        """The certificate by which clients trust the HTTPS of this process."""
        return Path(self._announced[TRUST[0]])

    def environment(self) -> dict[str, str]:
        """The variables that lead other programs to it: Terraform, SDKs, the vendor's tools."""
        pair = next(iter(self._credentials.items()), None)
        return environment(self.url, self.ca_file, Keys(*pair) if pair else KEYS, self._region)

    def reset(self) -> None:
        """Remove every resource."""
        request_control(self.url, "POST", "reset")

    def save(self, name: str) -> None:
        """Save all there is by a name."""
        request_control(self.url, "POST", f"snapshots/{name}")

    def load(self, name: str) -> None:
        """Replace all there is by what was saved by a name."""
        request_control(self.url, "POST", f"snapshots/{name}/load")

    def advance(self, seconds: float) -> None:
        """Advance the clock: transitions that are due by then take place."""
        request_control(self.url, "POST", "clock", {"advance": seconds})

    def start(self) -> Self:
        """Start the process; it answers when this returns. Raises SimulatorError if it does not."""
        folder = self._data or Path(tempfile.mkdtemp(prefix="gwlbfw-"))
        words = [sys.executable, "-P", "-m", "gwlbfw", "sim", "serve", "--data", str(folder)]
        with tempfile.TemporaryFile("w+", encoding="utf-8") as problems:
            process = subprocess.Popen(  # noqa: S603 - this very program
                [*words, *self._options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=problems,
                text=True,
                env=self._variables(),
            )
            self._process = process
            self._end = weakref.finalize(self, _end, process, None if self._data else folder)
            self._announced = dict(self._read_announcement(process))
            if not self._announced.keys() >= {URL, *TRUST}:
                self.stop()
                problems.seek(0)
                raise SimulatorError(f"The simulator did not start: {problems.read().strip()}")
        return self

    def stop(self) -> None:
        """End the process, if it runs."""
        if self._process is not None:
            self._end()
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _read_announcement(self, process: "subprocess.Popen[str]") -> Iterator[tuple[str, str]]:
        """The variables that the command prints once it serves; fewer if it ends before."""
        timer = Timer(self._timeout, process.kill)
        timer.start()
        try:
            for _ in (URL, *TRUST):
                line = process.stdout.readline() if process.stdout else ""
                name, equals, value = line.removeprefix("export ").partition("=")
                if equals:
                    yield name, "".join(shlex.split(value))
        finally:
            timer.cancel()

    def _variables(self) -> dict[str, str]:
        """The environment of the process; secrets stand there and not among its words."""
        pairs = ",".join(f"{key}:{secret}" for key, secret in self._credentials.items())
        return {**process_environment(), "GWLBFW_SIM_CREDENTIALS": pairs}


def _end(process: "subprocess.Popen[str]", folder: Path | None) -> None:
    """End a process, and remove a folder that was only its own."""
    process.terminate()
    try:
        process.communicate(timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
