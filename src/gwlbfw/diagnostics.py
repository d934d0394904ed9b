"""Problems as values: gathered, sorted and shown together, never printed where they are found."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Place:
    """A place in a file: line and column count from 1; `text` is the line itself."""

    file: str
    line: int
    column: int
    text: str = ""


@dataclass(frozen=True)
class Diagnostic:
    """One problem: a short summary without a full stop, what it means, and what to do."""

    severity: Severity
    code: str
    message: str
    hint: str | None = None
    place: Place | None = None
    subject: str | None = None
    """The resource address or API call concerned, where there is no place in a file."""

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """The order of display: by place, then by subject and message."""
        place = self.place or Place("", 0, 0)
        return (place.file, place.line, place.column, self.subject or "", self.message)


def printable(text: str) -> str:
    """Untrusted text as it may be shown: on one line, without control or bidirectional characters.

    Unicode's other format characters and separators go too, as no name needs them.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def one_line(text: object, longest: int) -> str:
    """Untrusted text as it may be shown, truncated."""
    shown = printable(str(text))
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def error(
    code: str,
    message: str,
    *,
    place: Place | None = None,
    hint: str | None = None,
    subject: str | None = None,
) -> Diagnostic:
    """An error diagnostic."""
    return Diagnostic("error", code, message, hint, place, subject)


def warning(
    code: str,
    message: str,
    *,
    place: Place | None = None,
    hint: str | None = None,
    subject: str | None = None,
) -> Diagnostic:
    """A warning diagnostic."""
    return Diagnostic("warning", code, message, hint, place, subject)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics in the order in which they are shown, each once."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=lambda each: each.sort_key))
