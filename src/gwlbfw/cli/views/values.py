"""Properties as people read them: one line a value, `before → after` for what changes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard

from gwlbfw.cloud.call import Json
from gwlbfw.diff import Change
from gwlbfw.resources.graph import Node
from gwlbfw.resources.serialization import properties
from gwlbfw.resources.tags import ADDRESS_TAG, STACK_TAG, TEMPLATE_TAG

ARROW = "→"
_UNSAID = frozenset(
    {
        *("description", "template", "running", "connected"),
        *("in_gateway_table", "fills", "managed", "staged"),
    }
)
"""Properties that say nothing to whoever reads what is created."""
_NOTHING: tuple[Json, ...] = (None, False, "", [], {})
_TEMPLATE_TAG = f"tags.{TEMPLATE_TAG}"
"""Holds the same digest as the property `template`."""
_OWN_TAGS = frozenset({STACK_TAG, ADDRESS_TAG, TEMPLATE_TAG})

Row = tuple[str, str, str]
"""A property with its value: what becomes of it (`+`, `-`, `~`, or blank), its name, its text."""


def counts(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def shown(value: Json) -> str:
    """A value on one line."""
    if isinstance(value, str):
        return value or '""'
    if isinstance(value, Mapping):
        if {"protocol", "ports", "source"} <= set(value):
            return _rule(value)
        said = {name: each for name, each in value.items() if each not in _NOTHING[2:]}
        return f"{{{', '.join(f'{name}: {shown(each)}' for name, each in said.items())}}}"
    if isinstance(value, Sequence):
        return f"[{', '.join(shown(each) for each in value)}]"
    return "(none)" if value is None else str(value).lower()


def _rule(rule: Mapping[str, Json]) -> str:
    """A security group's rule in its field's own words."""
    usual = {"policy": "accept", "priority": 1}
    said = [str(rule[name]) for name in ("protocol", "ports")]
    said += ["from", str(rule["source"])]
    said += [f"{name} {rule[name]}" for name in usual if rule.get(name, usual[name]) != usual[name]]
    return " ".join(said)


def rows(change: Change) -> Iterator[Row]:
    """What is to be read of a change, property by property."""
    if change.action == "create" and change.towards is not None:
        yield from _created(change.towards)
    elif change.was is not None and change.towards is not None:
        was, towards = properties(change.was.resource), properties(change.towards.resource)
        for name in sorted(change.changed):
            for sign, label, text in _differing(name, was.get(name), towards.get(name)):
                if label != _TEMPLATE_TAG or "template" not in change.changed:
                    yield sign, label, text


def _created(node: Node) -> Iterator[Row]:
    for name, value in _flat(properties(node.resource)):
        if isinstance(value, Sequence) and any(isinstance(each, Mapping) for each in value):
            yield from ((" ", name, shown(each)) for each in value)
        elif value not in _NOTHING:
            yield " ", name, "(sensitive)" if name == "user_data" else shown(value)


def _flat(plain: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """The properties worth reading, those of the launch among them, tags at the end."""
    for name, value in plain.items():
        if name == "launch" and isinstance(value, Mapping):
            yield from value.items()
        elif name != "tags" and name not in _UNSAID:
            yield name, value
    tags = plain.get("tags")
    if isinstance(tags, Mapping):
        yield "tags", {name: each for name, each in tags.items() if name not in _OWN_TAGS}


def _differing(name: str, was: Json, towards: Json) -> Iterator[Row]:
    if isinstance(was, Mapping) and isinstance(towards, Mapping):
        for key in sorted({*was, *towards}):
            if was.get(key) != towards.get(key):
                yield from _differing(f"{name}.{key}", was.get(key), towards.get(key))
    elif _is_list(was) and _is_list(towards):
        yield from (("-", name, shown(each)) for each in was if each not in towards)
        yield from (("+", name, shown(each)) for each in towards if each not in was)
    else:
        yield "~", name, _turned(shown(was), shown(towards))


def _turned(was: str, towards: str) -> str:
    """From one value to another; the same address again stands for what is made anew there."""
    return f"{was} {ARROW} {towards}" if was != towards else f"{was} (recreated)"


def _is_list(value: Json) -> TypeGuard[Sequence[Json]]:
    return isinstance(value, Sequence) and not isinstance(value, str)
