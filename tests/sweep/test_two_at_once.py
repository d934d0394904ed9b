"""Two commands at once on one stack: one works, the other is told who, and nothing is corrupted."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.sweep.command_fixture import CommandFixture, CommandResult, prepare, serve_simulator
from tests.sweep.kill_proxy import KillProxy

pytestmark = pytest.mark.sweep
ROUNDS = 50 if os.environ.get("GWLBFW_SWEEP") == "all" else 1


@pytest.fixture(scope="module", params=["state", "oss://records/two"])
def fixture(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CommandFixture]:
    folder = Path(tmp_path_factory.mktemp("two"))
    before = prepare("ulanqab", folder)
    with ExitStack() as over:
        url = over.enter_context(serve_simulator(folder))
        kill_proxy = over.enter_context(KillProxy(url))
        yield CommandFixture("two", folder, url, kill_proxy, before, request.param)


def both(fixture: CommandFixture, verb: str) -> list[CommandResult]:
    """Start two commands together; what outcome of each, the one that worked first."""
    started = [fixture.start(verb, "--auto-approve") for _ in range(2)]
    ended = []
    for each in started:
        with each as process:
            said = process.communicate(timeout=300)[0]
        ended.append(CommandResult(process.wait(), said))
    return sorted(ended, key=lambda each: each.code)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_first_of_two_commands_works_and_the_second_names_the_lock_holder(
    fixture: CommandFixture, round_: int
) -> None:
    del round_
    fixture.to(fixture.before)
    for verb, settled in (("apply", is_applied), ("destroy", is_gone)):
        first, second = both(fixture, verb)
        assert first.code == 0, first.output
        # Who comes when the other is through finds that there is nothing left to do.
        if second.code:
            assert f"the stack is locked by `gwlbfw {verb}` of " in second.output
            assert "Traceback" not in second.output
        assert settled(fixture)


def is_applied(fixture: CommandFixture) -> bool:
    return fixture.remaining_changes() == ""


def is_gone(fixture: CommandFixture) -> bool:
    return dict(fixture.resources()) == {}
