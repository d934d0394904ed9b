"""Makespans of apply and destroy on the cloud's time, beside what the cloud itself takes for them.

`python -m tools.makespan [SHAPE…]`: the vendor's scenario, and `3x3` for three business VPCs with
three zones each. The tool runs at the pace that it has on the cloud, against the simulator's
realistic latency and lists that lag by two seconds; time passes only while everything waits. Beside
each makespan stands the length of a schedule without any loss: a run whose statuses are read ten
times a second, by calls that take no time, gives the length of each step, and a list schedule puts
them one after the other as needs and serial keys demand, the longest chain first.
"""

import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from math import inf
from pathlib import Path

from gwlbfw import Cloud, Stack
from gwlbfw.cloud.backoff import CLOUD_BACKOFF, Backoff
from gwlbfw.execute import ApplyReport
from gwlbfw.execute.report import StepResult
from gwlbfw.plan.model import Step
from gwlbfw.sim.latency import Duration, Latency, profile
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from tests.scenarios.testbed import Content, Testbed, example
from tests.scenarios.topology_builder import Size, topology
from tests.support.direct_connection import connected
from tests.support.virtual_time import SimulatorClock, TimedPool, TimedSimulator, VirtualTime

SHAPES = ("ulanqab", "3x3", "9x2")
SEEDS = ("1", "2", "3")
ZONES = tuple(f"cn-beijing-{each}" for each in "fikl")
LIST_LAG_S = 2.0
READS = ("*:Describe*", "*:List*", "*:Get*")
CALL_S = 0.5
"""Seconds for which a step holds its serial key that lets it go after its call."""


class _Steady(Backoff):
    """Looks at once, whatever is expected, and ever again."""

    def delays(self) -> Iterator[float]:
        while True:
            yield 0.1


TEN_A_SECOND = _Steady(first=inf, factor=1.0, cap=CLOUD_BACKOFF.cap)


@dataclass(frozen=True)
class Run:
    """One command: what came of it, and its calls."""

    report: ApplyReport
    writes: int
    reads: int

    @property
    def lengths(self) -> Mapping[str, float]:
        """The seconds of each step, by its id."""
        return {each.step.id: each.end_s - each.start_s for each in self.report.results}


def content_of(shape: str) -> Content:
    """The topology of a shape: an example, or `VPCSxZONES`."""
    if "x" not in shape:
        return example(shape)
    vpcs, zones = map(int, shape.split("x"))
    return topology(Size(region="cn-beijing", vpcs=vpcs, zones=ZONES[:zones]))


def run(content: Content, seed: str, *, lossless: bool = False) -> tuple[Run, Run]:
    """Apply and destroy a topology; `lossless` without any time between an end and its notice."""
    loop = VirtualTime()
    latency = profile("realistic", seed=seed)
    latency = _with_instant_reads(latency) if lossless else latency
    settings = Settings(latency=latency, list_lag=LIST_LAG_S)
    simulator = TimedSimulator(Simulator(None, settings, SimulatorClock(loop)))
    with tempfile.TemporaryDirectory() as folder, connected(simulator) as url:
        testbed = Testbed(simulator.simulator, SimulatorClock(loop), url, Path(folder))  # type: ignore[arg-type]
        cloud = Cloud(endpoint_url=url, clock=loop)
        stack = Stack(testbed.topology(content), cloud, state=Path(folder, "state"))
        backoff = TEN_A_SECOND if lossless else CLOUD_BACKOFF
        _set_pace(stack, backoff, TimedPool(loop, simulator, 200 if lossless else 10))
        return loop.run(_apply_and_destroy(stack))


def _with_instant_reads(latency: Latency) -> Latency:
    return replace(latency, calls={**latency.calls, **dict.fromkeys(READS, Duration(0.0))})


