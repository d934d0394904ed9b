"""gwlbfw as a library: `python examples/library.py` deploys the example on a simulated cloud.

For the real cloud only one thing differs: the cloud is `Cloud.alibaba()`.
"""
# ruff: noqa: INP001, T201 - a script that talks to its reader

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from gwlbfw import ApplyReport, Cloud, Event, GwlbfwError, Stack, Topology
from gwlbfw.simulator import simulated_cloud

TOPOLOGY = Path(__file__).parent / "ulanqab.yaml"


def progress(event: Event) -> None:
    """Called whenever something happens to a step."""
    if event.type in ("done", "failed"):
        print(f"  {event.step.address}: {event.step.phase} {event.type} in {event.elapsed_s:.1f} s")


def show(report: ApplyReport) -> None:
    """A failed step is an entry of the report; `check` makes it an exception."""
    report.check()
    print(f"{report.outcome}: {len(report.results)} steps in {report.makespan_s:.1f} s")


async def deploy(cloud: Cloud, state: Path) -> None:
    """Deploy, look at what became of it, and take it all down again."""
    with Stack(Topology.load(TOPOLOGY), cloud, state=state) as stack:
        plan = await stack.plan()
        print(f"to create: {plan.summary['create']}")
        show(await stack.apply(plan, progress))

        again = await stack.plan()
        print(f"nothing left to do: {again.is_empty}")

        verdict = await stack.verify()
        print(f"all Internet traffic is inspected: {verdict.proven}")

        drift = await stack.drift()
        print(f"drifted: {drift.drifted}")

        show(await stack.destroy(progress))


def main() -> int:
    """Run it; the exit code."""
    try:
        with TemporaryDirectory() as folder, simulated_cloud() as simulated:
            asyncio.run(deploy(simulated.cloud, Path(folder)))
            print(f"the region is empty: {simulated.status().empty}")
    except GwlbfwError as problem:  # whatever a user or the cloud can do
        print(f"error: {problem}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
