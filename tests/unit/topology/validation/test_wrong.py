"""Each wrong file gets exactly the messages beside it, word for word, at their places."""

from pathlib import Path

import pytest

from gwlbfw.cli.views.diagnostics_text import render
from gwlbfw.errors import TopologyError
from gwlbfw.topology.load import load
from gwlbfw.topology.models import Topology

WRONG = Path(__file__).parent / "wrong"
VARIABLES = {"LARGE": "x" * (32 * 1024 + 1)}


@pytest.mark.parametrize("name", sorted(each.stem for each in WRONG.glob("*.yaml")))
def test_diagnostics_of_a_wrong_file_are_as_written_beside_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(WRONG)
    loaded = load(f"{name}.yaml", VARIABLES, {})
    assert render(loaded.diagnostics) == Path(f"{name}.txt").read_text()
    assert (loaded.topology is None) == bool(loaded.errors)
    assert loaded.diagnostics


def test_expected_texts_belong_to_a_file_each() -> None:
    assert {each.stem for each in WRONG.glob("*.txt")} == {
        each.stem for each in WRONG.glob("*.yaml")
    }


def test_load_of_a_wrong_file_raises_all_of_its_problems() -> None:
    with pytest.raises(TopologyError) as raised:
        Topology.load(WRONG / "all-at-once.yaml")
    assert len(raised.value.diagnostics()) == 5


def test_warnings_do_not_stop_a_load() -> None:
    loaded = load(WRONG / "jumbo-frames.yaml")
    assert loaded.topology is not None
    assert [each.code for each in loaded.warnings] == ["jumbo-frames"]
    assert not loaded.errors
