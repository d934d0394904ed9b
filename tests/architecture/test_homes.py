"""Clocks, random numbers, the environment and imports by name each have one home."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, settings, sources

IMPORTERS_BY_NAME = frozenset(
    {
        "gwlbfw",  # the lazy names of the public face
        "gwlbfw.cli.app",  # the lazy commands
        "gwlbfw.cloud.sdk.lazy_models",
        "gwlbfw.cloud.sdk.vendor",
        "gwlbfw.resources",  # every kind
        "gwlbfw.sim.services.registry",  # every module of a simulated resource
        "gwlbfw.state.oss",
    }
)
"""The modules that may import another by its name at run time: no import contract sees that."""

BANNED = {
    "time.sleep": "import time\ntime.sleep(1)\n",
    "time.time": "import time\ntime.time()\n",
    "datetime.datetime.now": "from datetime import datetime\ndatetime.now()\n",
    "datetime.datetime.utcnow": "from datetime import datetime\ndatetime.utcnow()\n",
    "random": "import random\n",
    "uuid.uuid4": "from uuid import uuid4\n",
    "os.environ": "import os\nos.environ.get('X')\n",
    "os.getenv": "import os\nos.getenv('X')\n",
}
BANS = settings()["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]


def imports_by_name(tree: ast.Module) -> bool:
    """True if a module imports others by their names: importlib, `__import__`, runpy, pkgutil."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id="__import__") | ast.Attribute(attr="import_module" | "resolve_name"):
                return True
            case ast.ImportFrom(module="importlib", names=names):
                if any(each.name in ("import_module", "util", "machinery") for each in names):
                    return True
            case ast.ImportFrom(module="runpy" | "importlib.util" | "importlib.machinery"):
                return True
            case _:
                continue
    return False


def test_only_the_named_modules_import_by_name() -> None:
    assert {each.module for each in sources() if imports_by_name(each.tree)} == IMPORTERS_BY_NAME


@pytest.mark.parametrize(
    "text",
    [
        "from importlib import import_module\n",
        "import importlib\nimportlib.import_module('alibabacloud_vpc20160428')\n",
        "__import__('alibabacloud_vpc20160428')\n",
        "from runpy import run_module\n",
        "from importlib.util import find_spec\n",
    ],
)
def test_import_by_name_is_recognised(text: str) -> None:
    assert imports_by_name(ast.parse(text))


def ruff(text: str, module: str) -> str:
    """What ruff says of a text, as the content of a module of the package."""
    tool = Path(sys.executable).with_name("ruff")
    command = [str(tool), "check", "--no-cache", "--select", "TID251", "--output-format", "concise"]
    done = subprocess.run(
        [*command, "--stdin-filename", f"src/gwlbfw/{module}.py", "-"],
        cwd=ROOT,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def test_every_ban_is_tried() -> None:
    assert set(BANS) == set(BANNED)


@pytest.mark.parametrize("name", BANNED)
def test_banned_name_is_refused_with_what_to_take_instead(name: str) -> None:
    assert BANS[name]["msg"] in ruff(BANNED[name], "plan/anything")


def test_clock_is_a_home_of_the_time() -> None:
    assert "TID251" not in ruff(BANNED["datetime.datetime.now"], "cloud/clock")


def test_homes_exist_and_need_their_exception() -> None:
    ignores = settings()["tool"]["ruff"]["lint"]["per-file-ignores"]
    homes = [name for name, rules in ignores.items() if "TID251" in rules and "*" not in name]
    assert homes
    for name in homes:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "TID251" in ruff(text, "plan/anything"), name
