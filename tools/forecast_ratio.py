"""CPU seconds of a large plan's forecast, against those of `terraform plan` in the same run.

`python -m tools.forecast_ratio`. The plan has 1,000 calls that change something, 300 appliances
among what they make, with their security group and their health; its forecast goes through all
orders that it permits. Terraform plans as many `terraform_data` resources, for which it needs no
provider. The ratio says the same on any machine. Each is the median of three runs in a process of
its own.
"""

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

CALLS = 1_000
APPLIANCES = 300
RUNS = 3
ROOT = Path(__file__).parents[1]
MOST = 2.5
"""The ratio that a forecast should stay within."""


def measure_forecast(folder: Path) -> tuple[int, int, float]:
    """The changing calls of the plan, the states that were judged, and the CPU seconds."""
    command = [sys.executable, "-m", "tools.large_plan", str(folder), str(CALLS), str(APPLIANCES)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    calls, states, seconds = done.stdout.split()
    return int(calls), int(states), float(seconds)


def measure_terraform(terraform: str, folder: Path) -> float:
    """The CPU seconds of `terraform plan`, its own processes included."""
    blocks = (f'resource "terraform_data" "r{n}" {{\n  input = "{n}"\n}}\n' for n in range(CALLS))
    (folder / "main.tf").write_text("".join(blocks), encoding="utf-8")

    def run(*words: str) -> None:
        command = [terraform, f"-chdir={folder}", *words, "-input=false", "-no-color"]
        subprocess.run(command, capture_output=True, check=True)  # noqa: S603

    run("init")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run("plan")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure, and print both and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        forecasts = [measure_forecast(folder) for _ in range(RUNS)]
        calls, states, _ = forecasts[0]
        ours = statistics.median(seconds for *_, seconds in forecasts)
        print(f"forecast of {calls} calls, {states} states: {ours:.2f} s of CPU")  # noqa: T201
        terraform = shutil.which("terraform")
        if terraform is None:
            print("terraform is not installed: there is nothing to measure against")  # noqa: T201
            return
        theirs = statistics.median(measure_terraform(terraform, folder) for _ in range(RUNS))
        print(f"terraform plan of {CALLS} resources: {theirs:.2f} s of CPU")  # noqa: T201
        print(f"ratio: {ours / theirs:.2f} (at most {MOST} is the aim)")  # noqa: T201


if __name__ == "__main__":
    main()
