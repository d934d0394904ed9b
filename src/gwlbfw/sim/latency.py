"""How long the simulated cloud takes: for a call to be answered, and for a status to pass.

No source says how long the cloud takes. Where the Terraform provider (terraform-provider-alicloud,
the BuildStateConf calls of the resource files) waits for a time before it asks for the first
time, that is taken as the time; everything else is assumed, and says so.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from gwlbfw.sim.errors import SimulatorError

PROVIDER = "terraform-provider-alicloud: delay of the first poll"
ASSUMED = "assumed"


@dataclass(frozen=True)
class Time:
    """Seconds, and where the number comes from."""

    seconds: float
    source: str = ASSUMED


@dataclass(frozen=True)
class Latency:
    """A profile: the time that calls and statuses take, drawn by the seed within the jitter."""

    calls: Mapping[str, Time] = field(default_factory=dict)
    """By a pattern of `product:Action`; the first that matches counts, none is no time."""
    statuses: Mapping[str, Time] = field(default_factory=dict)
    """By `kind:Status` or, where that is not named, by `kind`."""
    otherwise: Time = Time(0.0)
    """What any other status lasts."""
    jitter: float = 0.0
    """By which part of itself a time is longer or shorter at most."""
    speed: float = 1.0
    """How many times faster than said everything goes."""
    seed: str = "gwlbfw"

    def call(self, product: str, action: str, number: int) -> float:
        """Seconds until the answer to the call of this number."""
        name = f"{product}:{action}"
        for pattern, time in self.calls.items():
            if fnmatchcase(name, pattern):
                return self._drawn(time, f"{name}/{number}")
        return 0.0

    def status(self, kind: str, status: str, drawn_for: str) -> float:
        """Seconds that a status of a kind of record lasts."""
        known = self.statuses
        time = known.get(f"{kind}:{status}") or known.get(kind) or self.otherwise
        return self._drawn(time, drawn_for)

    def _drawn(self, time: Time, drawn_for: str) -> float:
        digest = hashlib.sha256(f"{self.seed}/{drawn_for}".encode()).digest()
        share = int.from_bytes(digest[:8], "big") / 2**64
        return time.seconds * (1 + self.jitter * (2 * share - 1)) / self.speed


def _none() -> Latency:
    return Latency()


def _fast() -> Latency:
    return Latency(otherwise=Time(0.05))


def _realistic() -> Latency:
    return Latency(REALISTIC_CALLS, REALISTIC_STATUSES, Time(5.0, PROVIDER), jitter=0.3)


REALISTIC_CALLS: Mapping[str, Time] = {
    "ecs:RunInstances": Time(1.5),
    "ecs:Create*": Time(0.5),
    "vpc:Create*": Time(0.4),
    "gwlb:Create*": Time(0.6),
    "privatelink:Create*": Time(0.6),
    "*:Describe*": Time(0.12),
    "*:List*": Time(0.12),
    "*:Get*": Time(0.1),
    "sim:*": Time(0.0),
    "*": Time(0.25),
}
"""Seconds for a call to be answered: all assumed, of the order of a call within a region."""

REALISTIC_STATUSES: Mapping[str, Time] = {
    "vpc": Time(5.0, PROVIDER),
    "vswitch": Time(3.0),
    "route_table": Time(5.0, PROVIDER),
    "route_table:Deleting": Time(10.0, PROVIDER),
    "route_entry": Time(3.0, "terraform-provider-alicloud: pause between tries of a route entry"),
    "gateway_route_entry": Time(3.0),
    "ipv4_gateway": Time(5.0, PROVIDER),
    "eip": Time(2.0),
    "nat_gateway": Time(30.0),
    "snat_entry": Time(5.0, PROVIDER),
    "route_target_group": Time(10.0, "help page of route target groups: a switch under 10 s"),
    "route_target_group:probe": Time(10.0, "help page: three failed probes within 30 s"),
    "load_balancer": Time(5.0, PROVIDER),
    "load_balancer:Provisioning": Time(30.0),
    "server_group": Time(5.0, PROVIDER),
    "server_group:Configuring": Time(20.0, PROVIDER),
    "server_group_member": Time(20.0, PROVIDER),
    "server_group_member:Initial": Time(
        10.0, "help page of GWLB health checks: until the second good probe"
    ),
    "listener": Time(5.0, PROVIDER),
    "endpoint_service": Time(5.0, PROVIDER),
    "endpoint_service_resource": Time(5.0, PROVIDER),
    "endpoint": Time(30.0, f"{PROVIDER} (60 s), halved because it is asked once"),
    "endpoint:connection": Time(10.0),
    "endpoint:Deleting": Time(5.0, PROVIDER),
    "endpoint_zone": Time(20.0, f"{PROVIDER} (60 s), for three statuses"),
    "endpoint_zone:Deleting": Time(5.0, PROVIDER),
    "privatelink_call": Time(3.0),
    "instance:Pending": Time(10.0, PROVIDER),
    "instance:Starting": Time(20.0),
    "instance:Stopping": Time(20.0),
    "instance:Stopped": Time(5.0),
    "invocation": Time(2.0),
}
"""Seconds that a status lasts, by kind of record."""

PROFILES: Mapping[str, Callable[[], Latency]] = {
    "none": _none,
    "fast": _fast,
    "realistic": _realistic,
}
"""Profiles by name: nothing takes time; statuses take a moment; about what the cloud takes."""


def profile(name: str, speed: float = 1.0, seed: str = "gwlbfw") -> Latency:
    """The profile of a name, so many times faster, drawn by a seed."""
    if name not in PROFILES:
        raise SimulatorError(f"There is no latency profile {name}: there are {', '.join(PROFILES)}")
    if not speed > 0:
        raise SimulatorError(f"The speed of a latency profile is above 0, not {speed}")
    return replace(PROFILES[name](), speed=speed, seed=seed)
