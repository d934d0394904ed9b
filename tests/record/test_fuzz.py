"""Whatever a file of ours was turned into: it is read, or refused with one clear error.

GWLBFW_FUZZ says how many cases of each kind are tried.
"""

import os
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gwlbfw.errors import RecordError
from gwlbfw.record.entries import Begin, Intent, Outcome, decode, encode, told
from gwlbfw.record.lock import Holder
from gwlbfw.record.process import Process
from gwlbfw.record.record import Record
from tests.record.test_store import NOON, record

CASES = int(os.environ.get("GWLBFW_FUZZ", "150"))
many = settings(max_examples=CASES, deadline=5000, suppress_health_check=[HealthCheck.too_slow])

JOURNAL = "".join(
    encode(each)
    for each in (
        Begin("r", "apply", "ann on ci-1", "2026-01-01"),
        Intent("a:create", "vpc.a", "vpc:CreateVpc", "t-1", "d", NOON.isoformat(), creates=True),
        Outcome("t-1", "done", "vpc-1", "R"),
        Intent("a:delete", "vpc.a", "vpc:DeleteVpc", "t-2", "d", NOON.isoformat(), drops=True),
    )
).encode()
RECORD = record().to_json().encode()
LOCK = Holder("owner", Process.this(), "apply", NOON, NOON).encode()
VALUES = (b"null", b"[]", b"{}", b"-1", b"1e999", b'""', b"true", b"NaN", b'"\\ud800"', b"9" * 5000)


@st.composite
def spoilt(draw: st.DrawFn, whole: bytes) -> bytes:
    """The content with parts cut out, put in, replaced by other values, or flipped."""
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
                content[at:end] = draw(st.sampled_from(VALUES))
            case _:
                content[at:at] = content[at:end] * draw(st.integers(1, 3))
    return bytes(content)


@many
@given(spoilt(JOURNAL))
def test_a_spoilt_journal(content: bytes) -> None:
    with suppress(RecordError):
        entries, clean = decode(content, "journal")
        story = told(iter(entries))
        assert content.startswith(clean)
        assert isinstance(story.interrupted, str)
        assert len(story.ids) + len(story.open) + len(list(story.creates())) < 100
        story.since(NOON)


@many
@given(spoilt(RECORD))
def test_a_spoilt_record(content: bytes) -> None:
    with suppress(RecordError):
        read = Record.from_json(content, "record")
        assert Record.from_json(read.to_json(), "record") == read
        assert isinstance(read.ids, dict)


@many
@given(spoilt(LOCK))
def test_a_spoilt_lock(content: bytes) -> None:
    holder = Holder.decode(content)
    if holder is not None:
        assert str(holder).isprintable()
        holder.dead(Process.this(), NOON)
        assert Holder.decode(holder.encode()) == holder
