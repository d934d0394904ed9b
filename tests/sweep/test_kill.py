"""Killed at any call that changes anything, the next command ends where the first one would have.

`make sweep` tries every call; else it is a sample.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.sweep.command_fixture import (
    CommandFixture,
    contents,
    kill_command,
    prepare,
    serve_simulator,
)
from tests.sweep.kill_proxy import WHENS, KillProxy, When

pytestmark = pytest.mark.sweep
ALL = os.environ.get("GWLBFW_SWEEP") == "all"
MOST = 64
"""More calls than any of the topologies needs: `test_sweep_covers_every_call` makes sure of it."""
EXAMPLES = ("ulanqab", "brownfield", "bucket")
"""The last is the first one, with the tool's memory in a bucket."""
SAMPLE = {
    ("apply", "ulanqab"): (7, 20, 39),
    ("apply", "brownfield"): (12,),
    ("destroy", "ulanqab"): (0, 21),
    ("destroy", "brownfield"): (11,),
    ("apply", "bucket"): (28,),
    ("destroy", "bucket"): (15,),
}


def points(verb: str) -> list[tuple[str, int, When]]:
    """Which topology, which call, and at which moment of it."""
    if ALL:
        names = EXAMPLES[:2]
        return [(name, at, when) for name in names for at in range(MOST) for when in WHENS]
    chosen = [(name, at) for name in EXAMPLES for at in SAMPLE[verb, name]]
    return [(name, at, WHENS[number % 3]) for number, (name, at) in enumerate(chosen)]


@pytest.fixture(scope="session")
def fixture_of(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], CommandFixture]]:
    """The fixture of a topology, made when first needed."""
    made: dict[str, CommandFixture] = {}
    with ExitStack() as over:

        def fixture(name: str) -> CommandFixture:
            if name not in made:
                folder = Path(tmp_path_factory.mktemp(name))
                before = prepare("ulanqab" if name == "bucket" else name, folder)
                url = over.enter_context(serve_simulator(folder))
                kill_proxy = over.enter_context(KillProxy(url))
                place = "oss://records/sweep" if name == "bucket" else "state"
                made[name] = CommandFixture(name, folder, url, kill_proxy, before, place)
            return made[name]

        yield fixture


@pytest.mark.parametrize(("name", "at", "when"), points("apply"))
def test_a_killed_apply_is_finished_by_the_next(
    fixture_of: Callable[[str], CommandFixture], name: str, at: int, when: When
) -> None:
    fixture = fixture_of(name)
    fixture.deploy()
    fixture.to(fixture.before)
    if kill_command(fixture, at, when, "apply") is None:
        pytest.skip(f"it has {fixture.calls['apply']} calls")
    done = fixture.apply()
    assert done.code == 0, done.output
    assert "the last run" in done.output
    assert "took over the lock" in done.output
    assert fixture.remaining_changes() == ""
    assert fixture.resources() == fixture.deployed_contents
    if name == "brownfield":
        done = fixture.destroy()
        assert done.code == 0, done.output
        assert fixture.contents() == contents(fixture.before, fixture.folder)


@pytest.mark.parametrize(("name", "at", "when"), points("destroy"))
def test_a_killed_destroy_is_finished_by_the_next(
    fixture_of: Callable[[str], CommandFixture], name: str, at: int, when: When
) -> None:
    fixture = fixture_of(name)
    fixture.deploy()
    if kill_command(fixture, at, when, "destroy") is None:
        pytest.skip(f"it has {fixture.calls['destroy']} calls")
    done = fixture.destroy()
    assert done.code == 0, done.output
    assert "took over the lock" in done.output
    assert fixture.contents() == contents(fixture.before, fixture.folder)


@pytest.mark.skipif(not ALL, reason="this is about the whole sweep")
@pytest.mark.parametrize("name", EXAMPLES)
def test_sweep_covers_every_call(fixture_of: Callable[[str], CommandFixture], name: str) -> None:
    fixture = fixture_of(name)
    for verb in ("apply", "destroy"):
        fixture.to(fixture.before)
        if verb == "destroy":
            fixture.deploy()
        assert kill_command(fixture, MOST, "unsent", verb) is None
        assert max(SAMPLE[verb, name]) < fixture.calls[verb] < MOST
