"""A run in a process of its own, killed at a call; everybody's traffic is seen after each call."""

import os
import subprocess
import sys

from aiohttp import web

from gwlbfw.sim.server import Server
from tests.scenarios.testbed import Content, Testbed
from tests.sweep.kill_proxy import KillProxy
from tests.traffic.watch import Watch

PATIENCE_S = 120


class ProbingProxy(KillProxy):
    """Looks after every changing call."""

    def __init__(self, server: str, watch: Watch) -> None:
        super().__init__(server)
        self._watch = watch

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        before = self.changes
        response = await super()._answer(request)
        if self.changes != before:
            self._watch.look(request.headers["x-acs-action"])
        return response


def run_and_kill(testbed: Testbed, content: Content, watch: Watch) -> None:
    """Carry out a topology in a process that is killed where the watch says."""
    testbed.topology(content)
    verb = "destroy" if watch.statement.plan.destroys else "apply"
    with Server(testbed.simulator) as server, ProbingProxy(server.url, watch) as proxy:
        proxy.arm(watch.at, watch.moment)
        words = ("-m", "tests.traffic.process_to_kill")
        process = subprocess.Popen(
            [sys.executable, *words, server.url, proxy.url, str(testbed.folder), verb],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={name: value for name, value in os.environ.items() if "COVERAGE" not in name},
        )
        with process:
            proxy.victim = process.pid
            said = process.communicate(timeout=PATIENCE_S)[0]
        if process.returncode != -9:
            seen = f"{proxy.changes} calls, to be killed at {watch.at} {watch.moment}"
            watch.objections.append(
                f"it ended with {process.returncode} before its end: {said} ({seen})"
            )
