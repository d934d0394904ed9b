"""Plain scalars, by the core schema of YAML 1.2: `no` and `22:80` are text, not numbers."""

import re
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

MAX_DIGITS = 18
"""Digits of the longest whole number that is accepted: it fits into 64 bits."""

_NULL = re.compile(r"(?:~|null|Null|NULL)?")
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NON_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class Untyped(str):
    """The value of a scalar that is one variable: text, or the scalar that the text reads as."""

    __slots__ = ()


class TooLongError(ValueError):
    """A whole number of more digits than are accepted."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar."""
    if _NULL.fullmatch(text):
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return _whole(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return float(text.lower().replace(".", "")) if _NON_FINITE.fullmatch(text) else text


def _whole(text: str) -> int:
    if len(text.lstrip("+-")) > MAX_DIGITS:
        raise TooLongError(text)
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text[2:] if base != 10 else text, base)
