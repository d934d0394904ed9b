"""Keys of the file that look renamed: what is deleted is made again just so at another address."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.diagnostics import Diagnostic, warning
from gwlbfw.diff import COSMETIC, Change, differences
from gwlbfw.moves import Move, Moves
from gwlbfw.resources.graph import Node
from gwlbfw.resources.resource import kinds
from gwlbfw.topology.models import Topology


def renamed_key_hints(topology: Topology, changes: Sequence[Change]) -> Iterator[Diagnostic]:
    """The hint at what `moved` would keep; a hint, as only the user knows what was meant.

    A new key is also the way to have another appliance, so appliances are left out.
    """
    found = renamed_keys(changes)
    if not found:
        return
    pairs = ", ".join(f"{each.source} as {each.target}" for each in found)
    entries = [(each.source, each.target) for each in topology.moved]
    entries += [(each.source, each.target) for each in found]
    line = ", ".join(f"{{from: {source}, to: {target}}}" for source, target in entries)
    place = "in place of its `moved`" if topology.moved else "at its top level"
    yield warning(
        "renamed-key",
        f"what is deleted would be made anew just the same: {pairs}",
        subject=found[0].target,
        hint="if only a key of the file has changed, this line keeps all of it; "
        f"add it to the file, {place}: `moved: [{line}]`",
    )


def renamed_keys(changes: Sequence[Change]) -> list[Move]:
    """The moves that would keep what the changes delete and make again, the outermost first."""
    gone = {c.address: c.was for c in changes if c.action == "delete" and _has_key(c) and c.was}
    made = {c.address: c.node for c in changes if c.action == "create" and _has_key(c)}
    rank = [*kinds()].index
    moves, now = Moves(), {at: at for at in gone}
    for address in sorted(made, key=lambda at: (rank(at.kind), at)):
        free = (at for at, target in now.items() if target not in made)
        same = (at for at in sorted(free) if _same(moves, at, gone[at], address, made[address]))
        if address not in now.values() and (source := next(same, None)) is not None:
            moves = Moves((*moves.entries, Move(source, address)))
            now = {at: moves.target(at) for at in gone}
    return [*moves.entries]


def _has_key(change: Change) -> bool:
    """True for what the stack makes and owns, and the file has a key for."""
    own = change.node.owned and not change.restores
    return own and layout.has_key(change.address) and not layout.is_appliance(change.address)


def _same(moves: Moves, at: Address, was: Node, address: Address, wanted: Node) -> bool:
    """True if `was` is all that is wanted, but for what is named after the key."""
    if at.kind != address.kind or layout.parse(at).role != layout.parse(address).role:
        return False
    there = replace(was, resource=moves.resource(was.resource))
    return not differences(wanted, there) - COSMETIC
