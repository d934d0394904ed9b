"""Wall time and API calls of the main commands on the example, each the median of five runs.

`python -m tools.figures`. The help of commands is measured against the import of typer with its
rich help in the same run: a ratio, which says the same on any machine.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL, PIPE

ROOT = Path(__file__).parents[1]
TOPOLOGY = str(ROOT / "examples" / "ulanqab.yaml")
GWLBFW = str(Path(sys.executable).with_name("gwlbfw"))
RUNS = 5
COMMANDS = {
    "--help": ["--help"],
    "validate": ["validate", TOPOLOGY],
    "first plan": ["plan", TOPOLOGY],
    "apply": ["apply", TOPOLOGY, "--auto-approve"],
    "empty plan": ["plan", TOPOLOGY],
    "drift": ["drift", TOPOLOGY],
    "destroy": ["destroy", TOPOLOGY, "--auto-approve"],
}
HELP_OF = ("validate", "plan", "apply", "destroy", "drift", "verify")
YARDSTICK = "typer.rich_utils"
"""Typer's module that renders help by rich."""


def measure_seconds(command: Sequence[str]) -> float:
    """Run a command, which must work, and give the seconds that it took."""
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    took = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return took


@contextmanager
def serve_simulator(folder: Path) -> Iterator[str]:
    """Serve a simulator from a process of its own for the length of the block; its URL."""
    command = [GWLBFW, "sim", "serve", "--data", str(folder / "sim")]
    with subprocess.Popen(command, stdout=PIPE, stderr=DEVNULL, text=True) as server:  # noqa: S603
        line = next(each for each in server.stdout or () if "http://" in each)
        try:
            yield line[line.index("http://") :].split()[0].strip("'\"")
        finally:
            server.terminate()


def fetch_call_count(url: str) -> int:
    """How many API calls the simulator has answered."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.request("GET", "/-/activity", headers={"X-Gwlbfw-Control": "figures"})
    return len(json.load(connection.getresponse())["calls"])


def measure_commands() -> Iterator[tuple[str, float, int]]:
    """Run every command once on an empty cloud: its name, seconds and API calls."""
    with tempfile.TemporaryDirectory() as folder, serve_simulator(Path(folder)) as url:
        options = ["--endpoint-url", url, "--state", str(Path(folder, "state"))]
        for name, words in COMMANDS.items():
            before = fetch_call_count(url)
            seconds = measure_seconds([GWLBFW, *options, *words])
            yield name, seconds, fetch_call_count(url) - before


def measure_help() -> Iterator[tuple[str, float]]:
    """The seconds of the help of each command, and of importing the yardstick."""
    yield YARDSTICK, measure_seconds([sys.executable, "-c", f"import {YARDSTICK}"])
    for name in HELP_OF:
        yield name, measure_seconds([GWLBFW, name, "--help"])


def main() -> None:
    """Measure, and print two tables."""
    commands = [each for _ in range(RUNS) for each in measure_commands()]
    print(f"{'command':14} {'seconds':>8} {'API calls':>10}")  # noqa: T201
    for name in COMMANDS:
        seconds = statistics.median(took for each, took, _ in commands if each == name)
        calls = statistics.median(number for each, _, number in commands if each == name)
        print(f"{name:14} {seconds:8.2f} {calls:10.0f}")  # noqa: T201
    if find_spec("typer") is None:
        print("\ntyper is not installed: there is nothing to measure the help against")  # noqa: T201
        return
    helps = [each for _ in range(RUNS) for each in measure_help()]
    middle = {n: statistics.median(t for each, t in helps if each == n) for n, _ in helps}
    print(f"\n{'help of':14} {'seconds':>8} {'of importing typer with its rich help':>40}")  # noqa: T201
    for name in HELP_OF:
        print(f"{name:14} {middle[name]:8.2f} {middle[name] / middle[YARDSTICK]:40.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
