"""What was found before and needs no way back: a run that was killed had not come to it.

A run remembers what it is about to steer before its first call. Where it is killed before it
touches some of that, and the file no longer names where that is, nothing says its ids, and nothing
is to be put back.
"""

from collections.abc import Collection

from gwlbfw import original_state
from gwlbfw.address import Address
from gwlbfw.resources.graph import OriginalState
from gwlbfw.stack.observation import Observation


def without_untouched(
    observation: Observation, target: Collection[Address], *, destroy: bool
) -> OriginalState:
    """The original state without what no run has touched and nothing leads to any more.

    Tags are written before what they tell of is steered: what they name counts as touched.
    """
    original = observation.original if destroy else observation.desired.original
    live = observation.live.nodes
    begun = {Address(e.address) for e in observation.journal.previous_runs.intents.values()}
    tagged = original_state.from_tags(observation.live, observation.moves)
    touched = {*observation.state.applied, *begun, *tagged, *live, *target}
    there = {*live, *target}
    return {
        address: was
        for address, was in original.items()
        if address in touched or was is None or {ref for _, ref in was.refs()} <= there
    }
