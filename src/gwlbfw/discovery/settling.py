"""Waiting until nothing is in transition: a plan is made from statuses that last.

A command that was interrupted leaves resources in transition. Their state is neither the one before
nor the one to come: an EIP that still has its instance loses it, an endpoint that is being deleted
blocks another.
"""

from collections.abc import Callable, Iterator, Mapping
from math import inf

from gwlbfw.cloud.call import Raw
from gwlbfw.cloud.client import LONG_WAIT_S
from gwlbfw.discovery.fetch import Fetcher
from gwlbfw.discovery.listing import Snapshot, fetch_snapshot
from gwlbfw.discovery.live import live_state
from gwlbfw.discovery.scope import Scope
from gwlbfw.resources.graph import Live
from gwlbfw.resources.resource import Found, kinds

PATIENCE_S = 120.0
"""The time after which live state is taken as it is, whatever it says of itself."""

Absent = Callable[[Live], str]
"""The thing that is not listed although it must be there, in words; empty if there is none."""


async def fetch_settled(
    fetcher: Fetcher,
    scope: Scope,
    absent: Absent,
    on_message: Callable[[str], None],
    *,
    passing: bool = True,
) -> Live:
    """Fetch live state until nothing is absent and, with `passing`, nothing is in transition.

    It is taken as it is once PATIENCE_S are over. The fetcher holds the lists of the last look.
    """
    api = fetcher.api
    begun = api.clock.now()
    delays = api.backoff.delays()
    reported = -inf
    while True:
        snapshot = await fetch_snapshot(fetcher, scope)
        live = live_state(scope, snapshot)
        why = (passing and next(in_transition(scope, snapshot), "")) or absent(live)
        delay = next(delays)
        waited = api.clock.now() - begun
        if not why or waited + delay > PATIENCE_S:
            return live
        if waited - reported >= LONG_WAIT_S:
            since = f" for {waited:.0f} s" if waited >= LONG_WAIT_S else ""
            on_message(f"waiting{since}: {why}")
            reported = waited
        await api.clock.sleep(delay)
        fetcher.forget()


def in_transition(scope: Scope, snapshot: Snapshot) -> Iterator[str]:
    """The resources of the stack that are in transition, in words.

    Kinds without ids are only listed below what is of interest.
    """
    for kind, cls in kinds().items():
        for found in snapshot.get(kind, ()):
            if cls.id_field and not scope.known(kind, found):
                continue
            for status in _statuses(found):
                name = found.text(cls.id_field) if cls.id_field else f"{kind} of {found.parent}"
                yield f"{name} is {status}"


_LASTING = frozenset({"Running", "Draining"})
"""Statuses that last, or pass as late as connections want them to."""


def _statuses(found: Found) -> Iterator[str]:
    for raw in (found.raw, *(each for part in found.parts.values() for each in part)):
        yield from _passing(raw)


def _passing(raw: Raw) -> Iterator[str]:
    """The statuses of an object that pass by themselves: `Creating`, `Unassociating` and the like.

    A connection that is `Pending` waits for somebody to accept it.
    """
    for name, value in raw.items():
        if isinstance(value, Mapping) or not name.endswith("Status"):
            continue
        text = str(value)
        waits = name == "ConnectionStatus" and text == "Pending"
        if text.endswith("ing") and text not in _LASTING and not waits:
            yield text
