"""Wall time and API calls of the main commands on the example, as the median of five runs.

python tests/figures.py
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOPOLOGY = ROOT / "examples" / "ulanqab.yaml"
GWLBFW = Path(sys.executable).with_name("gwlbfw")
RUNS = 5


def serve(folder: Path) -> tuple["subprocess.Popen[str]", str]:
    """A simulator of its own process, and its URL."""
    server = subprocess.Popen(
        [GWLBFW, "sim", "serve", "--data", folder / "sim"], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    line = next(each for each in server.stdout if "http://" in each)
    return server, line[line.index("http://") :].split()[0].strip("'\"")


def calls(url: str) -> int:
    """How many API calls the simulator has answered."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.request("GET", "/-/activity")
    return len(json.load(connection.getresponse())["calls"])


def measured(url: str, folder: Path, *arguments: str) -> tuple[float, int]:
    """Seconds and calls of one command."""
    options = ["--endpoint-url", url, "--state", str(folder / "state")]
    before, start = calls(url), time.perf_counter()
    command = [str(GWLBFW), *options, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return time.perf_counter() - start, calls(url) - before


COMMANDS = {
    "--help": ["--help"],
    "validate": ["validate", str(TOPOLOGY)],
    "first plan": ["plan", str(TOPOLOGY)],
    "apply": ["apply", str(TOPOLOGY), "--auto-approve"],
    "empty plan": ["plan", str(TOPOLOGY)],
    "drift": ["drift", str(TOPOLOGY)],
    "destroy": ["destroy", str(TOPOLOGY), "--auto-approve"],
}


def main() -> None:
    """Measure and print a table."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    counts: dict[str, list[int]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            server, url = serve(Path(folder))
            try:
                for name, arguments in COMMANDS.items():
                    seconds, number = measured(url, Path(folder), *arguments)
                    times[name].append(seconds)
                    counts[name].append(number)
            finally:
                server.terminate()
                server.wait()
    rows = [f"{'command':12} {'seconds':>8} {'API calls':>10}"]
    for name in COMMANDS:
        middle = statistics.median(times[name])
        middle_count = statistics.median(counts[name])
        rows.append(f"{name:12} {middle:8.2f} {middle_count:10.0f}")
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
