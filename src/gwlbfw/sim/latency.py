"""Latency profiles of the simulated cloud: durations of calls and of statuses.

No source states the cloud's latency. Where the Terraform provider (terraform-provider-alicloud,
the BuildStateConf calls of the resource files) waits for a time before it asks for the first
time, that is taken as the duration; everything else is assumed, and marked so.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from gwlbfw.sim.errors import SimulatorError

PROVIDER = "terraform-provider-alicloud: delay of the first poll"
ASSUMED = "assumed"


@dataclass(frozen=True)
class Duration:
    """Seconds, and where the number comes from."""

    seconds: float
    source: str = ASSUMED


@dataclass(frozen=True)
class Latency:
    """A profile: durations of calls and statuses, drawn by the seed within the jitter."""

    calls: Mapping[str, Duration] = field(default_factory=dict)
    """By a pattern of `product:Action`; the first that matches counts, none is no time."""
    statuses: Mapping[str, Duration] = field(default_factory=dict)
    """By `kind:Status` or, where that is not named, by `kind`."""
    default: Duration = Duration(0.0)
    """The duration of any other status."""
    jitter: float = 0.0
    """The share by which a duration is longer or shorter at most."""
    speed: float = 1.0
    """The factor by which all durations are shorter."""
    seed: str = "gwlbfw"

    def call(self, product: str, action: str, number: int) -> float:
        """Seconds until the answer to the call of this number."""
        name = f"{product}:{action}"
        for pattern, time in self.calls.items():
            if fnmatchcase(name, pattern):
                return self._jittered(time, f"{name}/{number}")
        return 0.0

    def status(self, kind: str, status: str, key: str) -> float:
        """Seconds that a status of a kind of record lasts."""
        known = self.statuses
        time = known.get(f"{kind}:{status}") or known.get(kind) or self.default
        return self._jittered(time, key)

    def _jittered(self, time: Duration, key: str) -> float:
        digest = hashlib.sha256(f"{self.seed}/{key}".encode()).digest()
        share = int.from_bytes(digest[:8], "big") / 2**64
        return time.seconds * (1 + self.jitter * (2 * share - 1)) / self.speed


def _none() -> Latency:
    return Latency()


def _fast() -> Latency:
    return Latency(default=Duration(0.05))


def _realistic() -> Latency:
    return Latency(REALISTIC_CALLS, REALISTIC_STATUSES, Duration(5.0, PROVIDER), jitter=0.3)


REALISTIC_CALLS: Mapping[str, Duration] = {
    "ecs:RunInstances": Duration(1.5),
    "ecs:Create*": Duration(0.5),
    "vpc:Create*": Duration(0.4),
    "gwlb:Create*": Duration(0.6),
    "privatelink:Create*": Duration(0.6),
    "*:Describe*": Duration(0.12),
    "*:List*": Duration(0.12),
    "*:Get*": Duration(0.1),
    "sim:*": Duration(0.0),
    "*": Duration(0.25),
}
"""Seconds for a call to be answered: all assumed, of the order of a call within a region."""

REALISTIC_STATUSES: Mapping[str, Duration] = {
    "vpc": Duration(5.0, PROVIDER),
    "vswitch": Duration(3.0),
    "route_table": Duration(5.0, PROVIDER),
    "route_table:Deleting": Duration(10.0, PROVIDER),
    "route_entry": Duration(
        3.0, "terraform-provider-alicloud: pause between tries of a route entry"
    ),
    "gateway_route_entry": Duration(3.0),
    "ipv4_gateway": Duration(5.0, PROVIDER),
    "eip": Duration(2.0),
    "nat_gateway": Duration(30.0),
    "nat_gateway:Modifying": Duration(5.0, PROVIDER),
    "snat_entry": Duration(5.0, PROVIDER),
    "forward_entry": Duration(5.0, PROVIDER),
    "nat_ip": Duration(5.0, PROVIDER),
    "havip": Duration(5.0, PROVIDER),
    "bandwidth_package": Duration(5.0, PROVIDER),
    "route_target_group": Duration(10.0, "help page of route target groups: a switch under 10 s"),
    "route_target_group:probe": Duration(10.0, "help page: three failed probes within 30 s"),
    "load_balancer": Duration(5.0, PROVIDER),
    "load_balancer:Provisioning": Duration(30.0),
    "server_group": Duration(5.0, PROVIDER),
    "server_group:Configuring": Duration(20.0, PROVIDER),
    "server_group_member": Duration(20.0, PROVIDER),
    "server_group_member:Initial": Duration(
        10.0, "help page of GWLB health checks: until the second good probe"
    ),
    "listener": Duration(5.0, PROVIDER),
    "endpoint_service": Duration(5.0, PROVIDER),
    "endpoint_service_resource": Duration(5.0, PROVIDER),
    "endpoint": Duration(30.0, f"{PROVIDER} (60 s), halved because it is polled once"),
    "endpoint:connection": Duration(10.0),
    "endpoint:Deleting": Duration(5.0, PROVIDER),
    "endpoint_zone": Duration(20.0, f"{PROVIDER} (60 s), for three statuses"),
    "endpoint_zone:Deleting": Duration(5.0, PROVIDER),
    "privatelink_call": Duration(3.0),
    "instance:Pending": Duration(10.0, PROVIDER),
    "instance:Starting": Duration(20.0),
    "instance:Stopping": Duration(20.0),
    "instance:Stopped": Duration(5.0),
    "invocation": Duration(2.0),
}
"""Seconds that a status lasts, by kind of record."""

PROFILES: Mapping[str, Callable[[], Latency]] = {
    "none": _none,
    "fast": _fast,
    "realistic": _realistic,
}
"""Profiles by name: no latency; short statuses; about the latency of the cloud."""


def profile(name: str, speed: float = 1.0, seed: str = "gwlbfw") -> Latency:
    """The profile of a name, so many times faster, drawn by a seed."""
    if name not in PROFILES:
        raise SimulatorError(f"There is no latency profile {name}: there are {', '.join(PROFILES)}")
    if not speed > 0:
        raise SimulatorError(f"The speed of a latency profile is above 0, not {speed}")
    return replace(PROFILES[name](), speed=speed, seed=seed)
