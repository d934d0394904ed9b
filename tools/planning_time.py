"""Seconds of a plan that adds appliances to a stack that runs, read from the simulator and all.

`python -m tools.planning_time [NUMBER…]`. The vendor's scenario is applied first; then `Stack.plan`
plans it with so many appliances more, half of them in each zone. Beside the calls and the states of
traffic that were judged stand wall-clock and CPU seconds, of which the simulator, which runs in the
same process, has its share.
"""

import sys
import tempfile
import time
from copy import deepcopy
from pathlib import Path

from tests.scenarios.conftest import served
from tests.scenarios.testbed import Content, Testbed, example

NUMBERS = (0, 16, 64, 300)
SCENARIO = "ulanqab"


def with_appliances(number: int) -> Content:
    """The scenario with so many appliances more."""
    content = deepcopy(example(SCENARIO))
    appliances = content["security_vpc"]["appliances"]
    models = [*appliances.values()]
    for each in range(number):
        appliances[f"more-{each:03}"] = {**models[each % len(models)]}
    return content


def measure(testbed: Testbed, number: int) -> tuple[int, int, float, float]:
    """Calls, states, and wall-clock and CPU seconds of the plan with so many appliances more."""
    stack = testbed.stack(with_appliances(number))
    begun, cpu = time.perf_counter(), time.process_time()
    plan = stack.plan()
    took, worked = time.perf_counter() - begun, time.process_time() - cpu
    forecast = plan.forecast
    if forecast is not None and (forecast.unjudged or forecast.consent):
        raise SystemExit(f"the plan with {number} more was not judged, or harms traffic")
    calls = sum(step.call is not None for step in plan.steps)
    return calls, forecast.states if forecast else 0, took, worked


def main(numbers: tuple[int, ...]) -> None:
    """Apply the scenario, and print a row for each number."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as testbed:
        testbed.stack(example(SCENARIO)).apply()
        print("appliances  calls  states  seconds  CPU seconds")  # noqa: T201
        for number in numbers:
            calls, states, took, worked = measure(testbed, number)
            row = f"{f'+{number}':>10}  {calls:>5}  {states:>6}  {took:>7.2f}  {worked:>11.2f}"
            print(row)  # noqa: T201


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or NUMBERS)
