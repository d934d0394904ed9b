"""Pieces of markdown."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

Lines: TypeAlias = Iterator[str]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Lines:
    """A table, with an empty line behind it; what stands in a cell can't end it."""
    for row in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""
