"""The recipe of the simulator's container is for the command as it is."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.running import gwlbfw

ROOT = Path(__file__).parents[2]
RECIPE = (ROOT / "examples" / "simulator.Containerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize("instruction", ["ENTRYPOINT", "HEALTHCHECK"])
def test_commands_of_the_container_are_those_of_gwlbfw(instruction: str) -> None:
    (line,) = (each for each in RECIPE.splitlines() if each.startswith(instruction))
    _, *words = json.loads(line[line.index("[") :])
    assert gwlbfw(*words, "--help").code == 0
    known = gwlbfw(*words[:2], "--help").out
    assert [each for each in words if each.startswith("--") and each not in known] == []


def test_container_is_made_of_files_that_exist_and_serves_without_rights() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", RECIPE, re.MULTILINE)
    assert all((ROOT / name).exists() for names in copied for name in names.split())
    last_stage = RECIPE[RECIPE.rindex("FROM") :]
    assert re.search(r"^USER (?!0|root)\d+", last_stage, re.MULTILINE)
