"""Plain scalars, by the core schema of YAML 1.2: `no` and `22:80` are text, not numbers."""

import re
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

MOST_DIGITS = 18
"""Digits of the longest whole number that is read: it fits into 64 bits."""

_NULL = re.compile(r"(?:~|null|Null|NULL)?")
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class Untyped(str):
    """The value of one variable and nothing else: text, or what the text reads as, as is needed."""

    __slots__ = ()


class TooLongError(ValueError):
    """A whole number of more digits than are read."""


def resolve(text: str) -> Scalar:
    """What a plain scalar means."""
    if _NULL.fullmatch(text):
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return _whole(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return float(text.lower().replace(".", "")) if _NO_FINITE.fullmatch(text) else text


def _whole(text: str) -> int:
    if len(text.lstrip("+-")) > MOST_DIGITS:
        raise TooLongError(text)
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text[2:] if base != 10 else text, base)
