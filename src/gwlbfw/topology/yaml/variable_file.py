"""A file of variables: `KEY: VALUE` a line, for the `${var:KEY}` of topologies."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import yaml

from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.errors import TopologyError
from gwlbfw.topology.wording import quote
from gwlbfw.topology.yaml.nodes import Node, compose
from gwlbfw.topology.yaml.syntax import syntax_error
from gwlbfw.topology.yaml.text import Text, read_text


def read_variable_file(path: Path) -> dict[str, str]:
    """The values by key, each as it is written. Raises a TopologyError with every problem.

    No message shows a line of it: any value may be a secret.
    """
    text = read_text(path)
    text = replace(text, shown=[""] * len(text.lines))
    root, failure = compose(text.text)
    if failure:
        raise TopologyError([syntax_error(text, failure)])
    if root is None:
        return {}
    if problems := list(_problems(root, text)):
        raise TopologyError(problems)
    return {key.text: value.text for key, value in root.pairs() if value}


def _problems(root: Node, text: Text) -> Iterator[Diagnostic]:
    if not root.is_mapping:
        message = "a file of variables is a mapping of keys to values"
        yield error("type", message, place=text.place(root.start.line, root.start.column))
    found: set[str] = set()
    for key, value in root.pairs():
        place = text.place(key.start.line, key.start.column)
        if not (_is_scalar(key) and value and _is_scalar(value)):
            message = f"the value of {quote(key.text)} is not one text or number"
            yield error("type", message, place=place, hint="write it as KEY: VALUE on one line")
        elif key.text in found:
            yield error("duplicate-key", f"{quote(key.text)} is there twice", place=place)
        found.add(key.text)


def _is_scalar(node: Node) -> bool:
    return isinstance(node.event, yaml.ScalarEvent) and node.event.anchor is None
