"""The blocks that share addresses with a space, found by an index."""

from hypothesis import given
from hypothesis import strategies as st

from gwlbfw.reachability.prefix_index import PrefixIndex
from gwlbfw.reachability.prefixes import HeaderSpace, Prefix, header_space, intersection, union

BLOCKS = st.integers(0, 32).flatmap(
    lambda length: st.integers(0, 2**32 - 1).map(
        lambda address: Prefix(address >> (32 - length) << (32 - length), length)
    )
)
ADDRESSES = st.integers(0, 2**32 - 1)
SPANS = st.builds(lambda one, other: (min(one, other), max(one, other)), ADDRESSES, ADDRESSES)
SPACES = st.lists(SPANS, max_size=4).map(union)


@given(blocks=st.lists(BLOCKS, max_size=12), space=SPACES)
def test_index_finds_every_block_that_shares_an_address(
    blocks: list[Prefix], space: HeaderSpace
) -> None:
    found = PrefixIndex([(block, number) for number, block in enumerate(blocks)])
    shares = [n for n, block in enumerate(blocks) if intersection(space, (block.span,))]
    assert found.overlapping(space) == shares


def test_index_finds_the_blocks_around_a_space_in_the_order_given() -> None:
    names = ("10.0.1.0/24", "0.0.0.0/0", "10.0.0.0/8", "10.0.2.0/24", "10.0.0.0/8")
    index = PrefixIndex([(Prefix.parse(name), name) for name in names])
    assert index.overlapping(header_space("10.0.1.7")) == [*names[:3], names[4]]
