"""A folder of its own for each test, and an environment that says nothing to the tool."""

import shutil
from pathlib import Path

import pytest

from tests.cli.running import EXAMPLES

SAYS_SOMETHING = (
    "GWLBFW_SIM",
    "GWLBFW_SIM_DIR",
    "GWLBFW_ENDPOINT_URL",
    "GWLBFW_SIM_CREDENTIALS",
    "NO_COLOR",
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SAYS_SOMETHING:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the examples in it."""
    for each in EXAMPLES.iterdir():
        if each.suffix in (".yaml", ".sh"):
            shutil.copy(each, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path
