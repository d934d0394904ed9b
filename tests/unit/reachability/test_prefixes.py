"""Classes cut the IPv4 space exactly, and say of every address which entry decides."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwlbfw.reachability.prefixes import (
    AMBIGUOUS,
    EVERYWHERE,
    INTERNET,
    LAST,
    NO_ENTRY,
    NOTHING,
    HeaderSpace,
    Lookup,
    Prefix,
    address_count,
    cidr_blocks,
    complement,
    difference,
    header_space,
    intersection,
    union,
)


@st.composite
def blocks(draw: st.DrawFn) -> Prefix:
    length = draw(st.integers(0, 32))
    # Few bits that matter, so that blocks often lie in each other.
    bits = draw(st.sampled_from([0, 1, 2, 3, 0xC0, 0xFF, 0xFFFFFF, 0xFFFFFFFF]))
    first = (bits << draw(st.integers(0, 30))) & LAST
    return Prefix(first >> (32 - length) << (32 - length), length)


spaces = st.lists(blocks(), max_size=6).map(lambda each: union(b.span for b in each))
tables = st.lists(st.tuples(blocks(), st.integers(0, 3)), max_size=12)


def holds(one: HeaderSpace, address: int) -> bool:
    return any(first <= address <= last for first, last in one)


def edges(*those: HeaderSpace) -> set[int]:
    near = {edge + by for one in those for span in one for edge in span for by in (-1, 0, 1)}
    return {each for each in near | {0, LAST} if 0 <= each <= LAST}


def longest(table: list[tuple[Prefix, int]], address: int) -> set[int]:
    """The indices of the entries that decide, found the slow way."""
    hits = [
        (IPv4Network(str(prefix)).prefixlen, index)
        for index, (prefix, _) in enumerate(table)
        if IPv4Address(address) in IPv4Network(str(prefix))
    ]
    best = max((length for length, _ in hits), default=0)
    return {index for length, index in hits if length == best}


@settings(deadline=None)
@given(tables, spaces, st.booleans())
def test_every_address_of_a_space_is_in_exactly_one_class(
    table: list[tuple[Prefix, int]], asked: HeaderSpace, per_entry: bool
) -> None:
    decided = Lookup(table).decide(asked, per_entry=per_entry)
    assert sum(address_count(each.space) for each in decided) == address_count(asked)
    assert union(span for each in decided for span in each.space) == union(asked)


@settings(deadline=None)
@given(tables)
def test_a_class_is_decided_by_the_longest_prefix(table: list[tuple[Prefix, int]]) -> None:
    cuts = edges(tuple(prefix.span for prefix, _ in table))
    for part in Lookup(table).decide(EVERYWHERE, per_entry=True):
        for address in (each for each in cuts if holds(part.space, each)):
            expected = longest(table, address)
            if part.entry == NO_ENTRY:
                assert not expected
            elif part.entry == AMBIGUOUS:
                assert len({table[each][1] for each in expected}) > 1
            else:
                assert part.entry == min(expected)
                assert len({table[each][1] for each in expected}) == 1


@settings(deadline=None)
@given(tables)
def test_entries_that_send_alike_are_one_class_led_by_the_widest(
    table: list[tuple[Prefix, int]],
) -> None:
    fine = Lookup(table).decide(EVERYWHERE, per_entry=True)
    coarse = Lookup(table).decide(EVERYWHERE)
    ways = [table[each.entry][1] for each in coarse if each.entry >= 0]
    assert len(ways) == len(set(ways))
    for part in (each for each in coarse if each.entry >= 0):
        alike = [e for e in fine if e.entry >= 0 and table[e.entry][1] == table[part.entry][1]]
        assert union(s for each in alike for s in each.space) == part.space
        assert part.entries == len(alike)
        lengths = [table[each.entry][0].length for each in alike]
        assert table[part.entry][0].length == min(lengths)


@settings(deadline=None)
@given(spaces, spaces)
def test_sets_of_addresses_behave_as_sets(one: HeaderSpace, other: HeaderSpace) -> None:
    for address in edges(one, other):
        inside, beside = holds(one, address), holds(other, address)
        assert holds(intersection(one, other), address) == (inside and beside)
        assert holds(difference(one, other), address) == (inside and not beside)
        assert holds(complement(one), address) == (not inside)
        assert holds(union((*one, *other)), address) == (inside or beside)


@settings(deadline=None)
@given(spaces)
def test_prefixes_are_exactly_the_space(one: HeaderSpace) -> None:
    assert header_space(*cidr_blocks(one)) == one


def test_two_halves_are_one_prefix() -> None:
    assert cidr_blocks(header_space("8.8.8.0/25", "8.8.8.128/25")) == ("8.8.8.0/24",)
    assert cidr_blocks(EVERYWHERE) == ("0.0.0.0/0",)
    assert cidr_blocks(NOTHING) == ()


def test_an_address_alone_is_a_block_of_one_and_host_bits_are_masked() -> None:
    assert str(Prefix.parse("8.8.8.8")) == "8.8.8.8/32"
    assert str(Prefix.parse("8.8.8.8/24")) == "8.8.8.0/24"


@pytest.mark.parametrize("text", ["", "pl-123", "8.8.8/24", "8.8.8.256", "8.8.8.8/33", "::/0"])
def test_text_that_is_no_cidr_block_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Prefix.parse(text)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.0.113.10", "1.0.0.0", "223.255.255.255"])
def test_the_internet_has_public_addresses(address: str) -> None:
    assert holds(INTERNET, int(IPv4Address(address)))


@pytest.mark.parametrize(
    "address", ["10.1.1.1", "172.31.0.1", "192.168.0.1", "100.64.0.1", "0.0.0.1", "255.255.255.255"]
)
def test_the_internet_has_no_private_addresses(address: str) -> None:
    assert not holds(INTERNET, int(IPv4Address(address)))
