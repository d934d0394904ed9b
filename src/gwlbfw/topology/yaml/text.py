"""A topology file's bytes as text, and its lines as YAML counts them."""

import re
from pathlib import Path

from gwlbfw.diagnostics import Diagnostic, Place, error
from gwlbfw.errors import TopologyError
from gwlbfw.topology.yaml.secrets import look

LARGEST = 1024 * 1024
"""Bytes of the largest file that is read."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class Text:
    """A file's text, which can name any place in it; what lines show, secrets are not in."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        seen = look(text, _BREAK.split(text))
        self.lines = seen.lines
        self.sensitive = seen.sensitive

    def place(self, line: int, column: int) -> Place:
        """The place at a line and column that count from 0."""
        if line >= len(self.lines):  # the parser counts the end as a line of its own
            line, column = len(self.lines) - 1, len(self.lines[-1])
        return Place(self.file, line + 1, column + 1, self.lines[line])

    def at(self, index: int) -> Place:
        """The place of a character of the text."""
        before = _BREAK.split(self.text[:index])
        return self.place(len(before) - 1, len(before[-1]))


def read_text(path: Path) -> Text:
    """The file as text; raises a TopologyError for what is no text of a sensible size."""
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise _refused(error("file", f"can't read {path}: {reason}")) from problem
    if len(content) > LARGEST:
        hint = "split it into several stacks"
        raise _refused(error("file-size", f"{path} is larger than 1 MiB", hint=hint))
    text = Text(str(path), _decode(path, content))
    unprintable = _UNPRINTABLE.search(text.text)
    if unprintable:
        message = f"control character U+{ord(unprintable[0]):04X} in the file"
        raise _refused(error("control-character", message, place=text.at(unprintable.start())))
    return text


def _decode(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        # What stands before the wrong byte is UTF-8, so it has lines and columns.
        readable = content[: problem.start].decode("utf-8-sig", "ignore")
        place = Text(str(path), readable).at(len(readable))
        message = f"byte 0x{content[problem.start]:02x} is not UTF-8"
        hint = "save the file as UTF-8"
        raise _refused(error("encoding", message, place=place, hint=hint)) from problem


def _refused(diagnostic: Diagnostic) -> TopologyError:
    return TopologyError([diagnostic])
