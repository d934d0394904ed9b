"""Waiting for what is under way: a plan is made from what stays, not from what passes.

A command that was interrupted leaves things on their way from one state to another. What is seen
of them then is neither what was nor what will be: an EIP that still has its instance loses it, an
endpoint that goes is in the way of another.
"""

from collections.abc import Callable, Iterator, Mapping

from gwlbfw.cloud.call import Raw
from gwlbfw.cloud.client import ApiClient
from gwlbfw.discovery.listing import Snapshot, observe
from gwlbfw.discovery.live import live_state
from gwlbfw.discovery.scope import Scope
from gwlbfw.resources.graph import Live
from gwlbfw.resources.resource import Found, kinds

PATIENCE_S = 120.0
"""After so long, what is seen counts, whatever it says of itself."""

Absent = Callable[[Live], str]
"""What is not seen although it must be there, in words; empty if nothing is absent."""


async def settled(
    api: ApiClient,
    scope: Scope,
    absent: Absent,
    tell: Callable[[str], None],
    *,
    passing: bool = True,
) -> Live:
    """Live state once nothing is absent and, with `passing`, nothing of the stack is under way."""
    end = api.clock.now() + PATIENCE_S
    delays = api.backoff.delays()
    told = False
    while True:
        snapshot = await observe(api, scope)
        live = live_state(scope, snapshot)
        why = (passing and next(under_way(scope, snapshot), "")) or absent(live)
        delay = next(delays)
        if not why or api.clock.now() + delay > end:
            return live
        if not told:
            told = True
            tell(f"waiting: {why}")
        await api.clock.sleep(delay)
        api.forget()


def under_way(scope: Scope, snapshot: Snapshot) -> Iterator[str]:
    """What of the stack is on its way from one state to another, in words.

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
"""What is no passage, or one as long as connections want it to be."""


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
