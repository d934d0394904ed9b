"""Checks of `moved`: addresses that have changed."""

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


def _pair(source: Address, target: Address, index: int) -> Iterator[Problem]:
    if source == target:
        yield Problem("moved", ("moved", index, "to"), f"{quote(target)} is moved to itself")
    elif source.kind != target.kind:
        message = f"a {quote(source.kind)} can't become a {quote(target.kind)}"
        yield Problem("moved", ("moved", index, "to"), message)
