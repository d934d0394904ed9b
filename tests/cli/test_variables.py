"""Variables from files and the command line, and the folder in which a command runs."""

from pathlib import Path

import pytest

from gwlbfw.cli.options import StackOptions
from tests.cli.running import EXAMPLES, gwlbfw

FILE = "topology.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A topology with a variable for its region, and files with values."""
    (folder := tmp_path / "stack").mkdir()
    text = (EXAMPLES / "ulanqab.yaml").read_text()
    assert "region: cn-wulanchabu" in text
    (folder / FILE).write_text(text.replace("region: cn-wulanchabu", "region: ${var:region}"))
    (folder / "hello-world.sh").write_bytes((EXAMPLES / "hello-world.sh").read_bytes())
    (folder / "right.yaml").write_text("region: cn-wulanchabu\nunused: 1\n")
    (folder / "wrong.yaml").write_text("region: cn-hangzhou\n")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.mark.parametrize(
    ("words", "valid"),
    [
        (["--var-file", "right.yaml"], True),
        (["--var-file", "wrong.yaml"], False),
        (["--var-file", "wrong.yaml", "--var-file", "right.yaml"], True),
        (["--var-file", "wrong.yaml", "--var", "region=cn-wulanchabu"], True),
        (["--var", "region=cn-hangzhou", "--var-file", "right.yaml"], False),
    ],
)
@pytest.mark.usefixtures("folder")
def test_later_files_and_then_single_variables_come_first(words: list[str], *, valid: bool) -> None:
    assert (gwlbfw("--chdir", "stack", "validate", FILE, *words).code == 0) is valid


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_not_there_is_named() -> None:
    told = gwlbfw("plan", FILE, "--sim", "--chdir", "stack", "--var-file", "none.yaml")
    assert (told.code, told.err) == (1, "error: can't read none.yaml: No such file or directory\n")


@pytest.mark.usefixtures("folder")
def test_a_folder_that_is_not_there_is_named() -> None:
    told = gwlbfw("validate", FILE, "--chdir", "none")
    assert told.code == 1
    assert "invalid value for `--chdir`: No such file or directory: none" in told.err


def test_a_command_in_another_folder_keeps_all_there(folder: Path) -> None:
    options = ("--chdir", "stack", "--var-file", "right.yaml", "--sim")
    assert gwlbfw("plan", FILE, *options, "--out", "p.json").code == 0
    assert [each.name for each in folder.parent.iterdir()] == ["stack"]
    assert (folder / ".gwlbfw" / "sim").is_dir()
    assert (folder / "p.json").is_file()


def test_the_command_that_resumes_has_folder_files_and_names_of_variables() -> None:
    given = StackOptions(chdir=Path("my stacks"), var_file=[Path("v.yaml")], var=["key=hunter2"])
    assert list(given.words()) == ["--chdir 'my stacks'", "--var-file v.yaml", "--var key=…"]
