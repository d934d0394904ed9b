"""Properties as text: a line for each value, and for a change the value before it too."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from gwlbfw.cloud.call import Json
from gwlbfw.diagnostics import printable
from gwlbfw.diff import Change
from gwlbfw.resources.graph import Node
from gwlbfw.resources.serialization import properties
from gwlbfw.resources.tags import ADDRESS_TAG, STACK_TAG, TEMPLATE_TAG

ARROW = "→"
_HIDDEN = frozenset(
    {
        *("description", "template", "running", "connected"),
        *("in_gateway_table", "fills", "managed", "staged", "turned"),
    }
)
"""Properties without meaning to the reader of a plan."""
_EMPTY: tuple[Json, ...] = (None, False, "", [], {})
_TEMPLATE_TAG = f"tags.{TEMPLATE_TAG}"
"""Holds the same digest as the property `template`."""
_OWN_TAGS = frozenset({STACK_TAG, ADDRESS_TAG, TEMPLATE_TAG})


@dataclass(frozen=True)
class Row:
    """A property of a change."""

    sign: str
    """`+`, `-`, `~`, or blank."""
    name: str
    text: str
    """Its value, on one line."""
    was: str | None = None
    """Its value before, where that is another."""

    @property
    def transition(self) -> str:
        """Its value, after the one before where there is one.

        Quoted where a value could be taken for two.
        """
        if self.was is None:
            return self.text
        both = [self.was, self.text]
        if any(ARROW in each or each != each.strip() or each[:1] == '"' for each in both):
            both = [each if each == '""' else json.dumps(each, ensure_ascii=False) for each in both]
        return f" {ARROW} ".join(both)


def plural(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def value_text(value: Json) -> str:
    """A value on one line."""
    if isinstance(value, str):
        return printable(value) or '""'
    if isinstance(value, Mapping):
        if {"protocol", "ports", "source"} <= set(value):
            return _rule(value)
        filled = {name: each for name, each in value.items() if each not in _EMPTY[2:]}
        shown = (f"{printable(name)}: {value_text(each)}" for name, each in filled.items())
        return f"{{{', '.join(shown)}}}"
    if isinstance(value, Sequence):
        return f"[{', '.join(value_text(each) for each in value)}]"
    return "(none)" if value is None else str(value).lower()


def _rule(rule: Mapping[str, Json]) -> str:
    """A security group's rule on one line."""
    usual = {"policy": "accept", "priority": 1}
    words = [value_text(rule["protocol"]), value_text(rule["ports"]), "from"]
    words.append(value_text(rule["source"]))
    words += [
        f"{name} {value_text(rule[name])}"
        for name in usual
        if rule.get(name, usual[name]) != usual[name]
    ]
    return " ".join(words)


def property_rows(change: Change) -> Iterator[Row]:
    """The rows of a change, property by property."""
    if change.action == "create" and change.towards is not None:
        yield from _created_rows(change.towards)
    elif change.was is not None and change.towards is not None:
        was, towards = properties(change.was.resource), properties(change.towards.resource)
        for name in sorted(change.changed):
            for row in _changed_rows(name, was.get(name), towards.get(name)):
                if row.name != _TEMPLATE_TAG or "template" not in change.changed:
                    yield row


def _created_rows(node: Node) -> Iterator[Row]:
    for name, value in _visible_properties(properties(node.resource)):
        if isinstance(value, Sequence) and any(isinstance(each, Mapping) for each in value):
            yield from (Row(" ", name, value_text(each)) for each in value)
        elif value not in _EMPTY:
            yield Row(" ", name, "(sensitive)" if name == "user_data" else value_text(value))


def _visible_properties(plain: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """The properties that a plan shows, those of the launch among them, tags at the end."""
    for name, value in plain.items():
        if name == "launch" and isinstance(value, Mapping):
            yield from value.items()
        elif name != "tags" and name not in _HIDDEN:
            yield name, value
    tags = plain.get("tags")
    if isinstance(tags, Mapping):
        yield "tags", {name: each for name, each in tags.items() if name not in _OWN_TAGS}


def _changed_rows(name: str, was: Json, towards: Json) -> Iterator[Row]:
    if isinstance(was, Mapping) and isinstance(towards, Mapping):
        for key in sorted({*was, *towards}):
            if was.get(key) != towards.get(key):
                at = f"{name}.{printable(key)}"
                yield from _changed_rows(at, was.get(key), towards.get(key))
    elif _is_list(was) and _is_list(towards):
        yield from (Row("-", name, value_text(each)) for each in was if each not in towards)
        yield from (Row("+", name, value_text(each)) for each in towards if each not in was)
    elif was == towards:
        # The same address again stands for what is recreated there.
        yield Row("~", name, f"{value_text(towards)} (recreated)")
    else:
        yield Row("~", name, value_text(towards), value_text(was))


def _is_list(value: Json) -> TypeGuard[Sequence[Json]]:
    return isinstance(value, Sequence) and not isinstance(value, str)
