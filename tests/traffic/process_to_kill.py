"""An apply or destroy in a process of its own, which may be killed: `URL FOLDER VERB`.

Its waits turn the clock of the simulator at the URL, instead of taking time.
"""

import json
import sys
import urllib.request
from pathlib import Path

from gwlbfw import Cloud, Stack, Topology
from gwlbfw.cloud.clock import ManualClock
from tests.traffic.consent import consented


def main(simulator: str, endpoint: str, folder: str, verb: str) -> None:
    """Plan, and carry that out with the consent that the plan asks for."""

    def turn(seconds: float) -> None:
        body, header = json.dumps({"advance": seconds}).encode(), {"X-Gwlbfw-Control": "prober"}
        request = urllib.request.Request(f"{simulator}/-/clock", body, header, method="POST")  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
            reply.read()

    cloud = Cloud(endpoint_url=endpoint, clock=ManualClock(on_sleep=turn))
    topology = Topology.load(Path(folder, "topology.yaml"))
    with Stack(topology, cloud, state=Path(folder, "state"), parallelism=1) as stack:
        plan = stack.sync.plan(destroy=verb == "destroy")
        report = stack.sync.apply(plan, **consented(plan))
    failures = (f"{each.step.id}: {each.error}" for each in report.failures)
    print(report.outcome, *failures)  # noqa: T201 - what the test shows where it fails


if __name__ == "__main__":
    main(*sys.argv[1:])
