"""Polling until what is read is as expected."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from math import inf

from gwlbfw.cloud.call import Raw, Wait, objects, value_at
from gwlbfw.cloud.client import LONG_WAIT_S, ApiClient
from gwlbfw.cloud.reply_fields import comparable_text
from gwlbfw.errors import Gone, Missing, Occupied, WaitError

OnPoll = Callable[[str], None]
"""Called with the state last seen, after each poll that did not satisfy, and in a long pause."""
_STATES = ("Status", "Enabled")
"""The ends of the names of properties that change by themselves while something is made."""


async def wait_for(
    api: ApiClient,
    wait: Wait,
    timeout_s: float,
    on_poll: OnPoll | None = None,
    limits: "Limits | None" = None,
    pauses: Iterator[float] | None = None,
) -> Raw:
    """Read until the expectation holds; the reply that satisfied it.

    `pauses` are the seconds before each poll; without, the first comes at once, and what follows
    is the backoff's. The wait's call has no unknown parameters. Raises WaitError with the last
    state seen; Gone and Occupied where `limits` say so.
    """
    limits = limits or Limits(api.backoff.list_lag_s * 2)
    start = api.clock.now()
    absent, other = _Since(limits.absent_s), _Since(limits.other_s)
    delays = pauses or chain([0.0], api.backoff.delays())
    seen = "not looked at yet"
    await _pause(api, min(next(delays), timeout_s), partial(on_poll, seen) if on_poll else None)
    while not is_satisfied(wait, reply := await _fetch(api, wait)):
        seen, now = describe_state(wait, reply), api.clock.now()
        if absent.too_long(now, is_absent(wait, reply, limits)):
            raise Gone(f"{_named(wait)} has not been there for {now - absent.since:.0f} s")
        if other.too_long(now, is_another(wait, reply)):
            raise Occupied(f"{_named(wait)} says {seen} instead of {wait}")
        delay = next(delays)
        if now + delay > start + timeout_s:
            raise WaitError(
                f"{wait.read.name} did not say {wait} within {timeout_s:g} s; last seen: {seen}"
            )
        if on_poll:
            on_poll(seen)
        await _pause(api, delay, partial(on_poll, seen) if on_poll else None)
    return reply or {}


async def _pause(api: ApiClient, seconds: float, tell: Callable[[], None] | None) -> None:
    """Sleep, and tell of it whenever that takes long."""
    while seconds > LONG_WAIT_S:
        await api.clock.sleep(LONG_WAIT_S)
        seconds -= LONG_WAIT_S
        if tell:
            tell()
    if seconds > 0:
        await api.clock.sleep(seconds)


@dataclass(frozen=True)
class Limits:
    """The seconds for which a wait puts up with what will hardly become what it waits for."""

    absent_s: float
    """That the cloud does not know it, though lists have had the time to show it."""
    other_s: float = inf
    """That it is in its final state, and another one."""
    may_be_empty: bool = False
    """True if a list without it says nothing about its being there."""


@dataclass
class _Since:
    """The moment since which a state lasts."""

    limit_s: float
    since: float = inf

    def too_long(self, now: float, holds: bool) -> bool:  # noqa: FBT001 - what was seen
        """True once the state has been seen to hold for as long as the limit."""
        self.since = min(self.since, now) if holds else inf
        return now - self.since >= self.limit_s


def is_absent(wait: Wait, reply: Raw | None, limits: Limits) -> bool:
    """True if the cloud does not know what is waited for."""
    return reply is None or not (limits.may_be_empty or wait.gone or _matching(wait, reply))


def is_another(wait: Wait, reply: Raw | None) -> bool:
    """True if something is there in its final state, and only what it is differs."""
    states = {path: v for path, v in wait.until.items() if path.endswith(_STATES)}
    matching = _matching(wait, reply)
    final = [item for item in matching if _is_as_wanted(replace(wait, until=states), item)]
    return bool(matching) and len(final) == len(matching) and states != dict(wait.until)


def _named(wait: Wait) -> str:
    params = ", ".join(f"{name}={value}" for name, value in wait.read.params.items())
    return f"what {wait.read.name} is asked for ({params})"


async def poll_once(api: ApiClient, wait: Wait) -> bool:
    """Read once; True if the expectation holds."""
    return is_satisfied(wait, await _fetch(api, wait))


async def _fetch(api: ApiClient, wait: Wait) -> Raw | None:
    """The reply, with every page; None where the cloud says that there is no such thing."""
    try:
        return await api.list_merged(wait.read, wait.items)
    except Missing:
        return None


def is_satisfied(wait: Wait, reply: Raw | None) -> bool:
    """True if the reply is as expected; None stands for the reply that there is no such thing."""
    matching = _matching(wait, reply)
    if wait.gone:
        return not matching
    return sum(1 for item in matching if _is_as_wanted(wait, item)) >= wait.at_least


def describe_state(wait: Wait, reply: Raw | None) -> str:
    """The properties waited for as the reply has them, for people."""
    matching = _matching(wait, reply)
    if not matching:
        return "nothing there"
    seen = [
        ", ".join(f"{path}={comparable_text(value_at(each, path))}" for path in wait.until)
        for each in matching
    ]
    return "; ".join(each or "still there" for each in seen[:5])


def _matching(wait: Wait, reply: Raw | None) -> list[Raw]:
    found = [] if reply is None else objects(reply, wait.items)
    return [
        item
        for item in found
        if all(
            comparable_text(value_at(item, path)) == comparable_text(value)
            for path, value in wait.where.items()
        )
    ]


def _is_as_wanted(wait: Wait, item: Raw) -> bool:
    return all(
        comparable_text(value_at(item, path)) in {comparable_text(value) for value in values}
        for path, values in wait.until.items()
    )
