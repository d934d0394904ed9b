"""What all fuzzing shares: how many cases, how long one may take, and how a file is spoilt.

GWLBFW_FUZZ says how many cases of each kind are tried.
"""

import os
from collections.abc import Sequence

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


def many(divisor: int = 1, sample: int = 150) -> settings:
    """Settings of one kind: GWLBFW_FUZZ cases, or that part of them where a case costs more."""
    wanted = os.environ.get("GWLBFW_FUZZ")
    return settings(
        max_examples=max(1, int(wanted) // divisor) if wanted else sample,
        deadline=DEADLINE_MS,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


@st.composite
def spoilt(draw: st.DrawFn, whole: bytes, values: Sequence[bytes]) -> bytes:
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
