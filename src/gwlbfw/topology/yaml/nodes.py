"""The nodes of a YAML document as it is written: with anchors, aliases and tags, and their marks.

`yaml.compose` resolves all three while it builds the nodes, so it can neither place them in a
message nor stop a small file from growing.
"""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_NODES: Final = 20_000
MAX_DEPTH: Final = 50
"""Values and levels of nesting that are read of one file, so that a hostile one costs little."""

_START: Final = yaml.Mark("", 0, 0, 0, None, 0)


class UnsupportedError(yaml.YAMLError):
    """YAML that can't be a topology: two documents, too many values, too many levels."""

    def __init__(self, code: str, message: str, event: yaml.Event, hint: str | None = None) -> None:
        super().__init__(message)
        mark = event.start_mark or _START
        self.code = code
        self.hint = hint
        self.line, self.column = mark.line, mark.column


class Node:
    """A scalar, list, mapping or alias; the children of a mapping are keys and values in turn."""

    __slots__ = ("children", "end", "event", "start", "style", "tag", "text")

    def __init__(self, event: yaml.NodeEvent) -> None:
        self.event = event
        self.start = event.start_mark or _START
        self.end = event.end_mark or _START
        self.text: str = getattr(event, "value", "")
        self.style: str | None = getattr(event, "style", None)
        self.tag: str | None = getattr(event, "tag", None)
        self.children: list[Node] = []

    @property
    def is_mapping(self) -> bool:
        """True for a mapping."""
        return isinstance(self.event, yaml.MappingStartEvent)

    @property
    def is_empty(self) -> bool:
        """True for a value that is not written at all."""
        return self.start.index == self.end.index

    def pairs(self) -> "Iterator[tuple[Node, Node | None]]":
        """The keys of a mapping with their values; the last has none where the file breaks off."""
        children = self.children if self.is_mapping else ()
        return zip_longest(children[::2], children[1::2])

    def walk(self) -> "Iterator[Node]":
        """The node and all nodes in it."""
        yield self
        for each in self.children:
            yield from each.walk()


def compose(text: str) -> tuple[Node | None, yaml.YAMLError | None]:
    """The root of the document, as far as it can be read, and the error that ends it there."""
    stream = Node(yaml.NodeEvent(None))
    failure = None
    try:
        _compose(text, stream)
    except yaml.YAMLError as problem:
        failure = problem
    return (stream.children[0] if stream.children else None), failure


def _compose(text: str, stream: Node) -> None:
    above = [stream]
    values = 0
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, yaml.CollectionEndEvent):
            above.pop().end = event.end_mark or _START
        elif isinstance(event, yaml.DocumentStartEvent) and stream.children:
            message = "a second YAML document starts here"
            raise UnsupportedError("documents", message, event, "one file holds one topology")
        elif isinstance(event, yaml.NodeEvent):
            node, holder = Node(event), above[-1]
            is_collection = isinstance(event, yaml.CollectionStartEvent)
            is_key = holder.is_mapping and len(holder.children) % 2 == 0
            values += not is_key
            if is_collection or not is_key:
                _check_limits(event, values, depth=len(above) - 1)
            holder.children.append(node)
            if is_collection:
                above.append(node)


def _check_limits(event: yaml.NodeEvent, values: int, depth: int) -> None:
    if values > MAX_NODES:
        message = f"the file has more than {MAX_NODES} values"
        raise UnsupportedError("size", message, event, "split it into several stacks")
    if depth > MAX_DEPTH:
        raise UnsupportedError("depth", f"more than {MAX_DEPTH} levels of nesting", event)
