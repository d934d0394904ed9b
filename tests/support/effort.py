"""The work that something takes, counted: as much on every machine, however busy it is."""

import sys
from collections.abc import Callable
from math import log
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import TraceFunction

T = TypeVar("T")


def count_lines(work: Callable[[], T]) -> tuple[T, int]:
    """What something gives, and how many lines it runs; each round of a loop is one."""
    lines = 0

    def count(_: FrameType, event: str, __: object) -> "TraceFunction":
        nonlocal lines
        lines += event == "line"
        return count

    earlier = sys.gettrace()
    sys.settrace(count)
    try:
        result = work()
    finally:
        sys.settrace(earlier)
    return result, lines


def exponent(work_ratio: float, size_ratio: float) -> float:
    """The power of the size that work grows with."""
    return log(work_ratio) / log(size_ratio)
