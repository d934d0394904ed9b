"""At a terminal: questions, the moving display, colours and their absence."""

from pathlib import Path

import pytest

from gwlbfw.sim.settings import Settings
from gwlbfw.simulator import SimulatedCloud, simulated_cloud
from tests.cli.processes import Terminal

pytestmark = [pytest.mark.simulator]

FILE = "ulanqab.yaml"
ESCAPE = "\x1b["
RED = "\x1b[1;31merror\x1b[0m"


@simulated_cloud(Settings(transition=0.02))
def test_apply_and_destroy_ask_and_show_a_live_display(folder: Path, cloud: SimulatedCloud) -> None:
    url = ("--endpoint-url", cloud.url)
    declined = Terminal(folder, "apply", FILE, *url)
    declined.until("Only `yes` is accepted: ")
    declined.answer("y")
    assert declined.end() == 1
    assert "cancelled: nothing was changed" in declined.said
    assert cloud.status().empty

    accepted = Terminal(folder, "apply", FILE, *url)
    accepted.until("Only `yes` is accepted: ")
    accepted.answer("yes")
    assert accepted.end() == 0, accepted.said
    assert "/49 steps" in accepted.said
    assert "[49/49]" not in accepted.said
    assert "Applied:\x1b[0m 41 created" in accepted.said

    kept = Terminal(folder, "destroy", FILE, *url)
    kept.until("Type the stack's name, ulanqab-edge, to destroy it on the simulator: ")
    kept.answer("yes")
    assert kept.end() == 1
    assert not cloud.status().empty

    gone = Terminal(folder, "destroy", FILE, *url)
    gone.until("to destroy it on the simulator: ")
    gone.answer("ulanqab-edge")
    assert gone.end() == 0, gone.said
    assert cloud.status().empty


@simulated_cloud()
def test_interrupted_question_changes_nothing(folder: Path, cloud: SimulatedCloud) -> None:
    asked = Terminal(folder, "apply", FILE, "--endpoint-url", cloud.url)
    asked.until("Only `yes` is accepted: ")
    asked.interrupt()
    assert asked.end() == 130
    assert "interrupted" in asked.said
    assert cloud.status().empty


def test_errors_are_coloured_at_a_terminal(folder: Path) -> None:
    coloured = Terminal(folder, "validate", "nowhere.yaml")
    assert coloured.end() == 1
    assert RED in coloured.said


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        (("--no-color", "validate", "nowhere.yaml"), {}),
        (("validate", "nowhere.yaml", "--no-color"), {}),
        (("--no-color", "nonsense"), {}),
        (("--no-color", "sim", "nonsense"), {}),
        (("validate", "nowhere.yaml"), {"NO_COLOR": "1"}),
        (("validate", "nowhere.yaml"), {"TERM": "dumb"}),
    ],
)
def test_colours_are_off_where_they_are_unwanted(
    folder: Path, words: tuple[str, ...], environment: dict[str, str]
) -> None:
    plain = Terminal(folder, *words, **environment)
    assert plain.end() == 1
    assert "error" in plain.said
    assert ESCAPE not in plain.said


def test_empty_no_color_counts_as_unset(folder: Path) -> None:
    coloured = Terminal(folder, "validate", "nowhere.yaml", NO_COLOR="")
    coloured.end()
    assert RED in coloured.said


@simulated_cloud(Settings(transition=0.02))
def test_dumb_terminal_gets_lines_instead_of_a_live_display(
    folder: Path, cloud: SimulatedCloud
) -> None:
    words = ("apply", FILE, "--auto-approve", "--endpoint-url", cloud.url)
    plain = Terminal(folder, *words, TERM="dumb")
    assert plain.end() == 0
    assert "[49/49] " in plain.said
    assert ESCAPE not in plain.said
