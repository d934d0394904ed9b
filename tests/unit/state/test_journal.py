"""The journal: intents that are durable before their calls, and their replay by the next run."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gwlbfw.address import Address
from gwlbfw.cloud.call import Call
from gwlbfw.errors import LockedError, StateError
from gwlbfw.moves import Move, Moves
from gwlbfw.sim.simulator import Simulator
from gwlbfw.state.backend import StateBackend
from gwlbfw.state.journal import TOKEN_LIFE, Journal
from gwlbfw.state.local import LocalBackend
from gwlbfw.state.oss import OssBackend
from gwlbfw.state.replay import (
    CallResult,
    Intent,
    RunStart,
    call_digest,
    decode,
    encode,
    replay,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAME = "web.cn-wulanchabu.journal"
RUN = RunStart("run-1", "apply", "ann on ci-1", "2026-01-01 00:00:00 UTC")


def intent(step: str = "vpc.security:create", token: str = "t-1", **more: object) -> Intent:  # noqa: S107
    made = Intent(
        step, step.partition(":")[0], "vpc:CreateVpc", token, "d", NOW.isoformat(), creates=True
    )
    return replace(made, **more)  # type: ignore[arg-type]


def journal(backend: StateBackend) -> Journal:
    made = Journal(backend, NAME)
    made.start_run(RUN)
    return made


def test_an_intent_is_durable_for_the_next_run_at_once(
    backend: StateBackend,
) -> None:
    journal(backend).write_intent(intent())
    left = Journal(backend, NAME).previous_runs
    assert left.open_intents == (intent(),)
    assert left.interruption == (
        "the last run (`gwlbfw apply` of ann on ci-1, 2026-01-01 00:00:00 UTC) was interrupted "
        "during vpc:CreateVpc of vpc.security; this one resumes"
    )


def test_an_intent_with_a_result_is_not_open_and_its_id_is_known(folder: LocalBackend) -> None:
    made = journal(folder)
    made.write_intent(intent())
    made.write_result(CallResult("t-1", "done", "vpc-1", "R"))
    left = Journal(folder, NAME).previous_runs
    assert left.open_intents == ()
    assert left.ids == {"vpc-1": "vpc.security"}
    assert "between two calls" in left.interruption


def test_a_result_is_written_with_the_next_intent(backend: StateBackend) -> None:
    made = journal(backend)
    made.write_intent(intent())
    made.write_result(CallResult("t-1", "done", "vpc-1"))
    made.write_intent(intent("vpc.business/a:create", "t-2"))
    left = Journal(backend, NAME).previous_runs
    assert left.ids == {"vpc-1": "vpc.security"}
    assert [each.token for each in left.open_intents] == ["t-2"]


def test_an_id_is_forgotten_when_its_resource_is_deleted(folder: LocalBackend) -> None:
    made = journal(folder)
    made.write_intent(intent())
    made.write_result(CallResult("t-1", "done", "vpc-1"))
    made.write_intent(intent("vpc.security:delete", "t-2", creates=False, drops=True))
    made.write_result(CallResult("t-2", "done"))
    assert Journal(folder, NAME).previous_runs.ids == {}


def test_a_call_is_as_late_as_its_result(folder: LocalBackend) -> None:
    """What it made is listed a while after it was carried out, not after it was begun."""
    made = journal(folder)
    made.write_intent(intent())
    made.write_intent(intent("vpc.business/a:create", "t-2"))
    later = NOW + timedelta(minutes=5)
    made.write_result(CallResult("t-1", "done", "vpc-1", at=later.isoformat()))
    left = Journal(folder, NAME).previous_runs.since(NOW + timedelta(minutes=4))
    assert left.ids == {"vpc-1": "vpc.security"}
    assert left.open_intents == ()


@pytest.mark.parametrize("came", ["unknown", "done", None])
def test_the_same_create_is_sent_with_the_same_token(
    folder: LocalBackend, came: str | None
) -> None:
    made = journal(folder)
    made.write_intent(intent())
    if came:
        made.write_result(CallResult("t-1", came, "vpc-1" if came == "done" else ""))  # type: ignore[arg-type]
    again = intent(token="", at=(NOW + timedelta(minutes=5)).isoformat())
    assert Journal(folder, NAME).token_for(again, NOW + timedelta(minutes=5)) == "t-1"


@pytest.mark.parametrize("came", ["unknown", "done", None])
def test_a_create_whose_address_may_have_been_emptied_gives_no_token_again(
    folder: LocalBackend, came: str | None
) -> None:
    """The cloud would answer with the id of what is no more."""
    made = journal(folder)
    made.write_intent(intent())
    made.write_result(CallResult("t-1", "done", "vpc-1"))
    made.write_intent(intent("vpc.security:delete", "t-2", creates=False, drops=True))
    if came:
        made.write_result(CallResult("t-2", came))  # type: ignore[arg-type]
    assert Journal(folder, NAME).token_for(intent(token=""), NOW) != "t-1"


def test_a_refused_delete_leaves_the_token_of_the_create(folder: LocalBackend) -> None:
    made = journal(folder)
    made.write_intent(intent())
    made.write_intent(intent("vpc.security:delete", "t-2", creates=False, drops=True))
    made.write_result(CallResult("t-2", "failed"))
    assert Journal(folder, NAME).token_for(intent(token=""), NOW) == "t-1"


def test_a_create_after_a_delete_gives_its_own_token(folder: LocalBackend) -> None:
    made = journal(folder)
    made.write_intent(intent())
    made.write_intent(intent("vpc.security:delete", "t-2", creates=False, drops=True))
    made.write_intent(intent(token="t-3"))
    assert Journal(folder, NAME).token_for(intent(token=""), NOW) == "t-3"


def test_an_unknown_create_is_not_kept_once_its_address_is_emptied(folder: LocalBackend) -> None:
    """Kept alone it would give its token again."""
    made = journal(folder)
    made.write_intent(intent())
    made.write_result(CallResult("t-1", "unknown"))
    made.write_intent(intent("vpc.security:delete", "t-2", creates=False, drops=True))
    made.write_result(CallResult("t-2", "done"))
    made.close()
    assert Journal(folder, NAME).token_for(intent(token=""), NOW) != "t-1"


@pytest.mark.parametrize(
    "other",
    [
        {"digest": "another"},
        {"step": "vpc.business/a:create"},
        {"action": "vpc:CreateDefaultVpc"},
        {"creates": False},
    ],
)
def test_another_call_gets_another_token(folder: LocalBackend, other: dict[str, Any]) -> None:
    journal(folder).write_intent(intent())
    assert Journal(folder, NAME).token_for(intent(token="", **other), NOW) != "t-1"


def test_a_create_that_was_refused_or_is_long_past_gets_another_token(folder: LocalBackend) -> None:
    made = journal(folder)
    made.write_intent(intent())
    assert Journal(folder, NAME).token_for(intent(token=""), NOW + TOKEN_LIFE) != "t-1"
    made.write_result(CallResult("t-1", "failed"))
    assert Journal(folder, NAME).token_for(intent(token=""), NOW) != "t-1"


def test_a_finished_run_leaves_no_journal(backend: StateBackend) -> None:
    made = journal(backend)
    made.write_intent(intent())
    made.write_result(CallResult("t-1", "done", "vpc-1"))
    made.close()
    assert backend.list_names("") == []
    assert Journal(backend, NAME).previous_runs.interruption == ""


def test_open_intents_outlive_their_run_but_not_the_next_one(
    backend: StateBackend,
) -> None:
    journal(backend).write_intent(intent(token="t-0"))
    made = journal(backend)
    made.write_intent(intent("vpc.business/a:create"))
    made.write_result(CallResult("t-1", "unknown"))
    made.close()
    assert [each.token for each in Journal(backend, NAME).previous_runs.open_intents] == ["t-1"]


def test_intents_of_many_threads_are_all_written(backend: StateBackend) -> None:
    made = journal(backend)
    tokens = [f"t-{number}" for number in range(40)]

    def work(token: str) -> bool:
        made.write_intent(intent(token=token))
        there = token in Journal(backend, NAME).previous_runs.intents
        made.write_result(CallResult(token, "done", token))
        return there

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, tokens))


def test_a_bucket_gets_one_request_for_an_intent_and_none_for_a_result(
    bucket: OssBackend, simulator: Simulator
) -> None:
    made = journal(bucket)
    for number in range(3):
        made.write_intent(intent(token=f"t-{number}"))
        made.write_result(CallResult(f"t-{number}", "done"))
    made.close()
    actions = [each.action for each in simulator.activity.entries()]
    assert actions == ["GetObject", *["PutObject"] * 4, "DeleteObject"]


def test_every_intent_after_a_failed_write_is_refused(
    folder: LocalBackend,
) -> None:
    made = journal(folder)
    folder.delete(NAME)
    Path(folder.location(NAME)).symlink_to("/dev/full")
    with pytest.raises(StateError, match="No space left"):
        made.write_intent(intent())
    made.write_result(CallResult("t-1", "done"))
    Path(folder.location(NAME)).unlink()
    with pytest.raises(StateError, match="No space left"):
        made.write_intent(intent(token="t-2"))


def test_an_intent_without_the_lock_is_refused(folder: LocalBackend) -> None:
    def lost() -> None:
        raise LockedError("someone else has it")

    made = Journal(folder, NAME, guard=lost)
    with pytest.raises(LockedError):
        made.write_intent(intent())
    assert folder.read(NAME) is None


WHOLE = b"".join(
    encode(each).encode()
    for each in (RUN, intent(), CallResult("t-1", "done", "vpc-1"), intent(token="t-2"))
)


def test_a_journal_cut_anywhere_is_read_up_to_there_and_extended(folder: LocalBackend) -> None:
    lines = WHOLE.splitlines(keepends=True)
    for length in range(len(WHOLE)):
        folder.write(NAME, WHOLE[:length])
        made = journal(folder)
        made.write_intent(intent(token="t-9"))
        content = folder.read(NAME) or b""
        entries, clean = decode(content, NAME)
        assert clean == content
        assert len(entries) == 2 + sum(len(b"".join(lines[: n + 1])) <= length for n in range(4))


@pytest.mark.parametrize("end", [b"\0" * 512, b"\0\0\n", b'{"intent":', b"\xff\xfe\n", b"{}\n"])
def test_an_invalid_last_line_counts_as_torn(end: bytes) -> None:
    assert decode(WHOLE + end, NAME) == decode(WHOLE, NAME)


@pytest.mark.parametrize(
    "line",
    [
        b"\0\0\n",
        b"[]\n",
        b'{"intent":{}}\n',
        b'{"other":{"a":1}}\n',
        b'{"outcome":{"token":"t","came":"maybe"}}\n',
        b'{"outcome":{"token":5,"came":"done"}}\n',
        b"[" * 5000 + b"\n",
        encode(replace(RUN, format_version=2)).encode(),
        encode(intent(at="yesterday")).encode(),
        encode(intent(at="2026-01-01T00:00:00")).encode(),
        encode(intent(address="dragon.fafnir")).encode(),
    ],
)
def test_an_invalid_line_before_the_last_is_refused_with_a_hint(line: bytes) -> None:
    with pytest.raises(StateError, match=f"line 2 of the journal {NAME} can't be read") as refused:
        decode(encode(RUN).encode() + line + WHOLE, NAME)
    assert "move the file away" in (refused.value.hint or "")


def test_a_digest_distinguishes_calls_without_revealing_them() -> None:
    call = Call("ecs", "RunInstances", {"UserData": "s3cret", "Tag": [{"Key": "a"}]})
    assert call_digest(call) == call_digest(replace(call, params=dict(sorted(call.params.items()))))
    others = [
        replace(call, action="Other"),
        replace(call, account="other"),
        replace(call, params={**call.params, "UserData": "another"}),
    ]
    assert len({call_digest(each) for each in [call, *others]}) == 4
    line = encode(intent(digest=call_digest(call)))
    assert "s3cret" not in line
    assert json.loads(line)["intent"]["digest"] == call_digest(call)


def test_the_lines_of_a_journal_have_their_format_of_old() -> None:
    lines = WHOLE.decode().splitlines()
    assert json.loads(lines[0]) == {
        "run": {
            "run": "run-1",
            "command": "apply",
            "by": "ann on ci-1",
            "at": "2026-01-01 00:00:00 UTC",
            "format_version": 1,
            "source": "",
        }
    }
    assert lines[2] == (
        '{"outcome":{"token":"t-1","came":"done","id":"vpc-1","request_id":"","at":""}}'
    )
    assert list(json.loads(lines[1])["intent"]) == [
        *("step", "address", "action", "token", "digest", "at", "creates", "drops")
    ]


def test_a_run_of_old_names_no_topology_and_is_read() -> None:
    old = WHOLE.replace(b',"source":""', b"")
    assert old != WHOLE
    assert decode(old, "journal") == (decode(WHOLE, "journal")[0], old)


def test_earlier_runs_are_replayed_at_the_addresses_of_now() -> None:
    made = intent("vswitch.business/shop/app:create")
    runs = replay([RUN, made, CallResult("t-1", "done", "vsw-1"), intent(token="t-2")])
    moves = Moves((Move(Address("vpc.business/shop"), Address("vpc.business/store")),))
    moved = runs.moved(moves)
    assert moved.ids == {"vsw-1": "vswitch.business/store/app"}
    assert [each.step for each in moved.intents.values()] == [
        "vswitch.business/store/app:create",
        "vpc.security:create",
    ]
