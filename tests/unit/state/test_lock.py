"""The lock: one at work, the second told, the dead followed by one heir."""

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
    """A clock that stands still until it is turned."""

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
def said() -> list[str]:
    """What was told to the user."""
    return []


def lock(backend: StateBackend, time: Time, said: list[str], process: Process = HERE) -> Lock:
    return Lock(backend, NAME, "apply", utc=time, notify=said.append, process=process)


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


def test_the_second_comer_is_told_who_is_at_work_and_what_to_do(
    backend: StateBackend, time: Time, said: list[str]
) -> None:
    first = lock(backend, time, said).acquire()
    with pytest.raises(LockedError) as refused:
        lock(backend, time, said).acquire()
    assert str(refused.value) == (
        f"the stack is locked by `gwlbfw apply` of {HERE.user} on {HERE.host} "
        f"(process {os.getpid()}), since 2026-01-01 00:00:00 UTC"
    )
    assert "gwlbfw unlock" in (refused.value.hint or "")
    first.release()
    lock(backend, time, said).acquire().release()
    assert backend.list_names("") == []
    assert said == []


def test_the_lock_of_a_process_that_is_gone_is_taken_over_with_one_line(
    backend: StateBackend, time: Time, said: list[str]
) -> None:
    dead = ended()
    first = lock(backend, time, said, dead).acquire()
    first._released.set()
    lock(backend, time, said).acquire().release()
    assert said == [
        f"took over the lock of {first.holder}: its process {dead.pid} is gone",
    ]
    assert backend.list_names("") == []


def test_a_number_that_another_process_has_by_now_proves_the_first_one_dead() -> None:
    assert "another one has its number" in (replace(HERE, start="1").proof_of_exit(HERE) or "")


@pytest.mark.parametrize("other", ["host", "machine", "space"])
def test_nothing_is_proven_of_a_process_that_is_counted_elsewhere(other: str) -> None:
    dead = ended()
    assert dead.proof_of_exit(HERE)
    assert replace(dead, **{other: "other"}).proof_of_exit(HERE) is None  # type: ignore[arg-type]


def test_hosts_of_one_name_that_nothing_tells_apart_prove_nothing() -> None:
    dead = replace(ended(), machine="", boot="other")
    assert dead.proof_of_exit(replace(HERE, machine="")) is None


def test_a_machine_started_anew_has_none_of_its_processes() -> None:
    machine = replace(HERE, machine="m", boot="b-2")
    assert "was restarted" in (replace(machine, boot="b-1").proof_of_exit(machine) or "")


