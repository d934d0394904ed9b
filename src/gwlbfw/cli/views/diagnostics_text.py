"""Diagnostics as plain text: the summary, the line it is about with a caret, and the hint."""

from collections.abc import Iterable, Iterator

from gwlbfw.diagnostics import Diagnostic, Place, printable

WIDEST = 120
"""Characters of a line that are shown; a longer one is cut around the caret."""


def render(diagnostics: Iterable[Diagnostic]) -> str:
    """All diagnostics in the order given, with an empty line between two; empty where none are."""
    return "\n".join("\n".join(_lines(each)) + "\n" for each in diagnostics)


def _lines(diagnostic: Diagnostic) -> Iterator[str]:
    yield f"{diagnostic.severity}: {printable(diagnostic.message)}"
    margin = "  "
    if diagnostic.place is not None:
        margin = " " * len(str(diagnostic.place.line))
        yield from _excerpt(diagnostic.place, margin)
    elif diagnostic.subject is not None:
        yield f"{margin}--> {printable(diagnostic.subject)}"
    if diagnostic.hint is not None:
        yield f"{margin} hint: {printable(diagnostic.hint)}"


def _excerpt(place: Place, margin: str) -> Iterator[str]:
    yield f"{margin}--> {printable(place.file)}:{place.line}:{place.column}"
    if not place.text:
        return
    text, before = _cut(place.text, place.column - 1)
    yield f"{margin} |"
    yield f"{place.line} | {text}"
    # Tabs are kept, so that the caret stands under its character however wide a tab is shown.
    yield f"{margin} | {''.join(c if c == chr(9) else ' ' for c in before)}^"


def _cut(line: str, column: int) -> tuple[str, str]:
    """The shown part of a line, and the part of that before the caret."""
    if len(line) <= WIDEST:
        shown = _printable(line)
        return shown, shown[:column]
    start = max(0, min(column - WIDEST // 2, len(line) - WIDEST))
    shown = _printable(line[start : start + WIDEST])
    head = "…" if start else ""
    tail = "…" if start + WIDEST < len(line) else ""
    return f"{head}{shown}{tail}", f"{head}{shown[: column - start]}"


def _printable(line: str) -> str:
    """A line of a file without what it could send to the terminal; its tabs are kept."""
    return "\t".join(map(printable, line.split("\t")))
