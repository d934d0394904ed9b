"""What all fuzzing shares: how many cases, how long one may take, and how a file is corrupted.

GWLBFW_FUZZ says how many cases of each kind are tried.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

DEADLINE_MS = 5000
ODD_TEXTS = (
    "",
    " ",
    "\u202e",
    "\u200b",
    "\u0301",
    "\ufeff",
    "é",
    "\U0001d7d9",
    "²",
    "٣",
    "İ",
    "\u2028",
    "\\ud800",
    "a/b",
    "a.b",
    "..",
    "../../etc/passwd",
    "null",
    "%s%n",
    "{0}",
    "$${",
    "a" * 300,
    "9" * 5000,
)
ODD_NUMBERS = (0, -1, 1, 2**31, 2**63, 2**64, 10**18, 10**400, 0.5, -0.0, 1e308)


def fuzz_settings(divisor: int = 1, sample: int = 150, deadline_ms: int = DEADLINE_MS) -> settings:
    """Settings of one kind: GWLBFW_FUZZ cases, or that part of them where a case costs more."""
    wanted = os.environ.get("GWLBFW_FUZZ")
    return settings(
        max_examples=max(1, int(wanted) // divisor) if wanted else sample,
        deadline=deadline_ms,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


@st.composite
def corrupted_bytes(draw: st.DrawFn, whole: bytes, values: Sequence[bytes]) -> bytes:
    """The content with parts cut out, put in, replaced by other values, or repeated."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        end = min(len(content), at + draw(st.integers(0, 40)))
        match draw(st.integers(0, 3)):
            case 0:
                del content[at:end]
            case 1:
                content[at:at] = draw(st.binary(max_size=8))
            case 2:
                content[at:end] = draw(st.sampled_from(values))
            case _:
                content[at:at] = content[at:end] * draw(st.integers(1, 3))
    return bytes(content)


Path = tuple[str | int, ...]
Json = Any
"""What JSON can say, whatever its shape."""

DEEP = 2000
HOSTILE: tuple[Json, ...] = (
    *(None, True, False, [], {}, [[]], [None], [{}], {"": None}, [1, "a", None, {}], {"a": {}}),
    *ODD_TEXTS,
    *ODD_NUMBERS,
    *("\ud800", "\x00", "\x1b[31m", "line\nline", "x" * 5000, "0x10", "1e9", "-0", "NaN", "+1"),
    *(float("inf"), float("nan"), [{}] * 500, "true", "True", "0", "2026-01-01T00:00Z"),
)


def nested(depth: int) -> Json:
    """A list in a list in a list …"""
    value: Json = []
    for _ in range(depth):
        value = [value]
    return value


def paths_in(value: Json, path: Path = ()) -> Iterator[Path]:
    """Where everything within a value stands."""
    yield path
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths_in(each, (*path, key))


@dataclass(frozen=True)
class Edit:
    """Something else at one place within a value."""

    path: Path
    how: str
    value: Json = None

    def on(self, whole: Json) -> Json:
        """The value so edited; as it is, where an earlier edit took the place away."""
        return self._within(whole, self.path)

    def _within(self, value: Json, path: Path) -> Json:
        if not path:
            return self._instead(value)
        first: Json = path[0]
        if isinstance(value, dict) and first in value:
            copied: Json = dict(value)
        elif isinstance(value, list) and isinstance(first, int) and first < len(value):
            copied = list(value)
        else:
            return value
        if path[1:]:
            copied[first] = self._within(copied[first], path[1:])
        elif self.how == "gone":
            del copied[first]
        elif self.how == "again" and isinstance(copied, list):
            copied.insert(0, copied[first])
        elif self.how == "again":
            copied[f"{first}s"] = copied.pop(first)
        elif self.how == "added" and isinstance(copied, list):
            copied.append(self.value)
        elif self.how == "added":
            copied["NextToken"] = self.value
        else:
            copied[first] = self._instead(copied[first])
        return copied

    def _instead(self, value: Json) -> Json:
        """Another value, or this one in another form."""
        if self.how == "mapping" and isinstance(value, list):
            return {str(number): each for number, each in enumerate(value)}
        forms: dict[str, Json] = {
            "list": [value],
            "mapping": {"value": value},
            "text": str(value),
            "twice": value * 2 if isinstance(value, list | str) else value,
            "parts": list(value) if isinstance(value, list | dict) else value,
        }
        return forms.get(self.how, self.value)


EDIT_KINDS = (
    *["value"] * 6,
    "gone",
    "gone",
    "again",
    "added",
    "list",
    "mapping",
    "text",
    "twice",
    "parts",
)


def edit_strategy(at: Sequence[Path]) -> st.SearchStrategy[Edit]:
    """An edit of what stands at one of these places."""
    value = st.sampled_from(HOSTILE) | st.text(max_size=6) | st.integers() | st.floats()
    return st.builds(Edit, st.sampled_from(at), st.sampled_from(EDIT_KINDS), value)


def edits(at: Sequence[Path], most: int = 3) -> st.SearchStrategy[list[Edit]]:
    """One to `most` edits of what stands at some of these places."""
    return st.lists(edit_strategy(at), min_size=1, max_size=most)


def with_edits(whole: Json, changes: Sequence[Edit]) -> Json:
    """The value with all the edits made."""
    for each in changes:
        whole = each.on(whole)
    return whole
