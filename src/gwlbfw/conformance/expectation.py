"""What a reply has to hold at a path: a text, one of several, or a mark such as `<present>`.

A path is names with dots between, and in brackets after a list's name which of its items is meant:

    Vpcs.Vpc[0].VpcId                                        the first one
    Permissions.Permission[Direction=egress].Policy          the first of which this holds
    RouteEntrys.RouteEntry[#]                                their number
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gwlbfw.sim.fixture.calls import as_text

Fill = Callable[[str], str]
"""Puts ids in the place of names in braces."""

_PART = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")
ABSENT: Final = object()
"""Stands for what a reply doesn't have."""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


MARKS: Mapping[str, Callable[[object], bool]] = {
    "<present>": lambda value: value is not ABSENT and as_text(value) != "",
    "<absent>": lambda value: value is ABSENT,
    "<string>": lambda value: isinstance(value, str),
    "<number>": _is_number,
    "<boolean>": lambda value: isinstance(value, bool),
    "<list>": lambda value: isinstance(value, list),
    "<object>": lambda value: isinstance(value, dict),
}
"""What stands for more than one text: there and not empty, not there, or of a type of JSON."""


@dataclass(frozen=True)
class Expectation:
    """One path, and the texts or marks of which what is there has to fit one."""

    path: str
    wanted: tuple[str, ...]

    def fits(self, body: Mapping[str, Any], fill: Fill) -> bool:
        """True if a reply holds it."""
        value = value_at(body, fill(self.path))
        return any(_fits(value, fill(each)) for each in self.wanted)

    def text(self, fill: Fill) -> str:
        """What is expected, in words."""
        texts = [each if each in MARKS else repr(fill(each)) for each in self.wanted]
        return f"{fill(self.path)} {' or '.join(texts)}"

    def found(self, body: Mapping[str, Any], fill: Fill) -> str:
        """What a reply holds there, in words."""
        value = value_at(body, fill(self.path))
        return f"{fill(self.path)} {'<absent>' if value is ABSENT else repr(value)}"


def value_at(value: object, path: str) -> object:
    """The value at a path; ABSENT where there is none."""
    for chosen, name in _PART.findall(path):
        if name:
            value = value.get(name, ABSENT) if isinstance(value, Mapping) else ABSENT
        else:
            value = _item(value, chosen) if isinstance(value, list) else ABSENT
    return value


def _item(items: Sequence[object], chosen: str) -> object:
    if chosen == "#":
        return len(items)
    if chosen.isdecimal():
        return items[int(chosen)] if int(chosen) < len(items) else ABSENT
    name, _, text = chosen.partition("=")
    return next((each for each in items if as_text(value_at(each, name)) == text), ABSENT)


def _fits(value: object, wanted: str) -> bool:
    if (mark := MARKS.get(wanted)) is not None:
        return mark(value)
    return as_text(None if value is ABSENT else value) == wanted
