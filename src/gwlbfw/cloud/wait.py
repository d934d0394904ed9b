"""Polling until what is read is as expected."""

from collections.abc import Callable

from gwlbfw.cloud.call import Raw, Wait, objects, value_at
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.reply_fields import comparable_text
from gwlbfw.errors import Missing, WaitError

OnPoll = Callable[[str], None]
"""Called with the state last seen, after each poll that did not satisfy."""


async def wait_for(
    api: ApiClient, wait: Wait, timeout_s: float, on_poll: OnPoll | None = None
) -> Raw:
    """Read until the expectation holds; the reply that satisfied it.

    The wait's call has no unknown parameters. Raises WaitError with the last state seen.
    """
    end = api.clock.now() + timeout_s
    delays = api.backoff.delays()
    while not is_satisfied(wait, reply := await _fetch(api, wait)):
        seen = describe_state(wait, reply)
        delay = next(delays)
        if api.clock.now() + delay > end:
            raise WaitError(
                f"{wait.read.name} did not say {wait} within {timeout_s:g} s; last seen: {seen}"
            )
        if on_poll:
            on_poll(seen)
        await api.clock.sleep(delay)
    return reply or {}


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
