"""Networks that exist already in a simulated cloud, for the commands to work on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from tests.cli.running import CommandResult, gwlbfw
from tests.scenarios.existing import Existing, brownfield, network
from tests.scenarios.testbed import Content, Testbed

FILE = "topology.yaml"
REGION = "cn-wulanchabu"
STRAY = "8.8.8.0/24"
"""What a stray route leads past the firewall."""


@dataclass(frozen=True)
class Site:
    """A VPC that serves traffic behind its IPv4 gateway; `topology.yaml` puts a firewall in."""

    made: Existing
    folder: Path

    def run(self, *words: str) -> CommandResult:
        """A command on it."""
        done = gwlbfw(*words, "--endpoint-url", self.made.testbed.url)
        return CommandResult(words, done.code, done.out, done.err)

    def stray(self) -> None:
        """A route past the firewall in a table that was there before."""
        self.made.route("table-app-b", "gateway", STRAY)

    def straighten(self) -> None:
        """Take the stray route away again."""
        self.made.testbed.done(
            "vpc:DeleteRouteEntry",
            RouteTableId=self.made.ids["table-app-b"],
            DestinationCidrBlock=STRAY,
            NextHopId=self.made.ids["gateway"],
        )


@contextmanager
def site(
    folder: Path,
    make: Callable[[Testbed], Existing] = network,
    wish: Callable[[Existing], Content] = brownfield,
) -> Iterator[Site]:
    """The network, in a cloud where nothing takes time."""
    clock = TurnedClock(1_750_000_000.0)
    simulator = Simulator(None, Settings(transition=0.0), clock)
    with Server(simulator) as server:
        testbed = Testbed(simulator, clock, server.url, folder)
        made = make(testbed)
        testbed.topology(wish(made))
        yield Site(made, folder)
    simulator.close()
