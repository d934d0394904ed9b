"""The streams of a command: results on stdout, everything else on stderr."""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from gwlbfw.cli.views.diagnostics_text import render
from gwlbfw.cli.views.streams import BackgroundWriter, Unwritable, is_written, settle
from gwlbfw.cli.views.style import Style
from gwlbfw.diagnostics import Diagnostic


class Screen:
    """The two streams of a command, each coloured where it is a terminal that wants it."""

    def __init__(self, *, colour: bool = True) -> None:
        wanted = colour and _environment_allows(os.environ)
        self.out = Style(wanted and sys.stdout.isatty())
        self.err = Style(wanted and sys.stderr.isatty())
        self._background: BackgroundWriter | None = None

    @property
    def is_live(self) -> bool:
        """True if lines on stderr can be overwritten: it is a terminal that can do that."""
        return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def print_result(self, text: str) -> None:
        """Print a part of the result."""
        _write(sys.stdout, self.out.without_controls(text))

    def print_outcome(self, text: str) -> bool:
        """Print on stdout what a command says that is there for what it does.

        That it can't be printed is no failure; then it gives False.
        """
        return is_written(sys.stdout, _line(self.out.without_controls(text)))

    def print_document(self, value: object, *, lines: bool = False) -> None:
        """Print the result as one JSON document, or as a line of JSON Lines."""
        _write(sys.stdout, json_text(value, indent=None if lines else 2))
        sys.stdout.flush()

    def flush(self) -> None:
        """Flush stdout, before something is printed on stderr."""
        sys.stdout.flush()

    def print_message(self, text: str) -> None:
        """Print what is not the result; where that can't be, it is lost."""
        line = _line(self.err.without_controls(text))
        if self._background is not None:
            self._background.write(line)
        else:
            is_written(sys.stderr, line)

    @contextmanager
    def in_background(self) -> Iterator[None]:
        """Until the end of the block, no reader that pauses holds up who prints a message."""
        try:
            self._background = BackgroundWriter(lambda line: is_written(sys.stderr, line))
        except RuntimeError:  # the system has no room for another thread
            yield
            return
        try:
            yield
        finally:
            writer, self._background = self._background, None
            writer.close()

    def ask(self, question: str) -> str:
        """Ask at the terminal: the answer, empty where there is none or none is asked."""
        settle(sys.stdout)
        if not is_written(sys.stderr, question):
            return ""
        try:
            return sys.stdin.readline().strip()
        except Unwritable:  # the terminal is gone, or sent what is no text
            return ""

    def print_diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Print problems, with an empty line between two."""
        if text := render(diagnostics):
            self.print_message(self.err.diagnostics(text.rstrip("\n")))


def _environment_allows(environment: Mapping[str, str]) -> bool:
    """True if the environment allows colours; set but empty counts as unset (no-color.org)."""
    return not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


_UNUSUAL = re.compile(r"[^\x20-\x7e\n]")


def json_text(value: object, indent: int | None = None) -> str:
    """A value as JSON, in which what can't be printed stands escaped."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    return _UNUSUAL.sub(_escaped, text)


def _escaped(unusual: re.Match[str]) -> str:
    return unusual[0] if unusual[0].isprintable() else json.dumps(unusual[0])[1:-1]


def _write(stream: TextIO, text: str) -> None:
    stream.write(_line(text))


def _line(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
