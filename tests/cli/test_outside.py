"""Files outside the folder of a topology: read only where the command line says so."""

from pathlib import Path

import pytest

from tests.cli.running import EXAMPLES, gwlbfw

FILE = "topology.yaml"
PLAIN = (("validate",), ("graph",), ("policy",))
STACKED = (
    *(("plan",), ("apply", "--auto-approve"), ("destroy", "--auto-approve"), ("drift",)),
    *(("verify",), ("trace", "--from", "internet", "--to", "instance.server/shop/ecs-b-01")),
    ("unlock", "--auto-approve"),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A topology whose user data is in the folder above."""
    (folder := tmp_path / "stack").mkdir()
    text = (EXAMPLES / "ulanqab.yaml").read_text()
    (folder / FILE).write_text(text.replace("hello-world.sh", "../hello-world.sh"))
    (tmp_path / "hello-world.sh").write_bytes((EXAMPLES / "hello-world.sh").read_bytes())
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("words", [*PLAIN, *STACKED], ids=lambda each: each[0])
def test_every_command_refuses_at_the_place_in_the_file(
    folder: Path, words: tuple[str, ...]
) -> None:
    command, *more = words
    told = gwlbfw(command, FILE, *more, *(["--sim"] if words in STACKED else []))
    assert told.code == 1
    assert "the user data file `../hello-world.sh` is outside the folder" in told.err + told.out
    assert f"--> {FILE}:23:" in told.err + told.out
    assert "hint: put it below that folder, or allow it with `--allow-outside`" in (
        told.err + told.out
    )
    assert not (folder / ".gwlbfw").exists()


@pytest.mark.parametrize("words", PLAIN, ids=lambda each: each[0])
def test_the_option_of_the_hint_helps(folder: Path, words: tuple[str, ...]) -> None:
    del folder
    assert gwlbfw(words[0], FILE, "--allow-outside").code == 0


@pytest.mark.simulator
def test_the_option_of_the_hint_helps_with_a_stack(folder: Path) -> None:
    del folder
    codes = {"plan": 0, "drift": 0, "verify": 3, "destroy": 0}
    for words in STACKED:
        if words[0] in codes:
            told = gwlbfw(words[0], FILE, *words[1:], "--sim", "--allow-outside")
            assert told.code == codes[words[0]], told


def test_the_other_way_of_the_hint_helps(folder: Path) -> None:
    (folder / "hello-world.sh").write_text("#!/bin/sh\n")
    path = folder / FILE
    path.write_text(path.read_text().replace("../hello-world.sh", "hello-world.sh"))
    assert gwlbfw("validate", FILE).code == 0
