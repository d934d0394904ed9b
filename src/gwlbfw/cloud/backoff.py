"""The delays between polls and retries."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """Delays in seconds that grow from `first` by `factor` up to `cap`."""

    first: float
    factor: float
    cap: float
    stated: float = 0.0
    """The part of the stated durations of the cloud that what is waited for may take here."""

    @property
    def list_lag_s(self) -> float:
        """Seconds within which a list shows what was made. UNVERIFIED: half a minute."""
        return self.cap * 3

    def delays(self) -> Iterator[float]:
        """The delays, without end."""
        delay = self.first
        while True:
            yield min(delay, self.cap)
            delay = min(delay * self.factor, self.cap)


CLOUD_BACKOFF = Backoff(first=1.0, factor=1.5, cap=10.0, stated=1.0)
"""For the cloud, whose tasks take seconds to minutes."""

LOOPBACK_BACKOFF = Backoff(first=0.05, factor=1.4, cap=0.5)
"""For a server on this machine."""
