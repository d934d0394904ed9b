"""Addresses that have changed."""

import re
from collections.abc import Iterator

from gwlbfw.address import Address
from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.finding import Finding
from gwlbfw.topology.wording import quoted

_ADDRESS = re.compile(r"[a-z][a-z0-9_]*\.[A-Za-z0-9_-]+(/[A-Za-z0-9_.-]+)*")


def moved(topology: Topology) -> Iterator[Finding]:
    """Both are addresses of one kind, and each is named once."""
    seen: set[tuple[str, str]] = set()
    for index, each in enumerate(topology.moved):
        path = ("moved", index)
        well_formed = True
        for key, address in (("from", each.source), ("to", each.target)):
            if not _ADDRESS.fullmatch(address):
                well_formed = False
                message = f"{quoted(address)} is no address of a resource"
                yield Finding(
                    "moved", (*path, key), message, "write it as vswitch.business/shop/app-b"
                )
            elif (key, address) in seen:
                yield Finding("moved", (*path, key), f"{quoted(address)} is moved twice")
            seen.add((key, address))
        if well_formed:
            yield from _pair(Address(each.source), Address(each.target), index)


def _pair(source: Address, target: Address, index: int) -> Iterator[Finding]:
    if source == target:
        yield Finding("moved", ("moved", index, "to"), f"{quoted(target)} is where it was before")
    elif source.kind != target.kind:
        message = f"a {quoted(source.kind)} can't become a {quoted(target.kind)}"
        yield Finding("moved", ("moved", index, "to"), message)
