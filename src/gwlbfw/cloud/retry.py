"""Sending a call again: which failures are worth it, after what pause, and when to give up."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from math import inf

from gwlbfw.cloud.backoff import Backoff
from gwlbfw.cloud.clock import Clock
from gwlbfw.cloud.transport import Reply
from gwlbfw.errors import Busy, CloudError, Throttled, TransportError

Failure = CloudError | TransportError
UNREACHABLE_CAPS = 6
"""The longest pauses that an unreachable server is given: a minute for the cloud."""


@dataclass(frozen=True)
class Retry:
    """A call that failed for the `attempt`-th time (from 1) and is sent again in `delay_s`."""

    action: str
    attempt: int
    delay_s: float
    error: Failure


OnRetry = Callable[[Retry], None]


@dataclass(frozen=True)
class Retrier:
    """Sends a call until it works, fails for good, or its time is up."""

    clock: Clock
    backoff: Backoff
    jitter: Callable[[], float]
    """A factor for each pause."""

    async def run(
        self,
        send: Callable[[], Awaitable[Reply]],
        *,
        repeatable: bool,
        deadline_s: float,
        on_retry: OnRetry | None = None,
    ) -> Reply:
        """The reply of the first attempt that succeeds; raises the last attempt's failure.

        `repeatable` says that sending the same call twice does no harm.
        """
        start = self.clock.now()
        end = start + deadline_s
        for attempt, pause in enumerate(self._pauses(), start=1):
            try:
                return await send()
            except (CloudError, TransportError) as error:
                delay = max(pause, _retry_after_s(error))
                if not is_worth_repeating(error, repeatable=repeatable):
                    raise
                if self.clock.now() + delay > min(end, self._give_up_time(start, error)):
                    raise
                if on_retry:
                    on_retry(Retry(error.action, attempt, delay, error))
            await self.clock.sleep(delay)
        raise AssertionError  # pragma: no cover - the delays never end

    def _give_up_time(self, start: float, error: Failure) -> float:
        """The time at which an unreachable server is given up: sooner than a busy one."""
        unreachable = isinstance(error, TransportError) and not error.sent
        return start + self.backoff.cap * UNREACHABLE_CAPS if unreachable else inf

    def _pauses(self) -> Iterator[float]:
        """The delays with jitter, so that calls refused together don't come back together."""
        for delay in self.backoff.delays():
            yield delay * self.jitter()


def is_worth_repeating(error: Failure, *, repeatable: bool) -> bool:
    """True if the same call may succeed, and do no harm, after this failure.

    A lost answer and a server's own failure leave open whether the call was carried out.
    """
    if isinstance(error, TransportError):
        return not error.final and (repeatable or not error.sent)
    if error.status >= 500:
        return repeatable
    return isinstance(error, Throttled | Busy)


def _retry_after_s(error: Failure) -> float:
    return (error.retry_after or 0.0) if isinstance(error, CloudError) else 0.0
