"""Colours with fixed meanings; everything reads as well without them."""

import re
from dataclasses import dataclass

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

    def diagnostics(self, text: str) -> str:
        """Rendered diagnostics with their key words coloured."""
        for pattern, meaning in _WORDS:
            text = pattern.sub(self(meaning, r"\1"), text)
        return text


PLAIN = Style()