def test_a_killed_process_nobody_has_asked_about_is_gone() -> None:
    code = "import time; time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code])
    begun = start_time(child.pid)
    assert begun
    os.kill(child.pid, signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert start_time(child.pid) is None  # still a zombie
    child.wait()
    assert start_time(child.pid) is None


def test_a_lease_that_ran_out_is_taken_over_and_not_a_moment_before(
    backend: StateBackend, time: Time, said: list[str]
) -> None:
    lock(backend, time, said, ELSEWHERE).acquire()._released.set()
    time.pass_by(LEASE + SKEW)
    with pytest.raises(LockedError):
        lock(backend, time, said).acquire()
    time.pass_by(timedelta(seconds=1))
    lock(backend, time, said).acquire().release()
    assert "its lease ran out at 2026-01-01 00:02:00 UTC" in said[0]


def test_a_renewed_lease_is_not_taken_released(
    backend: StateBackend, time: Time, said: list[str]
) -> None:
    first = lock(backend, time, said, ELSEWHERE).acquire()
    for _ in range(5):
        time.pass_by(LEASE * 0.9)
        first.renew()
        first.check()
    with pytest.raises(LockedError):
        lock(backend, time, said).acquire()


def test_who_could_not_renew_in_time_must_stop(
    folder: LocalBackend, time: Time, said: list[str]
) -> None:
    first = lock(folder, time, said).acquire()
    time.pass_by(LEASE)
    with pytest.raises(StateError, match="could not be renewed"):
        first.check()
    first.renew()
    with pytest.raises(StateError):
        first.check()


def test_who_was_taken_over_must_stop_and_leaves_the_other_alone(
    backend: StateBackend, time: Time, said: list[str]
) -> None:
    first = lock(backend, time, said, ELSEWHERE).acquire()
    backend.delete(NAME)
    second = lock(backend, time, said).acquire()
    first.renew()
    with pytest.raises(LockedError, match=f"now held by .*{HERE.host}"):
        first.check()
    first.release()
    assert held(backend).owner == second.holder.owner


def test_a_broken_lock_stops_its_holder(backend: StateBackend, time: Time, said: list[str]) -> None:
    first = lock(backend, time, said).acquire()
    store = Store(backend, time)
    found = store.lock_info("web", "cn-wulanchabu")
    assert found == LockInfo(backend.location(NAME), str(first.holder))
    store.unlock("web", "cn-wulanchabu")
    assert store.lock_info("web", "cn-wulanchabu") is None
    first.renew()
    with pytest.raises(LockedError, match="was broken"):
        first.check()


def test_of_many_heirs_one_follows_a_dead_holder(
    backend: StateBackend, time: Time, said: list[str]
) -> None:
    dead = ended()
    for _ in range(5):
        lock(backend, time, said, dead).acquire()._released.set()
        start = threading.Barrier(8)

        def follow(_: int, start: threading.Barrier = start) -> Lock | None:
            start.wait()
            try:
                return lock(backend, time, said).acquire()
            except LockedError:
                return None

        with ThreadPoolExecutor(8) as pool:
            heirs = [each for each in pool.map(follow, range(8)) if each]
        assert len(heirs) == 1
        assert held(backend).owner == heirs[0].holder.owner
        heirs[0].release()
        assert backend.list_names("") == []


def test_an_heir_that_died_while_taking_over_is_followed_too(
    backend: StateBackend, time: Time, said: list[str]
) -> None:
    dead = ended()
    lock(backend, time, said, dead).acquire()._released.set()
    heir = takeover_claim_name(NAME, backend.read(NAME) or b"")
    backend.create(heir, lock(backend, time, said, dead).holder.encode())
    lock(backend, time, said).acquire().release()
    assert backend.list_names("") == []


def test_an_heir_at_work_is_left_alone(backend: StateBackend, time: Time, said: list[str]) -> None:
    lock(backend, time, said, ended()).acquire()._released.set()
    heir = takeover_claim_name(NAME, backend.read(NAME) or b"")
    backend.create(heir, lock(backend, time, said, ELSEWHERE).holder.encode())
    with pytest.raises(LockedError, match="ci-2"):
        lock(backend, time, said).acquire()


def test_a_heir_that_comes_late_gives_up(
    backend: StateBackend, time: Time, said: list[str]
) -> None:
    late = lock(backend, time, said)
    lock(backend, time, said, ended()).acquire()._released.set()
    left = backend.read(NAME) or b""
    first = lock(backend, time, said).acquire()
    assert not late._claim(NAME, left)
    assert held(backend).owner == first.holder.owner
    assert backend.list_names("") == [NAME]


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_lost_answer_from_oss_costs_neither_lock_nor_heir(
    bucket: OssBackend, simulator: Simulator, time: Time, said: list[str], nth: int
) -> None:
    lock(bucket, time, said, ended()).acquire()._released.set()
    simulator.faults.add(Rule("lose_reply", match="oss:PutObject", nth=nth))
    lock(bucket, time, said).acquire().release()
    assert bucket.list_names("") == []


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"[]", b"{}", b"[" * 5000, json.dumps({"owner": 1, "pid": "x"}).encode()],
)
def test_a_lock_that_can_not_be_read_is_somebodys(
    folder: LocalBackend, time: Time, said: list[str], content: bytes
) -> None:
    folder.write(NAME, content)
    with pytest.raises(LockedError, match="does not say by whom") as refused:
        lock(folder, time, said).acquire()
    assert "gwlbfw unlock" in (refused.value.hint or "")
    found = Store(folder, time).lock_info("web", "cn-wulanchabu")
    assert found
    assert "does not name" in found.holder


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


def test_processes_that_race_are_never_inside_together(tmp_path: Path) -> None:
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
