"""The expected durations of a kind's phases: of the call, and of the status that is waited for.

No source states the cloud's latency. Where the Terraform provider (terraform-provider-alicloud, the
BuildStateConf calls of the resource files) waits for a time before its first poll, that is taken as
the duration of the status; everything else is assumed, and marked so.
"""

from collections.abc import Mapping
from typing import NamedTuple

FIRST_POLL = "terraform-provider-alicloud: delay of the first poll"
ASSUMED = "assumed"


class Duration(NamedTuple):
    """Expected seconds, and the source of the number."""

    seconds: float
    source: str = ASSUMED


class PhaseDuration(NamedTuple):
    """The expected duration of a phase: of its call, then of the status that is waited for."""

    call: Duration
    status: Duration

    @property
    def seconds(self) -> float:
        """Seconds from the call to the end of the status, without pauses between polls."""
        return self.call.seconds + self.status.seconds


Durations = Mapping[str, PhaseDuration]
"""By phase; of one that has several forms, such as a vSwitch's and a gateway's, the longest."""

AT_ONCE = Duration(0.0)
"""The status of what is done when its call is answered."""
WRITE = Duration(0.25)
"""A call that changes something."""
VPC_CREATE = Duration(0.4)
ECS_CREATE = Duration(0.5)
GWLB_CREATE = Duration(0.6)
PRIVATELINK_CREATE = Duration(0.6)
RUN_INSTANCES = Duration(1.5)
POLLED = Duration(5.0, FIRST_POLL)
"""The status of most kinds."""


def takes(*phases: str, call: Duration = WRITE, status: Duration = AT_ONCE) -> Durations:
    """The same duration for each of these phases."""
    return dict.fromkeys(phases, PhaseDuration(call, status))


TAGGING = takes("tag", "untag")
