"""Breaking a lock: told whose it was, and asked where it may still be somebody's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gwlbfw.state.local import LocalBackend
from gwlbfw.state.lock import Lock
from gwlbfw.state.process import Process
from tests.cli.running import CommandResult, gwlbfw

STATE = Path(".gwlbfw/state")
NAME = "ulanqab-edge.cn-wulanchabu.lock"


def unlock(*more: str) -> CommandResult:
    return gwlbfw("unlock", "ulanqab.yaml", *more)


@pytest.fixture
def held(folder: Path) -> Callable[[timedelta], Lock]:
    """Somebody's lock, taken on another machine some time ago."""
    del folder

    def take(ago: timedelta) -> Lock:
        there = Process("ann", "ci-2", "machine", "", "boot", 4711, "1")

        def utc() -> datetime:
            return datetime.now(UTC) - ago

        lock = Lock(
            LocalBackend(STATE), NAME, "apply", utc=utc, notify=print, process=there
        ).acquire()
        lock._released.set()
        return lock

    return take


@pytest.mark.usefixtures("folder")
def test_unlocked_stack_is_left_alone() -> None:
    assert (unlock().code, unlock().out) == (0, "The stack is not locked.\n")


def test_live_lock_is_not_broken_without_approval(
    held: Callable[[timedelta], Lock],
) -> None:
    lock = held(timedelta(0))
    done = unlock()
    assert done.code == 1
    assert f"{STATE / NAME} is held by {lock.holder}" in done.err
    assert "--auto-approve" in done.err
    assert (STATE / NAME).exists()


def test_live_lock_is_broken_with_approval(held: Callable[[timedelta], Lock]) -> None:
    lock = held(timedelta(0))
    done = unlock("--auto-approve")
    assert (done.code, done.out) == (0, f"Broke the lock of {lock.holder}.\n")
    assert not (STATE / NAME).exists()


def test_expired_lock_is_broken_without_asking(
    held: Callable[[timedelta], Lock],
) -> None:
    held(timedelta(hours=1))
    done = unlock()
    assert done.code == 0
    assert "its lease ran out" in done.err
    assert not (STATE / NAME).exists()


def test_apply_names_the_holder_of_the_lock(held: Callable[[timedelta], Lock]) -> None:
    lock = held(timedelta(0))
    done = gwlbfw("apply", "ulanqab.yaml", "--sim", "--auto-approve")
    assert done.code == 1
    assert f"the stack is locked by {lock.holder}" in done.err
    assert "gwlbfw unlock FILE" in done.err
