"""Where output goes: results to stdout, everything else to stderr."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from typing import TextIO

from gwlbfw.cli.views.diagnostics_text import render
from gwlbfw.cli.views.style import Style
from gwlbfw.diagnostics import Diagnostic


class Screen:
    """The two streams of a command, each with its own mind about colour."""

    def __init__(self, *, colour: bool = True) -> None:
        wanted = colour and _environment_allows(os.environ)
        self.out = Style(wanted and sys.stdout.isatty())
        self.err = Style(wanted and sys.stderr.isatty())

    @property
    def is_live(self) -> bool:
        """Whether what is said can be overwritten: stderr is a terminal that can do that."""
        return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def result(self, text: str) -> None:
        """A part of the result."""
        _write(sys.stdout, text)

    def document(self, value: object, *, lines: bool = False) -> None:
        """The result as one JSON document, or as one of several lines."""
        indent = None if lines else 2
        _write(sys.stdout, json.dumps(value, indent=indent, ensure_ascii=False))
        sys.stdout.flush()

    def flush(self) -> None:
        """Let out what was written so far, before something else is said."""
        sys.stdout.flush()

    def say(self, text: str) -> None:
        """Something that is not the result."""
        _write(sys.stderr, text)
        sys.stderr.flush()

    def ask(self, question: str) -> str:
        """What is answered at the terminal; empty where nothing is."""
        sys.stdout.flush()
        sys.stderr.write(question)
        sys.stderr.flush()
        return sys.stdin.readline().strip()

    def diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Problems, an empty line between two."""
        if text := render(diagnostics):
            self.say(self.err.diagnostics(text.rstrip("\n")))


def _environment_allows(environment: Mapping[str, str]) -> bool:
    """Set but empty counts as unset (no-color.org says the same)."""
    return not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def _write(stream: TextIO, text: str) -> None:
    stream.write(text if text.endswith("\n") else f"{text}\n")
