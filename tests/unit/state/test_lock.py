"""The lock: one holder at a time, a clear refusal for others, one successor for a dead holder."""

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gwlbfw.errors import LockedError, StateError
from gwlbfw.sim.faults import Rule
from gwlbfw.sim.simulator import Simulator
from gwlbfw.state.backend import StateBackend
from gwlbfw.state.local import LocalBackend
from gwlbfw.state.lock import LEASE, SKEW, Holder, Lock, takeover_claim_name
from gwlbfw.state.oss import OssBackend
from gwlbfw.state.process import Process, start_time
from gwlbfw.state.store import LockInfo, Store

NAME = "web.cn-wulanchabu.lock"
HERE = Process.this()
ELSEWHERE = replace(HERE, host="ci-2", machine="other", boot="other")


class Time:
    """A clock that only `pass_by` moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def messages() -> list[str]:
    """The messages to the user."""
    return []


def lock(
    backend: StateBackend,
    time: Time,
    messages: list[str],
    process: Process = HERE,
) -> Lock:
    return Lock(backend, NAME, "apply", utc=time, notify=messages.append, process=process)


def held(backend: StateBackend) -> Holder:
    """Who the lock says has it."""
    holder = Holder.decode(backend.read(NAME) or b"")
    assert holder is not None
    return holder


def ended() -> Process:
    """A process of this machine that was killed."""
    code = "import sys; print('up', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = replace(HERE, pid=child.pid, start=start_time(child.pid) or "")
        assert found.proof_of_exit(HERE) is None
        child.kill()
    return found


def test_a_held_lock_is_refused_with_its_holder_and_a_hint(
    backend: StateBackend, time: Time, messages: list[str]
) -> None:
    first = lock(backend, time, messages).acquire()
    with pytest.raises(LockedError) as refused:
        lock(backend, time, messages).acquire()
    assert str(refused.value) == (
        f"the stack is locked by `gwlbfw apply` of {HERE.user} on {HERE.host} "
        f"(process {os.getpid()}), since 2026-01-01 00:00:00 UTC"
    )
    assert "gwlbfw unlock" in (refused.value.hint or "")
    first.release()
    lock(backend, time, messages).acquire().release()
    assert backend.list_names("") == []
    assert messages == []


def test_the_lock_of_an_ended_process_is_taken_over_with_one_line(
    backend: StateBackend, time: Time, messages: list[str]
) -> None:
    dead = ended()
    first = lock(backend, time, messages, dead).acquire()
    first._released.set()
    lock(backend, time, messages).acquire().release()
    assert messages == [
        f"took over the lock of {first.holder}: its process {dead.pid} is gone",
    ]
    assert backend.list_names("") == []


def test_a_reused_process_number_proves_that_the_first_process_ended() -> None:
    assert "another one has its number" in (replace(HERE, start="1").proof_of_exit(HERE) or "")


@pytest.mark.parametrize("other", ["host", "machine", "space"])
def test_a_process_of_another_machine_or_namespace_is_never_proven_ended(other: str) -> None:
    dead = ended()
    assert dead.proof_of_exit(HERE)
    assert replace(dead, **{other: "other"}).proof_of_exit(HERE) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("machine", ["", "m"])
def test_another_boot_of_the_same_machine_proves_nothing(machine: str) -> None:
    """A clone has the host's name and the machine's id, and its own boot."""
    here = replace(HERE, machine=machine, boot="b-2")
    assert replace(ended(), machine=machine, boot="b-1").proof_of_exit(here) is None


def test_a_lock_on_a_cloned_machine_is_respected_until_its_lease_is_over(
    backend: StateBackend, time: Time, messages: list[str]
) -> None:
    clone = replace(HERE, boot="of-the-clone")
    first = lock(backend, time, messages, clone).acquire()
    first._released.set()
    time.pass_by(LEASE)
    with pytest.raises(LockedError):
        lock(backend, time, messages).acquire()
    time.pass_by(SKEW + timedelta(seconds=1))
    lock(backend, time, messages).acquire().release()
    assert "its lease ran out" in messages[0]


def test_a_lock_is_waited_for_as_long_as_the_caller_is_willing(
    backend: StateBackend, time: Time, messages: list[str]
) -> None:
    def pause(seconds: float) -> None:
        time.pass_by(timedelta(seconds=seconds))
        if time.now > start + timedelta(seconds=freed_after):
            first.release()

    freed_after, start = 30.0, time.now
    first = lock(backend, time, messages).acquire()
    with pytest.raises(LockedError):
        lock(backend, time, messages).acquire(20.0, pause)
    assert messages == [f"waiting: the stack is locked by {first.holder}"]
    late = lock(backend, time, messages).acquire(20.0, pause)
    assert late.holder.since > start + timedelta(seconds=freed_after)
    assert late.holder.until == late.holder.since + LEASE
    late.release()
    lock(backend, time, messages).acquire(20.0, pause).release()
    assert len(messages) == 2


def test_a_zombie_process_has_ended() -> None:
    code = "import time; time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code])
    begun = start_time(child.pid)
    assert begun
    os.kill(child.pid, signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert start_time(child.pid) is None  # still a zombie
    child.wait()
    assert start_time(child.pid) is None


def test_an_expired_lease_is_taken_over_only_after_the_skew(
    backend: StateBackend, time: Time, messages: list[str]
) -> None:
    lock(backend, time, messages, ELSEWHERE).acquire()._released.set()
    time.pass_by(LEASE + SKEW)
    with pytest.raises(LockedError):
        lock(backend, time, messages).acquire()
    time.pass_by(timedelta(seconds=1))
    lock(backend, time, messages).acquire().release()
    assert "its lease ran out at 2026-01-01 00:02:00 UTC" in messages[0]


def test_a_renewed_lease_is_not_taken_over(
    backend: StateBackend, time: Time, messages: list[str]
) -> None:
    first = lock(backend, time, messages, ELSEWHERE).acquire()
    for _ in range(5):
        time.pass_by(LEASE * 0.9)
        first.renew()
        first.check()
    with pytest.raises(LockedError):
        lock(backend, time, messages).acquire()


def test_a_holder_that_renews_too_late_must_stop(
    folder: LocalBackend, time: Time, messages: list[str]
) -> None:
    first = lock(folder, time, messages).acquire()
    time.pass_by(LEASE)
    with pytest.raises(StateError, match="could not be renewed"):
        first.check()
    first.renew()
    with pytest.raises(StateError):
        first.check()


def test_a_holder_that_was_taken_over_stops_and_leaves_the_new_lock_alone(
    backend: StateBackend, time: Time, messages: list[str]
) -> None:
    first = lock(backend, time, messages, ELSEWHERE).acquire()
    backend.delete(NAME)
    second = lock(backend, time, messages).acquire()
    first.renew()
    with pytest.raises(LockedError, match=f"now held by .*{HERE.host}"):
        first.check()
    first.release()
    assert held(backend).owner == second.holder.owner


def test_a_broken_lock_stops_its_holder(
    backend: StateBackend, time: Time, messages: list[str]
) -> None:
    first = lock(backend, time, messages).acquire()
    store = Store(backend, time)
    found = store.lock_info("web", "cn-wulanchabu")
    assert found == LockInfo(backend.location(NAME), str(first.holder))
    store.unlock("web", "cn-wulanchabu")
    assert store.lock_info("web", "cn-wulanchabu") is None
    first.renew()
    with pytest.raises(LockedError, match="was broken"):
        first.check()


def test_one_of_many_processes_takes_over_a_dead_lock(
    backend: StateBackend, time: Time, messages: list[str]
) -> None:
    dead = ended()
    for _ in range(5):
        lock(backend, time, messages, dead).acquire()._released.set()
        start = threading.Barrier(8)

        def take_over(_: int, start: threading.Barrier = start) -> Lock | None:
            start.wait()
            try:
                return lock(backend, time, messages).acquire()
            except LockedError:
                return None

        with ThreadPoolExecutor(8) as pool:
            winners = [each for each in pool.map(take_over, range(8)) if each]
        assert len(winners) == 1
        assert held(backend).owner == winners[0].holder.owner
        winners[0].release()
        assert backend.list_names("") == []


def test_a_claim_of_a_dead_process_is_taken_over_too(
    backend: StateBackend, time: Time, messages: list[str]
) -> None:
    dead = ended()
    lock(backend, time, messages, dead).acquire()._released.set()
    claim = takeover_claim_name(NAME, backend.read(NAME) or b"")
    backend.create(claim, lock(backend, time, messages, dead).holder.encode())
    lock(backend, time, messages).acquire().release()
    assert backend.list_names("") == []


def test_a_claim_of_a_live_process_is_respected(
    backend: StateBackend, time: Time, messages: list[str]
) -> None:
    lock(backend, time, messages, ended()).acquire()._released.set()
    claim = takeover_claim_name(NAME, backend.read(NAME) or b"")
    backend.create(claim, lock(backend, time, messages, ELSEWHERE).holder.encode())
    with pytest.raises(LockedError, match="ci-2"):
        lock(backend, time, messages).acquire()


def test_a_claim_on_a_lock_that_has_changed_is_given_up(
    backend: StateBackend, time: Time, messages: list[str]
) -> None:
    late = lock(backend, time, messages)
    lock(backend, time, messages, ended()).acquire()._released.set()
    left = backend.read(NAME) or b""
    first = lock(backend, time, messages).acquire()
    assert not late._claim(NAME, left)
    assert held(backend).owner == first.holder.owner
    assert backend.list_names("") == [NAME]


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_lost_reply_of_oss_leaves_neither_lock_nor_claim_behind(
    bucket: OssBackend, simulator: Simulator, time: Time, messages: list[str], nth: int
) -> None:
    lock(bucket, time, messages, ended()).acquire()._released.set()
    simulator.faults.add(Rule("lose_reply", match="oss:PutObject", nth=nth))
    lock(bucket, time, messages).acquire().release()
    assert bucket.list_names("") == []


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"[]", b"{}", b"[" * 5000, json.dumps({"owner": 1, "pid": "x"}).encode()],
)
def test_an_unreadable_lock_counts_as_held(
    folder: LocalBackend, time: Time, messages: list[str], content: bytes
) -> None:
    folder.write(NAME, content)
    with pytest.raises(LockedError, match="does not say by whom") as refused:
        lock(folder, time, messages).acquire()
    assert "gwlbfw unlock" in (refused.value.hint or "")
    found = Store(folder, time).lock_info("web", "cn-wulanchabu")
    assert found
    assert "does not name" in found.holder


def test_a_lock_and_its_claim_have_their_format_of_old(time: Time) -> None:
    content = Holder("o", HERE, "apply", time(), time()).encode()
    keys = ["owner", "command", "user", "host", "machine", "space", "boot", "pid", "start"]
    assert list(json.loads(content)) == [*keys, "since", "until"]
    assert takeover_claim_name(NAME, b"{}") == f"{NAME}.heir-44136fa355b3678a"


RACER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from gwlbfw.errors import LockedError
from gwlbfw.state.local import LocalBackend
from gwlbfw.state.lock import Lock
inside = Path(sys.argv[1]) / "inside"
for _ in range(30):
    lock = Lock(LocalBackend(Path(sys.argv[1])), "x.lock", "apply",
                utc=lambda: datetime.now(UTC), notify=lambda _: None)
    try:
        lock.acquire()
    except LockedError:
        continue
    inside.open("x").close()  # fails where somebody else is inside
    inside.unlink()
    lock.release()
print("fine")
"""


def test_racing_processes_never_hold_the_lock_together(tmp_path: Path) -> None:
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(4)
    ]
    assert [each.communicate()[0] for each in racers] == ["fine\n"] * 4
