"""The settings of a simulated cloud."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gwlbfw.sim.latency import Latency
from gwlbfw.sim.randomness import new_request_id


@dataclass(frozen=True)
class CannedOutput:
    """Output and exit code of commands whose text contains `containing`."""

    containing: str
    output: str = ""
    exit_code: int = 0
    instance_id: str = ""
    """The one instance where this holds; empty for all."""


@dataclass(frozen=True)
class Settings:
    """The settings of one simulated cloud; the defaults are those of the command line."""

    region: str = "cn-wulanchabu"
    """The region of a call that names none, neither itself nor by the ids it mentions."""
    transition: float = 0.05
    """Seconds that one status lasts before the next, unless there is a latency profile."""
    latency: Latency | None = None
    """Durations of calls and statuses; without a profile, calls take no time."""
    strict: bool = False
    """Refuse parameters that the action doesn't have, which the cloud ignores."""
    list_lag: float = 0.0
    """Seconds until a new resource is in lists and tag reads that don't name it."""
    activity_file: Path | None = None
    """The file of the activity log, one JSON object a line; in memory only if None."""
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Secrets by access key; signatures are verified if there is any, else every key will do."""
    signature_age: float = 900.0
    """Seconds that a verified signature's date may be off; 0 accepts any, and used nonces too."""
    account: str = "1000000000000001"
    """The account that configured (or arbitrary) keys belong to."""
    seed: str = "gwlbfw"
    """The seed of ids, latencies and faults."""
    endpoints_in_gateway_tables: bool = True
    """Allow GWLB endpoints as next hops in gateway route tables (UNVERIFIED by API)."""
    geneve_is_probed: bool = False
    """Call a server unhealthy that drops GENEVE (UDP 6081), which probes of the cloud don't try."""
    quotas: Mapping[str, int] = field(default_factory=dict)
    """Numbers of quotas by name, where they are not the usual ones."""
    fixtures: tuple[Path, ...] = ()
    """Files of calls that an empty cloud begins with; `FILE#LABEL` stops at a label."""
    offer_file: Path | None = None
    """A file of images and instance types beside those built in, or instead of one of them."""
    commands: tuple[CannedOutput, ...] = ()
    """Output of Cloud Assistant's commands, first match first; others succeed silently."""
    privatelink_open: bool = True
    """Every account has opened PrivateLink without having to order it."""
    request_id: Callable[[], str] = new_request_id

    def status_duration(self, kind: str, status: str, key: str) -> float:
        """Seconds that a status of a kind of record lasts."""
        if self.latency is None:
            return self.transition
        return self.latency.status(kind, status, key)

    def call_duration(self, product: str, action: str, number: int) -> float:
        """Seconds until the answer to the call of this number."""
        return self.latency.call(product, action, number) if self.latency else 0.0
