"""Checks of `moved`: addresses that have changed.

Whether the file has the addresses only the graph that it asks for says.
"""

import re
from collections.abc import Iterator

from gwlbfw.address import Address
from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.problem import Problem
from gwlbfw.topology.wording import quote

_ADDRESS = re.compile(r"[a-z][a-z0-9_]*\.[A-Za-z0-9_-]+(/[A-Za-z0-9_.-]+)*")


def moved(topology: Topology) -> Iterator[Problem]:
    """Both are addresses of one kind, and each is named once."""
    seen: set[tuple[str, str]] = set()
    for index, each in enumerate(topology.moved):
        path = ("moved", index)
        well_formed = True
        for key, address in (("from", each.source), ("to", each.target)):
            if not _ADDRESS.fullmatch(address):
                well_formed = False
                message = f"{quote(address)} is not the address of a resource"
                yield Problem(
                    "moved", (*path, key), message, "write it as vswitch.business/shop/app-b"
                )
            elif (key, address) in seen:
                yield Problem("moved", (*path, key), f"{quote(address)} is moved twice")
            seen.add((key, address))
        if well_formed:
            yield from _pair(Address(each.source), Address(each.target), index)
    yield from _circles(topology)


def _pair(source: Address, target: Address, index: int) -> Iterator[Problem]:
    if source == target:
        yield Problem("moved", ("moved", index, "to"), f"{quote(target)} is moved to itself")
    elif source.kind != target.kind:
        message = f"a {quote(source.kind)} can't become a {quote(target.kind)}"
        yield Problem("moved", ("moved", index, "to"), message)


def _circles(topology: Topology) -> Iterator[Problem]:
    """Addresses that are exchanged: applied a second time, that would be undone."""
    following = {each.source: each.target for each in topology.moved if each.source != each.target}
    left = set(following)
    for index, each in enumerate(topology.moved):
        circle, at = {each.source: None}, following.get(each.source, "")
        while at in left and at not in circle:
            circle[at] = None
            at = following[at]
        if each.source in left and at == each.source:
            hint = (
                "rename one of them to a key that nothing has, and apply; then the next to the key "
                "that is free, and apply; and so on"
            )
            names = " becomes ".join(quote(name) for name in [*circle, at])
            yield Problem("moved", ("moved", index), f"the moves go round: {names}", hint)
        left -= set(circle)
