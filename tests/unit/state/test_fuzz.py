"""Corrupted files of gwlbfw are read, or refused with one clear error.

GWLBFW_FUZZ says how many cases of each kind are tried.
"""

from contextlib import suppress

from hypothesis import given

from gwlbfw.errors import StateError
from gwlbfw.state.lock import Holder
from gwlbfw.state.model import State
from gwlbfw.state.process import Process
from gwlbfw.state.replay import CallResult, Intent, RunStart, decode, encode, replay
from tests.support.fuzzing import corrupted_bytes, fuzz_settings
from tests.unit.state.test_store import NOON, record

JOURNAL = "".join(
    encode(each)
    for each in (
        RunStart("r", "apply", "ann on ci-1", "2026-01-01"),
        Intent("a:create", "vpc.a", "vpc:CreateVpc", "t-1", "d", NOON.isoformat(), creates=True),
        CallResult("t-1", "done", "vpc-1", "R"),
        Intent("a:delete", "vpc.a", "vpc:DeleteVpc", "t-2", "d", NOON.isoformat(), drops=True),
    )
).encode()
RECORD = record().to_json().encode()
LOCK = Holder("owner", Process.this(), "apply", NOON, NOON).encode()
VALUES = (b"null", b"[]", b"{}", b"-1", b"1e999", b'""', b"true", b"NaN", b'"\\ud800"', b"9" * 5000)


@fuzz_settings()
@given(corrupted_bytes(JOURNAL, VALUES))
def test_a_corrupted_journal_is_read_or_refused(content: bytes) -> None:
    with suppress(StateError):
        entries, clean = decode(content, "journal")
        replayed = replay(entries)
        assert content.startswith(clean)
        assert isinstance(replayed.interruption, str)
        assert (
            len(replayed.ids) + len(replayed.open_intents) + len(replayed.possible_creates()) < 100
        )
        replayed.since(NOON)


@fuzz_settings()
@given(corrupted_bytes(RECORD, VALUES))
def test_a_corrupted_state_is_read_or_refused(content: bytes) -> None:
    with suppress(StateError):
        read = State.from_json(content, "record")
        assert State.from_json(read.to_json(), "record") == read
        assert isinstance(read.ids, dict)


@fuzz_settings()
@given(corrupted_bytes(LOCK, VALUES))
def test_a_corrupted_lock_is_read_or_names_nobody(content: bytes) -> None:
    holder = Holder.decode(content)
    if holder is not None:
        assert str(holder).isprintable()
        holder.takeover_reason(Process.this(), NOON)
        assert Holder.decode(holder.encode()) == holder
