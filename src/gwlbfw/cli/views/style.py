"""Colours with fixed meanings; everything reads as well without them."""

import re
from dataclasses import dataclass

from gwlbfw.diagnostics import printable

_CODES = {
    "create": "32",
    "update": "33",
    "replace": "35",
    "delete": "31",
    "adopt": "36",
    "error": "1;31",
    "warning": "1;33",
    "hint": "36",
    "good": "32",
    "title": "1",
    "quiet": "2",
}
_COLOURED = re.compile(rf"(\x1b\[(?:{'|'.join(sorted({*_CODES.values(), '0'}))})m)")
_WORDS = (
    (re.compile(r"^(error)(?=: )", re.MULTILINE), "error"),
    (re.compile(r"^(warning)(?=: )", re.MULTILINE), "warning"),
    (re.compile(r"(?<= )(hint)(?=: )"), "hint"),
    (re.compile(r"^( *-->)(?= )", re.MULTILINE), "quiet"),
)


@dataclass(frozen=True)
class Style:
    """Colours text by its meaning where it is enabled, else leaves it as it is."""

    enabled: bool = False

    def __call__(self, meaning: str, text: str) -> str:
        """The text in the colour of a meaning."""
        return f"\x1b[{_CODES[meaning]}m{text}\x1b[0m" if self.enabled and text else text

    def without_controls(self, text: str) -> str:
        """The text without control characters but line ends, tabs and the colours, if enabled.

        Views print what others wrote by `printable`; this holds for what one of them forgets.
        """
        parts = _COLOURED.split(text) if self.enabled else [text]
        return "".join(
            part if self.enabled and _COLOURED.fullmatch(part) else _printable_lines(part)
            for part in parts
        )

    def diagnostics(self, text: str) -> str:
        """Rendered diagnostics with their key words coloured."""
        for pattern, meaning in _WORDS:
            text = pattern.sub(self(meaning, r"\1"), text)
        return text


def _printable_lines(text: str) -> str:
    return "\n".join(
        "\t".join(printable(part) for part in line.split("\t")) for line in text.split("\n")
    )


PLAIN = Style()
