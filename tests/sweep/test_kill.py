"""Killed at any call that changes anything, the next command ends where the first one would have.

`make sweep` tries every call; else it is a sample.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.sweep.command_fixture import Ground, contents, dies, prepare, serving
from tests.sweep.kill_proxy import WHENS, Deadly, When

pytestmark = pytest.mark.sweep
ALL = os.environ.get("GWLBFW_SWEEP") == "all"
MOST = 64
"""More calls than any of the topologies needs, which `test_no_call_is_left_out` makes sure of."""
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
def ground_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Ground]]:
    """The ground of a topology, made when first needed."""
    made: dict[str, Ground] = {}
    with ExitStack() as over:

        def ground(name: str) -> Ground:
            if name not in made:
                folder = Path(tmp_path_factory.mktemp(name))
                before = prepare("ulanqab" if name == "bucket" else name, folder)
                url = over.enter_context(serving(folder))
                deadly = over.enter_context(Deadly(url))
                place = "oss://records/sweep" if name == "bucket" else "state"
                made[name] = Ground(name, folder, url, deadly, before, place)
            return made[name]

        yield ground


@pytest.mark.parametrize(("name", "at", "when"), points("apply"))
def test_a_killed_apply_is_finished_by_the_next(
    ground_of: Callable[[str], Ground], name: str, at: int, when: When
) -> None:
    ground = ground_of(name)
    ground.deploy()
    ground.to(ground.before)
    if dies(ground, at, when, "apply") is None:
        pytest.skip(f"it has {ground.calls['apply']} calls")
    done = ground.apply()
    assert done.code == 0, done.said
    assert "the last run" in done.said
    assert "took over the lock" in done.said
    assert ground.settled() == ""
    assert ground.resources() == ground.whole
    if name == "brownfield":
        done = ground.destroy()
        assert done.code == 0, done.said
        assert ground.contents() == contents(ground.before, ground.folder)


@pytest.mark.parametrize(("name", "at", "when"), points("destroy"))
def test_a_killed_destroy_is_finished_by_the_next(
    ground_of: Callable[[str], Ground], name: str, at: int, when: When
) -> None:
    ground = ground_of(name)
    ground.deploy()
    if dies(ground, at, when, "destroy") is None:
        pytest.skip(f"it has {ground.calls['destroy']} calls")
    done = ground.destroy()
    assert done.code == 0, done.said
    assert "took over the lock" in done.said
    assert ground.contents() == contents(ground.before, ground.folder)


@pytest.mark.skipif(not ALL, reason="this is about the whole sweep")
@pytest.mark.parametrize("name", EXAMPLES)
def test_no_call_is_left_out(ground_of: Callable[[str], Ground], name: str) -> None:
    ground = ground_of(name)
    for verb in ("apply", "destroy"):
        ground.to(ground.before)
        if verb == "destroy":
            ground.deploy()
        assert dies(ground, MOST, "unsent", verb) is None
        assert max(SAMPLE[verb, name]) < ground.calls[verb] < MOST
