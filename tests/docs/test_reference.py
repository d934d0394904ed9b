"""The pages made from the code are what the code would make now."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the README with a folder of pages beside it, all generated again."""
    folder = tmp_path_factory.mktemp("made")
    shutil.copy(ROOT / "README.md", folder)
    command = [sys.executable, "-m", "docs.generate", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)
    return folder


@pytest.mark.parametrize("name", ["topology", "commands", "resources", "errors"])
def test_a_reference_page_is_current(made: Path, name: str) -> None:
    page = Path("docs") / "reference" / f"{name}.md"
    assert (made / page).read_text() == (ROOT / page).read_text(), "run `make docs`"


def test_the_picture_in_the_readme_is_current(made: Path) -> None:
    text = (ROOT / "README.md").read_text()
    assert "flowchart" in text
    assert (made / "README.md").read_text() == text, "run `make docs`"
