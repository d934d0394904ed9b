"""Two commands at once on one stack: one works, the other is told who, and nothing is spoilt."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.sweep.command_fixture import Ended, Ground, prepare, serving
from tests.sweep.kill_proxy import Deadly

pytestmark = pytest.mark.sweep
ROUNDS = 50 if os.environ.get("GWLBFW_SWEEP") == "all" else 1


@pytest.fixture(scope="module", params=["state", "oss://records/two"])
def ground(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    folder = Path(tmp_path_factory.mktemp("two"))
    before = prepare("ulanqab", folder)
    with ExitStack() as over:
        url = over.enter_context(serving(folder))
        deadly = over.enter_context(Deadly(url))
        yield Ground("two", folder, url, deadly, before, request.param)


def both(ground: Ground, verb: str) -> list[Ended]:
    """Start two commands together; what came of each, the one that worked first."""
    started = [ground.start(verb, "--auto-approve") for _ in range(2)]
    ended = []
    for each in started:
        with each as process:
            said = process.communicate(timeout=300)[0]
        ended.append(Ended(process.wait(), said))
    return sorted(ended, key=lambda each: each.code)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_one_works_and_the_other_is_told_who(ground: Ground, round_: int) -> None:
    del round_
    ground.to(ground.before)
    for verb, settled in (("apply", is_applied), ("destroy", is_gone)):
        first, second = both(ground, verb)
        assert first.code == 0, first.said
        # Who comes when the other is through finds that there is nothing left to do.
        if second.code:
            assert f"the stack is locked by `gwlbfw {verb}` of " in second.said
            assert "Traceback" not in second.said
        assert settled(ground)


def is_applied(ground: Ground) -> bool:
    return ground.settled() == ""


def is_gone(ground: Ground) -> bool:
    return dict(ground.resources()) == {}
