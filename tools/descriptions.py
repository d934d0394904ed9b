"""Rules for a parameter's values, from unambiguous sentences of its description.

The vendor's metadata has no machine-readable constraints, only sentences such as "Valid values:
**1** to **100**" or "must be 2 to 128 characters in length". What doesn't fit these forms word
for word gives no rule: better none than a wrong one.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

Rules: TypeAlias = Mapping[str, "list[str] | int | str"]

_VALUES = re.compile(r"(?:[Vv]alid values?|Values):?\s*\n+((?:\s*[*-] +[^\n]*\n*)+)")
_BULLET = re.compile(
    r"\s*[*-] +(?:\*\*)?`?([A-Za-z0-9_.\\-]+)`?(?:\*\*)?\s*(?:\(default\))?\s*(?:[:.]|$)"
)
_RANGE = re.compile(
    r"[Vv]alid values:\s*\**(-?[\d,]+)\**\s*(?:to|~)\s*\**(-?[\d,]+)\**\s*(?:\.|\n|$)"
)
_BOUND = re.compile(r"(Min|Max)imum value: \**(\d+)\**\.?\s*(?:\n|$)")
_LENGTH = re.compile(r"(?:must be|is|contains) (\d+) to (\d+) characters(?: in length)?")
_LONGEST = re.compile(r"(?:up to|cannot exceed|at most) (\d+) characters in length")
_COUNT = re.compile(r"(?:[Uu]p to|at most|1 to) (\d+) (?!characters)[a-z]")
_NO_URL = re.compile(r"cannot start with `?https?://`?|cannot start with `?aliyun`?")
_LETTER = re.compile(r"must start with a letter")
_LISTS = ("RepeatList", "Array")
_NUMBERS = ("Integer", "Long")


def rules_of(kind: str, description: str) -> Rules:
    """The rules for a parameter of a type that its description gives."""
    text = description.replace("\\_", "_")
    if kind in _LISTS:
        return dict(_unanimous_number(_COUNT, text, "max_items"))
    if kind in _NUMBERS:
        return dict(_bounds(text))
    if kind == "String":
        return {**dict(_values(text)), **dict(_lengths(text)), **dict(_pattern(text))}
    return {}


def _unanimous_number(pattern: re.Pattern[str], text: str, name: str) -> Iterator[tuple[str, int]]:
    """The number that is found, if it is the same wherever one is found."""
    found = {int(each) for each in pattern.findall(text)}
    if len(found) == 1:
        yield name, found.pop()


def _bounds(text: str) -> Iterator[tuple[str, int]]:
    ranges = {tuple(int(each.replace(",", "")) for each in pair) for pair in _RANGE.findall(text)}
    if len(ranges) == 1 and text.lower().count("valid values") == 1:
        low, high = ranges.pop()
        yield from (("minimum", low), ("maximum", high))
    elif not ranges:
        for which, number in _BOUND.findall(text):
            yield f"{which.lower()}imum", int(number)


def _values(text: str) -> Iterator[tuple[str, list[str]]]:
    lists = _VALUES.findall(text)
    if len(lists) != 1 or "case-insensitive" in text:
        return
    matches = [_BULLET.match(line) for line in lists[0].splitlines() if line.strip()]
    values = [match.group(1).rstrip(".") for match in matches if match]
    whole = len(values) == len(matches) and not _mentions_more(text)
    if values and whole and set(values) != {"true", "false"}:
        yield "values", values


def _mentions_more(text: str) -> bool:
    """True if the list is for one case only, or not of values."""
    conditional = re.search(r"[Vv]alid values (?:if|when|for|of)|is set to .{0,60}[Vv]alid", text)
    return conditional is not None or "Enumeration" in text


def _lengths(text: str) -> Iterator[tuple[str, int]]:
    found = set(_LENGTH.findall(text))
    if len(found) == 1:
        low, high = found.pop()
        yield from (("min_length", int(low)), ("max_length", int(high)))
    elif not found:
        yield from _unanimous_number(_LONGEST, text, "max_length")


def _pattern(text: str) -> Iterator[tuple[str, str]]:
    if not _LENGTH.search(text):
        return
    no_url = r"(?!https?://)" if _NO_URL.search(text) else ""
    letter = r"[^\W\d_]" if _LETTER.search(text) else ""
    if no_url or letter:
        yield "pattern", no_url + letter
