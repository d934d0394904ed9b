"""Things by the CIDR block that each has, found by the addresses that they share with a space."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from typing import Generic, TypeVar

from gwlbfw.reachability.prefixes import HeaderSpace, Prefix

T = TypeVar("T")


class PrefixIndex(Generic[T]):
    """Things that each have a block; a search looks at no more of them than it finds."""

    def __init__(self, items: Sequence[tuple[Prefix, T]]) -> None:
        self._items = [item for _, item in items]
        self._order = sorted(range(len(items)), key=lambda number: items[number][0].first)
        self._firsts = [items[number][0].first for number in self._order]
        self._numbers: defaultdict[Prefix, list[int]] = defaultdict(list)
        for number, (prefix, _) in enumerate(items):
            self._numbers[prefix].append(number)
        self._lengths = sorted({prefix.length for prefix, _ in items})

    def overlapping(self, space: HeaderSpace) -> list[T]:
        """The things whose block has an address of the space, in the order they were given in."""
        found: set[int] = set()
        for first, last in space:
            at = bisect_left(self._firsts, first)
            while at < len(self._firsts) and self._firsts[at] <= last:
                found.add(self._order[at])
                at += 1
            for length in self._lengths:
                around = Prefix(first >> (32 - length) << (32 - length), length)
                found.update(self._numbers.get(around, ()))
        return [self._items[number] for number in sorted(found)]
