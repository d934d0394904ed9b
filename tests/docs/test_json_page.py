"""The page about JSON names the keys that the commands print, no more and no fewer."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.docs.transcript import Shell

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "json.md").read_text(encoding="utf-8")
COMMANDS = {
    "plan": "gwlbfw plan ulanqab.yaml --format json",
    "validate": "gwlbfw validate wrong.yaml --format json",
    "report": "gwlbfw apply ulanqab.yaml --auto-approve --report r.json >said 2>&1; cat r.json",
    "drift": "gwlbfw destroy ulanqab.yaml --auto-approve >said 2>&1; rm -r .gwlbfw/state; "
    "gwlbfw drift ulanqab.yaml --format json",
    "sim status": "gwlbfw sim status --format json",
}


def sections() -> dict[str, str]:
    """The text of each section."""
    return dict(re.findall(r"^##+ (.*?)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))


def keys_in(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What each command prints."""
    folder = tmp_path_factory.mktemp("printed")
    for name in ("ulanqab.yaml", "hello-world.sh"):
        shutil.copy(ROOT / "examples" / name, folder)
    (folder / "wrong.yaml").write_text("version: 1\n")
    with Shell(folder, {"GWLBFW_SIM": "1"}) as shell:
        said = {name: shell.run(command) for name, command in COMMANDS.items()}
    documents = {name: text[text.index("{") :] for name, text in said.items()}
    return {name: json.loads(text) for name, text in documents.items()}


@pytest.mark.scenario
@pytest.mark.parametrize("title", sorted(sections()))
def test_table_of_the_json_page_names_the_keys(title: str, printed: Mapping[str, Any]) -> None:
    name, *path = title.split(": ")
    value = printed[name]
    for key in path:
        value = value[key]
    objects = [set(each) for each in value] if isinstance(value, list) else [set(value)]
    rows = re.findall(r"^\| (`.*?) \|", sections()[title], re.MULTILINE)
    table = keys_in(" ".join(rows))
    assert table <= set.intersection(*objects)
    assert set.union(*objects) <= keys_in(sections()[title])
