"""A topology file's bytes as text, and its lines as YAML counts them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from gwlbfw.diagnostics import Diagnostic, Place, error
from gwlbfw.errors import TopologyError
from gwlbfw.topology.yaml.secrets import mentions_secret

MAX_BYTES = 1024 * 1024
"""Bytes of the largest file that is read."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_CHARACTER = re.compile(r"(\$\{(?:env|var):[A-Za-z_][A-Za-z0-9_.-]*\})|\S")
"""A character that is masked, or the name of a variable, which is not."""


@dataclass(frozen=True)
class Text:
    """A file's text, which can name any place in it; `shown` are its lines for messages."""

    file: str
    text: str
    lines: Sequence[str]
    shown: Sequence[str]

    def masked(self, secrets: Iterable[slice]) -> Self:
        """The text of a file whose secrets are known: its lines are shown without them."""
        pieces, done = [], 0
        for each in secrets:
            hidden = _CHARACTER.sub(lambda found: found[1] or "*", self.text[each])
            pieces += [self.text[done : each.start], hidden]
            done = each.stop
        if not pieces:
            return self
        return replace(self, shown=_BREAK.split("".join([*pieces, self.text[done:]])))

    def unparsed(self) -> Self:
        """The text of a file that can't be parsed: no line is shown if one may hold a secret."""
        return replace(self, shown=[""] * len(self.lines)) if mentions_secret(self.text) else self

    def place(self, line: int, column: int) -> Place:
        """The place at a line and column that count from 0."""
        if line >= len(self.lines):  # the parser counts the end as a line of its own
            line, column = len(self.lines) - 1, len(self.lines[-1])
        return Place(self.file, line + 1, column + 1, self.shown[line])

    def place_at(self, index: int) -> Place:
        """The place of a character of the text."""
        before = _BREAK.split(self.text[:index])
        return self.place(len(before) - 1, len(before[-1]))


def read_text(path: Path) -> Text:
    """The file as text; raises a TopologyError where it is not UTF-8, or too large."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise _topology_error(error("file", f"can't read {path}: {reason}")) from problem
    if len(content) > MAX_BYTES:
        hint = "split it into several stacks"
        raise _topology_error(error("file-size", f"{path} is larger than 1 MiB", hint=hint))
    text = _text(path, _decode(path, content))
    unprintable = _UNPRINTABLE.search(text.text)
    if unprintable:
        message = f"control character U+{ord(unprintable[0]):04X} in the file"
        place = text.unparsed().place_at(unprintable.start())
        raise _topology_error(error("control-character", message, place=place))
    return text


def _decode(path: Path, content: bytes) -> str:
    try:
        # The parser skips a byte order mark without counting it.
        return content.decode("utf-8").lstrip("\ufeff")
    except UnicodeDecodeError as problem:
        # The bytes before the wrong one are UTF-8, so they have lines and columns.
        readable = content[: problem.start].decode("utf-8").lstrip("\ufeff")
        place = _text(path, readable).unparsed().place_at(len(readable))
        message = f"byte 0x{content[problem.start]:02x} is not UTF-8"
        hint = "save the file as UTF-8"
        raise _topology_error(error("encoding", message, place=place, hint=hint)) from problem


def _text(path: Path, text: str) -> Text:
    lines = _BREAK.split(text)
    return Text(str(path), text, lines, lines)


def _topology_error(diagnostic: Diagnostic) -> TopologyError:
    return TopologyError([diagnostic])
