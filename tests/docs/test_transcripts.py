"""What the documents show is what happens: every transcript is run again."""

import shutil
from pathlib import Path

import pytest

from tests.docs.transcript import Shell, TranscriptMatcher, exchanges

ROOT = Path(__file__).parents[2]
TRANSCRIPTS = [
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
@pytest.mark.parametrize(
    "path", TRANSCRIPTS, ids=[str(path.relative_to(ROOT)) for path in TRANSCRIPTS]
)
def test_transcript_shows_what_happens(path: Path, folder: Path) -> None:
    expected, matcher = list(exchanges(path.read_text(encoding="utf-8"))), TranscriptMatcher()
    assert expected
    with Shell(folder, {}) as shell:
        for each in expected:
            seen = shell.run(matcher.with_current_ids(each.command))
            assert matcher.matches(each.answer, seen), (
                f"{path.name} shows other than this answer:\n$ {each.command}\n{seen}"
            )
