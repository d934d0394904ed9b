"""A run that dies at any call: the next one resumes, and creates nothing twice."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from tests.scenarios.conftest import served
from tests.scenarios.testbed import Deployment, Testbed, example

READS = ("Describe", "List", "Get")


class Killed(BaseException):
    """The process is no more."""


@dataclass
class Dying:
    """Passes calls on until the process dies: at the `at`-th that changes anything (from 0).

    It dies before it has sent it, or after, without the answer. Nothing is sent any more then.
    """

    inner: Transport
    at: int
    sends_it: bool
    sent: list[BoundCall] = field(default_factory=list)
    dead: bool = False

    def send(self, call: BoundCall) -> Reply:
        if self.dead:
            raise Killed
        if call.action.startswith(READS) or call.params.get("DryRun"):
            return self.inner.send(call)
        self.sent.append(call)
        if len(self.sent) <= self.at:
            return self.inner.send(call)
        self.dead = True
        if self.sends_it:
            self.inner.send(call)
        raise Killed


@pytest.fixture
def testbed(tmp_path: Path) -> Iterator[Testbed]:
    """An empty cloud."""
    with served(tmp_path) as made:
        yield made


@pytest.fixture
def messages() -> list[str]:
    """The messages to the user."""
    return []


def die(
    testbed: Testbed, work: Callable[[Deployment], object], at: int, *, sends_it: bool
) -> tuple[bool, list[BoundCall]]:
    """Do the work until the process dies; whether it did, and what it sent."""
    transports: list[Dying] = []

    def watch(inner: Transport) -> Transport:
        transports.append(Dying(inner, at, sends_it))
        return transports[-1]

    stack = testbed.stack(example("ulanqab"), watch, parallelism=1)
    with suppress(Killed, BaseExceptionGroup):
        work(stack)
    stack.close()
    return transports[0].dead, transports[0].sent


POINTS = [*range(60)] if os.environ.get("GWLBFW_ALL_CRASHES") else [0, 3, 17, 34, 40]
"""At which changing calls a run dies; all of them where that is asked for."""


@pytest.mark.parametrize("sends_it", [False, True], ids=["before sending", "after sending"])
@pytest.mark.parametrize("at", POINTS)
def test_an_apply_that_dies_is_finished_by_the_next(
    testbed: Testbed, messages: list[str], whole: dict[str, int], at: int, sends_it: bool
) -> None:
    died, sent = die(testbed, Deployment.try_apply, at, sends_it=sends_it)
    if not died:
        pytest.skip(f"it has {len(sent)} calls")
    stack = testbed.stack(example("ulanqab"), on_message=messages.append)
    stack.apply()
    [line] = [each for each in messages if "interrupted" in each]
    assert f"during {sent[-1].name} of" in line
    assert stack.changes() == {}
    assert testbed.resources == whole
    assert [p.suffix for p in testbed.state.iterdir() if p.suffix != ".json"] == []
    stack.destroy()
    assert testbed.resources == {}


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """How many there are of each kind where nothing goes wrong."""
    with served(tmp_path_factory.mktemp("whole")) as testbed:
        stack = testbed.stack(example("ulanqab"))
        stack.apply()
        stack.close()
        return dict(testbed.resources)


@pytest.mark.parametrize("sends_it", [False, True], ids=["before sending", "after sending"])
@pytest.mark.parametrize("at", POINTS)
def test_a_destroy_that_dies_is_finished_by_the_next(
    testbed: Testbed, messages: list[str], at: int, sends_it: bool
) -> None:
    testbed.stack(example("ulanqab")).apply()
    died, sent = die(testbed, Deployment.destroy, at, sends_it=sends_it)
    if not died:
        pytest.skip(f"it has {len(sent)} calls")
    stack = testbed.stack(example("ulanqab"), on_message=messages.append)
    stack.destroy()
    assert [f"during {sent[-1].name} of" in each for each in messages if "interrupted" in each] == [
        True
    ]
    assert testbed.resources == {}
    assert stack.destroy().results == ()


FORGOTTEN = POINTS if len(POINTS) > 10 else POINTS[1::2]


@pytest.mark.parametrize("verb", ["apply", "destroy"])
@pytest.mark.parametrize("at", FORGOTTEN)
def test_a_run_that_dies_is_finished_even_without_state_and_journal(
    testbed: Testbed, whole: dict[str, int], at: int, verb: str
) -> None:
    died, sent = die(testbed, Deployment.try_apply, at, sends_it=True)
    if not died:
        pytest.skip(f"it has {len(sent)} calls")
    testbed.forget()
    stack = testbed.stack(example("ulanqab"))
    if verb == "apply":
        stack.apply()
        assert stack.changes() == {}
        assert testbed.resources == whole
    stack.destroy()
    assert testbed.resources == {}


def test_a_run_that_dies_leaves_no_secret_on_the_disk(testbed: Testbed) -> None:
    secret = "correct-horse-battery-staple"
    (testbed.folder / "hello-world.sh").write_text(f"#!/bin/sh\necho {secret}\n")
    for at in (30, 12):
        die(testbed, Deployment.try_apply, at, sends_it=True)
        names = {each.suffix for each in testbed.state.iterdir()}
        assert names == {".json", ".journal"}
        for each in testbed.state.iterdir():
            assert secret.encode() not in each.read_bytes()
            assert each.stat().st_mode & 0o777 == 0o600
