"""The errors that end the reading of a YAML file, at their place and in the user's words."""

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
    mark = failure.problem_mark or failure.context_mark
    place = text.place(mark.line, mark.column) if mark else None
    line = text.lines[place.line - 1] if place else ""
    if place and line[place.column - 1 : place.column] == "\t":
        message, hint = "a tab can't indent or separate in YAML", "use spaces"
        return error("tab", message, place=place, hint=hint)
    message = f"this is not YAML: {failure.problem or failure.context}"
    return error("syntax", message, place=place, hint=_hint(line, str(failure.problem)))


def _hint(line: str, problem: str) -> str | None:
    if "${" in line:
        return 'within { } and [ ], put a variable in quotes: "${var:KEY}"'
    if "mapping values" in problem:
        return "put a text that holds `: ` in quotes, and indent keys alike"
    if "expected ':'" in problem:
        return "a key needs a colon and a space after it"
    return None
