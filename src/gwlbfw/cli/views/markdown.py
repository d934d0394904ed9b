"""Markdown that no text from the cloud or the file can break out of."""

import re
from collections.abc import Iterable, Iterator, Sequence

from gwlbfw.diagnostics import printable

_TICKS = re.compile(r"`+")
_SPECIAL = re.compile(r"([\\`*\[\]<>|~#&])")
_MENTION = re.compile(r"@(?=\w)")


def escaped(text: str) -> str:
    """Text within a line: it makes no markup, no link and no mention."""
    shown = _SPECIAL.sub(r"\\\1", printable(text))
    return _MENTION.sub("@<!-- -->", shown)


def code(text: str) -> str:
    """Text in a code span, also in the cell of a table."""
    shown = printable(text)
    ticks = "`" * (_longest_run(shown) + 1)
    blank = " " if ticks != "`" or shown != shown.strip() else ""
    return f"{ticks}{blank}{shown}{blank}{ticks}"


def table(heads: Sequence[str], body: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table; the cells are Markdown, and what stands in one can't end it."""
    for row in (heads, ["---"] * len(heads), *body):
        yield f"| {' | '.join(_in_cell(cell) for cell in row)} |"


def _in_cell(cell: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", printable(cell))


def folded(title: str, language: str, body: Iterable[str]) -> list[str]:
    """Lines in a fence of their own, folded away below a title of trusted HTML."""
    lines = [*body]
    fence = "`" * max(4, 1 + max(map(_longest_run, lines), default=0))
    return [
        f"<details><summary>{title}</summary>",
        "",
        f"{fence}{language}",
        *map(printable, lines),
        fence,
        "",
        "</details>",
        "",
    ]


def _longest_run(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)
