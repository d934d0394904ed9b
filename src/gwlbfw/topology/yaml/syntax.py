"""The errors that end the reading of a YAML file, at their place and in the user's words."""

import re
import unicodedata

import yaml

from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.topology.yaml.nodes import UnsupportedError
from gwlbfw.topology.yaml.text import Text


def syntax_error(text: Text, failure: yaml.YAMLError) -> Diagnostic:
    """The parser's error at its place, in better words where it is one of the usual mistakes."""
    if isinstance(failure, UnsupportedError):
        at = text.place(failure.line, failure.column)
        return error(failure.code, str(failure), place=at, hint=failure.hint)
    if not isinstance(failure, yaml.MarkedYAMLError):
        return error("syntax", f"this is not YAML: {failure}", place=text.place(0, 0))
    mark = _mark(failure, text)
    place = text.place(mark.line, mark.column) if mark else None
    line = text.lines[place.line - 1] if place else ""
    if place and line[place.column - 1 : place.column] == "\t":
        message, hint = "a tab can't indent or separate in YAML", "use spaces"
        return error("tab", message, place=place, hint=hint)
    if place and (blank := _UNUSUAL_BLANK.search(line)):
        at = text.place(place.line - 1, blank.start())
        message = f"U+{ord(blank[0]):04X} ({unicodedata.name(blank[0], '')}) is no blank in YAML"
        return error("syntax", message, place=at, hint="use a plain space")
    message = f"this is not YAML: {failure.problem or failure.context}"
    advice = _hint(line, str(failure.problem))
    if _is_in_flow(failure) and failure.problem_mark:
        noticed = failure.problem_mark.line + 1
        advice = advice or f"what is opened here is not closed; that was noticed in line {noticed}"
    return error("syntax", message, place=place, hint=advice)


_UNUSUAL_BLANK = re.compile(r"[^\S \t\r\n]|[\u200b\ufeff]")


def _mark(failure: yaml.MarkedYAMLError, text: Text) -> yaml.Mark | None:
    """The guilty place: where a key or a bracket begins, rather than where it was noticed."""
    began, noticed = failure.context_mark, failure.problem_mark
    if began and "simple key" in str(failure.context):
        return began
    line = "".join(text.lines[noticed.line : noticed.line + 1]) if noticed else ""
    if began and _is_in_flow(failure) and "${" not in line:
        return began
    return noticed or began


def _is_in_flow(failure: yaml.MarkedYAMLError) -> bool:
    return "flow" in str(failure.context)


def _hint(line: str, problem: str) -> str | None:
    if "${" in line:
        return 'within { } and [ ], put a variable in quotes: "${var:KEY}"'
    if "mapping values" in problem:
        return "put a text that holds `: ` in quotes, and indent keys alike"
    if "expected ':'" in problem:
        return "a key needs a colon and a space after it"
    return None
