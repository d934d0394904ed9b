"""What the documents show is what happens: every transcript is run again."""

import shutil
from pathlib import Path

import pytest

from tests.docs.transcript import Retold, Shell, exchanges

ROOT = Path(__file__).parents[2]
TOLD = [
    path
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if "```console" in path.read_text(encoding="utf-8")
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the examples, as a reader who stands in a checkout has it."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


@pytest.mark.scenario
@pytest.mark.parametrize("path", TOLD, ids=[str(path.relative_to(ROOT)) for path in TOLD])
def test_transcript_shows_what_happens(path: Path, folder: Path) -> None:
    told, retold = list(exchanges(path.read_text(encoding="utf-8"))), Retold()
    assert told
    with Shell(folder, {}) as shell:
        for each in told:
            seen = shell.run(retold.command(each.command))
            assert retold.agrees(each.answer, seen), (
                f"{path.name} shows other than this answer:\n$ {each.command}\n{seen}"
            )