def _set_pace(stack: Stack, backoff: Backoff, pool: TimedPool) -> None:
    """Let a stack go at a pace that its endpoint, which is on this machine, does not have."""
    api = stack.api
    api.backoff, api._pool = backoff, pool  # noqa: SLF001
    api._retrier = replace(api._retrier, backoff=backoff, jitter=lambda: 0.5)  # noqa: SLF001


async def _apply_and_destroy(stack: Stack) -> tuple[Run, Run]:
    runs: list[Run] = []
    for work in (_apply, Stack.destroy):
        before = stack.api.calls.copy()
        report = await work(stack)
        if report.outcome != "done":
            raise SystemExit(f"a run ended otherwise than well: {report.outcome}")
        calls = stack.api.calls - before
        names = [name.partition(":")[2] for name in calls.elements()]
        reads = sum(name.startswith(("Describe", "List", "Get")) for name in names)
        runs.append(Run(report, len(names) - reads, reads))
    applied, destroyed = runs
    return applied, destroyed


async def _apply(stack: Stack) -> ApplyReport:
    return await stack.apply(await stack.plan())


def schedule_s(results: Sequence[StepResult], lengths: Mapping[str, float]) -> float:
    """The length of a list schedule of a run's steps, the longest chain first."""
    steps = {each.step.id: each.step for each in results}
    tails = _tails(steps, lengths)
    waiting = sorted(steps, key=lambda each: -tails[each])
    running: list[tuple[float, str, str]] = []
    done: set[str] = set()
    held: set[str] = set()
    now = 0.0
    while waiting or running:
        for each in [each for each in waiting if steps[each].needs <= done]:
            step = steps[each]
            if step.serial in held:
                continue
            waiting.remove(each)
            for event in _events(step, now, lengths[each]):
                heappush(running, event)
            held |= {step.serial} - {""}
        now, ended, freed = heappop(running)
        done |= {ended} - {""}
        held -= {freed}
    return now


def _events(step: Step, start: float, length: float) -> Iterator[tuple[float, str, str]]:
    """When a step ends, and when it lets its serial key go."""
    if step.through or not step.serial:
        yield start + length, step.id, step.serial
    else:
        yield start + length, step.id, ""
        yield start + min(CALL_S, length), "", step.serial


def _tails(steps: Mapping[str, Step], lengths: Mapping[str, float]) -> Mapping[str, float]:
    """By step, the seconds of the longest chain that it begins."""
    after: defaultdict[str, float] = defaultdict(float)
    tails: dict[str, float] = {}
    for key in reversed([*steps]):
        tails[key] = lengths[key] + after[key]
        for need in steps[key].needs:
            after[need] = max(after[need], tails[key])
    return tails


def measure(shape: str, seed: str) -> Iterator[tuple[Run, float]]:
    """An apply and a destroy of a shape, each with the length of the schedule without loss."""
    content = content_of(shape)
    lossless = run(content, seed, lossless=True)
    for real, least in zip(run(content, seed), lossless, strict=True):
        yield real, schedule_s(least.report.results, least.lengths)


def main(shapes: Sequence[str], seeds: Sequence[str] = SEEDS) -> None:
    """Print a row for each shape and command, with means over the seeds."""
    print("shape    command  makespan s  schedule s  ratio  writes  reads")  # noqa: T201
    for shape in shapes:
        rows = [[*measure(shape, seed)] for seed in seeds]
        for command, runs in zip(("apply", "destroy"), zip(*rows, strict=True), strict=True):
            took = sum(each.report.makespan_s for each, _ in runs) / len(runs)
            least = sum(schedule for _, schedule in runs) / len(runs)
            writes = sum(each.writes for each, _ in runs) // len(runs)
            reads = sum(each.reads for each, _ in runs) // len(runs)
            print(  # noqa: T201
                f"{shape:8} {command:7}  {took:>10.1f}  {least:>10.1f}  {took / least:>5.2f}"
                f"  {writes:>6}  {reads:>5}"
            )


if __name__ == "__main__":
    main(sys.argv[1:] or SHAPES)
