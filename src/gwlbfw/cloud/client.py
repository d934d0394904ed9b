"""The asynchronous client of the cloud's APIs: send, read, list every page, send with retries."""

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from copy import copy
from dataclasses import replace

from gwlbfw.cloud.backoff import Backoff
from gwlbfw.cloud.call import Call, Raw, Value, objects
from gwlbfw.cloud.clock import Clock
from gwlbfw.cloud.paging import Paging, merge_pages
from gwlbfw.cloud.randomness import random_jitter
from gwlbfw.cloud.retry import Failure, OnRetry, Retrier, Retry
from gwlbfw.cloud.transport import Reply, Transport, bind
from gwlbfw.errors import CloudError, TransportError
from gwlbfw.openapi import catalogue

_log = logging.getLogger(__name__)
READ_DEADLINE_S = 120.0
"""The time for which a reading call is retried."""
LONG_WAIT_S = 10.0
"""Seconds of retries after which a reading call is announced, and after which again."""
BeforeRetry = Callable[[Failure], Awaitable[Reply | None]]
"""Called before a retry: a reply makes the retry needless, None lets it go on.

An exception takes the place of the call's own failure.
"""


class ApiClient:
    """Sends calls to one region, from a bounded pool of threads; their parameters are all known."""

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        backoff: Backoff,
        region: str,
        *,
        parallelism: int = 16,
        jitter: Callable[[], float] = random_jitter,
    ) -> None:
        self.clock = clock
        self.backoff = backoff
        self.region = region
        self.announce: Callable[[str], None] = lambda _: None
        """Called with one line on a reading call that has been retried for long."""
        self.calls: Counter[str] = Counter()
        """The number of calls sent by action, such as `vpc:DescribeVpcs`."""
        self._transport = transport
        self._pool: Executor = ThreadPoolExecutor(parallelism, thread_name_prefix="gwlbfw-call")
        self._closed = threading.Event()
        self._retrier = Retrier(clock, backoff, jitter)

    def with_clock(self, clock: Clock) -> "ApiClient":
        """The same client, connections and counts, with another clock for pauses and deadlines."""
        other = copy(self)
        other.clock = clock
        other._retrier = replace(self._retrier, clock=clock)  # noqa: SLF001 - of its own kind
        return other

    async def send(self, call: Call) -> Reply:
        """Send once. Raises what the transport raises: CloudError, TransportError."""
        if self._closed.is_set():
            message = "this stack was closed: make another one to go on"
            raise RuntimeError(message)
        ready = bind(call, self.region)
        self.calls[call.name] += 1
        loop = asyncio.get_running_loop()
        try:
            reply = await loop.run_in_executor(self._pool, self._transport.send, ready)
        except (CloudError, TransportError) as problem:
            _log.debug("%s", problem)
            raise
        _log.debug("%s answered, RequestId %s", call.name, reply.request_id)
        return reply

    async def read(
        self, call: Call, *, deadline_s: float = READ_DEADLINE_S, on_retry: OnRetry | None = None
    ) -> Raw:
        """The reply to a call that changes nothing; retried while the cloud is busy."""
        reply = await self._retrier.run(
            lambda: self.send(call),
            repeatable=True,
            deadline_s=deadline_s,
            on_retry=on_retry or self._announcer(),
        )
        return reply.body

    def _announcer(self) -> OnRetry:
        """Announces what a call waits for, once it has done so for long, and from time to time."""
        begun = said = self.clock.now()

        def on_retry(retry: Retry) -> None:
            nonlocal said
            now = self.clock.now()
            if now - said >= LONG_WAIT_S:
                said = now
                self.announce(f"waiting for {now - begun:.0f} s: {retry.error}")

        return on_retry

    async def list_all(self, call: Call, items: str) -> list[Raw]:
        """The objects at the dotted path `items` of every page of a listing, in order."""
        return objects(await self.list_merged(call, items), items)

    async def list_merged(self, call: Call, items: str) -> Raw:
        """The reply of a listing with all its pages merged into one."""
        paging = Paging.of(call)
        pages: list[Raw] = []
        while (more := paging.next_page()) is not None:
            pages.append(await self.read(_with(call, more)))
            paging.take(pages[-1], items)
        return merge_pages(pages, items)

    async def send_retrying(
        self,
        call: Call,
        *,
        token: str | None = None,
        deadline_s: float,
        repeatable: bool = False,
        on_retry: OnRetry | None = None,
        before_retry: BeforeRetry | None = None,
    ) -> Reply:
        """Send a changing call until it works, is refused for good, or `deadline_s` have passed.

        `token` goes along as ClientToken where the action has one, the same on every attempt:
        the cloud then carries the call out once. Without that, a call whose answer was lost is
        sent again only if it is `repeatable`; else the TransportError is raised.
        """
        safe = token is not None and takes_token(call)
        ready = _with(call, {"ClientToken": token}) if safe and token is not None else call
        return await self._retrier.run(
            self._with_hook(ready, before_retry),
            repeatable=safe or repeatable,
            deadline_s=deadline_s,
            on_retry=on_retry,
        )

    def _with_hook(
        self, call: Call, before_retry: BeforeRetry | None
    ) -> Callable[[], Awaitable[Reply]]:
        last: Failure | None = None

        async def send() -> Reply:
            nonlocal last
            if last and before_retry and (reply := await before_retry(last)):
                return reply
            try:
                return await self.send(call)
            except (CloudError, TransportError) as failure:
                last = failure
                raise

        return send

    def close(self) -> None:
        """End the threads, once the calls in flight are over; nothing can be sent any more."""
        self._closed.set()
        self._pool.shutdown(wait=True)


def takes_token(call: Call) -> bool:
    """True if the action has a parameter ClientToken."""
    action = catalogue().get((call.product, call.action))
    return action is not None and "ClientToken" in action.parameters


def _with(call: Call, params: Mapping[str, Value]) -> Call:
    return replace(call, params={**call.params, **params})
