"""Classes of destinations: the IPv4 space, cut exactly where any entry of a table begins or ends.

A space is a set of addresses, as sorted spans without overlap. Longest-prefix match is constant
on each span between two cuts, so a finite number of spans is all of the space, and the cost of
cutting grows with the number of prefixes, not of addresses.
"""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Sequence
from ipaddress import IPv4Address
from typing import NamedTuple, Self

Span = tuple[int, int]
"""First and last address."""
HeaderSpace = tuple[Span, ...]

LAST = 2**32 - 1
EVERYWHERE: HeaderSpace = ((0, LAST),)
NOTHING: HeaderSpace = ()

NO_ENTRY = -1
AMBIGUOUS = -2


class Prefix(NamedTuple):
    """An IPv4 CIDR block."""

    first: int
    length: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """The block that `text` names; an address alone is a /32. Raises ValueError."""
        address, _, length = text.partition("/")
        parts = [int(each) for each in address.split(".")]
        bits = int(length or 32)
        if len(parts) != 4 or not 0 <= bits <= 32 or not all(0 <= each <= 255 for each in parts):
            raise ValueError(text)
        first = parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3]
        return cls(first >> (32 - bits) << (32 - bits), bits)

    @property
    def last(self) -> int:
        """The last address of the block."""
        return self.first | (1 << 32 - self.length) - 1

    @property
    def span(self) -> Span:
        """First and last address."""
        return self.first, self.last

    def __str__(self) -> str:
        return f"{IPv4Address(self.first)}/{self.length}"


def header_space(*prefixes: str) -> HeaderSpace:
    """The addresses of all these blocks together."""
    return union(Prefix.parse(each).span for each in prefixes)


def union(spans: Iterable[Span]) -> HeaderSpace:
    """All addresses of any of the spans."""
    joined: list[Span] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined)


def intersection(one: HeaderSpace, other: HeaderSpace) -> HeaderSpace:
    """The addresses that are in both."""
    found: list[Span] = []
    left, right = 0, 0
    while left < len(one) and right < len(other):
        first = max(one[left][0], other[right][0])
        last = min(one[left][1], other[right][1])
        if first <= last:
            found.append((first, last))
        if one[left][1] < other[right][1]:
            left += 1
        else:
            right += 1
    return tuple(found)


def difference(one: HeaderSpace, other: HeaderSpace) -> HeaderSpace:
    """The addresses of one that are not in the other."""
    return intersection(one, complement(other))


def complement(one: HeaderSpace) -> HeaderSpace:
    """Every address that is not in the space."""
    gaps: list[Span] = []
    start = 0
    for first, last in one:
        if start < first:
            gaps.append((start, first - 1))
        start = last + 1
    if start <= LAST:
        gaps.append((start, LAST))
    return tuple(gaps)


def address_count(one: HeaderSpace) -> int:
    """The number of addresses."""
    return sum(last - first + 1 for first, last in one)


def cidr_blocks(one: HeaderSpace) -> tuple[str, ...]:
    """The fewest CIDR blocks that are exactly this space, in order."""
    found: list[str] = []
    for span in one:
        first, last = span
        while first <= last:
            aligned = (first & -first).bit_length() - 1 if first else 32
            bits = min(aligned, (last - first + 1).bit_length() - 1)
            found.append(str(Prefix(first, 32 - bits)))
            first += 1 << bits
    return tuple(found)


_UNROUTED = header_space(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
)
INTERNET = complement(_UNROUTED)
"""The addresses of the Internet: all of IPv4 but what nobody routes there (IANA special-purpose
address registry: this network, private, shared, loopback, link-local, multicast, reserved)."""


class Decision(NamedTuple):
    """A part of a space for which one entry, or entries that send alike, decide."""

    space: HeaderSpace
    entry: int
    """The index of the entry, or the widest of them; else NO_ENTRY or AMBIGUOUS."""
    entries: int
    """The number of entries that send this part alike."""


class Lookup:
    """Longest-prefix match of one table, compiled: which entry decides for every address."""

    def __init__(self, entries: Sequence[tuple[Prefix, Hashable]]) -> None:
        """Compile entries; those whose second part is equal send packets alike."""
        self._widths = [(prefix.length, prefix.first) for prefix, _ in entries]
        numbers: dict[Hashable, int] = {}
        alike = [numbers.setdefault(how, len(numbers)) for _, how in entries]
        self._starts, self._deciders = _cut(entries, alike)
        self._groups = [alike[each] if each >= 0 else each for each in self._deciders]
        self._ends = [*(start - 1 for start in self._starts[1:]), LAST]

    def decide(self, space: HeaderSpace, *, per_entry: bool = False) -> list[Decision]:
        """Cut a space by who decides: entries that send alike together, or all `per_entry`."""
        keys = self._deciders if per_entry else self._groups
        starts, ends, deciders = self._starts, self._ends, self._deciders
        found: dict[int, tuple[list[Span], set[int]]] = {}
        for span in space:
            first, last = span
            at = bisect_right(starts, first) - 1
            while first <= last:
                end = min(last, ends[at])
                part = found.get(keys[at])
                if part is None:
                    found[keys[at]] = ([(first, end)], {deciders[at]})
                else:
                    spans, entries = part
                    entries.add(deciders[at])
                    if spans[-1][1] + 1 == first:
                        spans[-1] = (spans[-1][0], end)
                    else:
                        spans.append((first, end))
                first, at = end + 1, at + 1
        return [
            Decision(tuple(spans), min(entries, key=self._width), len(entries))
            for spans, entries in found.values()
        ]

    def _width(self, entry: int) -> tuple[int, int]:
        return self._widths[entry] if entry >= 0 else (0, 0)


def _cut(
    entries: Sequence[tuple[Prefix, Hashable]], alike: Sequence[int]
) -> tuple[list[int], list[int]]:
    """The addresses at which the decision changes, and the entry that decides from each on."""
    starts, deciders = [0], [NO_ENTRY]
    covering: list[tuple[int, int]] = []  # last address and decider of the blocks we are in

    def set_decider(at: int, decider: int) -> None:
        if starts[-1] == at:
            deciders[-1] = decider
        elif deciders[-1] != decider:
            starts.append(at)
            deciders.append(decider)

    def leave(until: int) -> None:
        while covering and covering[-1][0] < until:
            last, _ = covering.pop()
            if last < LAST:
                set_decider(last + 1, covering[-1][1] if covering else NO_ENTRY)

    before: Prefix | None = None
    for index in sorted(range(len(entries)), key=lambda each: (entries[each][0], each)):
        prefix = entries[index][0]
        if prefix == before:
            last, holder = covering[-1]
            if holder == AMBIGUOUS or alike[holder] != alike[index]:
                covering[-1] = (last, AMBIGUOUS)
                set_decider(prefix.first, AMBIGUOUS)
            continue
        before = prefix
        leave(prefix.first)
        covering.append((prefix.last, index))
        set_decider(prefix.first, index)
    leave(LAST + 1)
    return starts, deciders
