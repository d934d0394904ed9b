"""A prober: after every call it sends packets of every server, through what is live then."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.execute import Event
from tests.scenarios.existing import Existing
from tests.scenarios.testbed import Testbed
from tests.traffic.raw import facts
from tests.unit.reachability.naive import Naive, Packet

READS = ("Describe", "List", "Get")
ROUTES = ("ModifyRouteEntry", "UpdateGatewayRouteTableEntryAttribute")
PEERS = ("1.1.1.1", "8.8.8.8", "203.0.113.9")
"""Addresses of the Internet that talk to every server, and are talked to by it."""


@dataclass(frozen=True)
class Way:
    """How a server and a peer reach each other: the endpoints on the way in and on the way out."""

    inward: tuple[str, ...]
    outward: tuple[str, ...]
    fates: frozenset[str]
    """How the packets end, both ways."""

    @property
    def connected(self) -> bool:
        return self.fates <= {"internet", "delivered"}

    @property
    def asymmetric(self) -> bool:
        """Whether one way passes other endpoints than the other: a stateful appliance drops it."""
        return self.connected and self.inward != self.outward[::-1]

    @property
    def inspected(self) -> bool:
        return self.connected and bool(self.inward) and not self.asymmetric


Paths = Mapping[tuple[str, str], Way]
"""By server and peer."""


def probe(testbed: Testbed, made: Existing, vpc: str = "prod") -> Paths:
    """The path between every server of the VPC and every peer, at this moment."""
    naive = Naive(facts(testbed, made.ids[vpc]))
    names = {cloud_id: name for name, cloud_id in made.ids.items()}
    found = {}
    for each in naive.facts.instances:
        server = names[str(each["InstanceId"])]
        attributes: Any = each["VpcAttributes"]
        (address,) = attributes["PrivateIpAddress"]["IpAddress"]
        for peer in PEERS:
            found[server, peer] = way_between(naive, attributes["VSwitchId"], address, peer)
    return found


def way_between(naive: Naive, subnet: str, address: str, peer: str) -> Way:
    """How a server with this address in this subnet and a peer reach each other."""
    arriving, leaving = naive.arrive(Packet(address)), naive.leave(subnet, Packet(peer))
    # No network here has two ways for one packet.
    (inward,), (outward,) = arriving, leaving
    return Way(
        tuple(endpoint for endpoint, *_ in inward.via),
        tuple(endpoint for endpoint, *_ in outward.via),
        frozenset({inward.fate, outward.fate}),
    )


@dataclass(frozen=True)
class Sight:
    """What was seen after a call."""

    call: BoundCall
    paths: Paths
    started: frozenset[str]
    done: frozenset[str]

    def servers(self, holds: Callable[[Way], bool]) -> set[str]:
        """The servers with a path of which something holds."""
        return {server for (server, _), path in self.paths.items() if holds(path)}


@dataclass
class Prober:
    """Watches a stack's calls and probes after each, one call at a time.

    With `settles`, what a call sets going comes to its end before the next; without, everything is
    looked at as it is shown while it is under way.
    """

    made: Existing
    settles: bool
    sights: list[Sight] = field(default_factory=list)
    started: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    _seen_at: float = 0.0
    """The cloud's time of the last look."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def watch(self, inner: Transport) -> Transport:
        """The transport that is watched."""
        return _Watched(self, inner)

    def hear(self, event: Event) -> None:
        """What the execution says of its steps."""
        if event.type == "started":
            self.started.add(event.step.id)
        elif event.type == "done" and not event.detail.startswith("declined"):
            self.done.add(event.step.id)

    def sent(self, inner: Transport, call: BoundCall) -> Reply:
        """Send a call, and probe."""
        with self._lock:
            try:
                return inner.send(call)
            finally:
                self._look(call)

    def _look(self, call: BoundCall) -> None:
        testbed, reads = self.made.testbed, call.action.startswith(READS)
        if self.settles and not reads:
            testbed.settle()
        # Only a call that changes something, or time, makes a difference.
        unchanged = reads and self.sights and (self.settles or testbed.clock.now() == self._seen_at)
        self._seen_at = testbed.clock.now()
        now = self.sights[-1].paths if unchanged else probe(testbed, self.made)
        self.sights.append(Sight(call, now, frozenset(self.started), frozenset(self.done)))

    def windows(self, server: str) -> list[Sequence[Sight]]:
        """The runs of sights in which a server's traffic was asymmetric."""
        found: list[list[Sight]] = []
        before = False
        for sight in self.sights:
            now = server in sight.servers(lambda path: path.asymmetric)
            if now and not before:
                found.append([])
            if now:
                found[-1].append(sight)
            before = now
        return [tuple(each) for each in found]

    def longest(self) -> int:
        """The longest window in round trips of calls about routes, from its opening to its closing.

        What else is under way at the same time takes none of that time.
        """
        runs = [each for server in self._servers for each in self.windows(server)]
        return max((sum(_of_routes(each.call) for each in run) for run in runs), default=0)

    @property
    def _servers(self) -> set[str]:
        return {server for sight in self.sights for server, _ in sight.paths}


def _of_routes(call: BoundCall) -> bool:
    return call.action in (*ROUTES, "DescribeRouteEntryList", "ListGatewayRouteTableEntries")


@dataclass(frozen=True)
class _Watched:
    prober: Prober
    inner: Transport

    def send(self, call: BoundCall) -> Reply:
        return self.prober.sent(self.inner, call)
