"""The import contracts catch all that they forbid: each is broken on purpose, everywhere."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE, ROOT, Source, settings, sources, top_level

VENDOR = (
    "alibabacloud_vpc20160428",
    "alibabacloud_gwlb20240415",
    "alibabacloud_privatelink20200415",
    "alibabacloud_ecs20140526",
    "alibabacloud_tea_openapi",
    "alibabacloud_credentials",
    "alibabacloud_oss_v2",
    "darabonba",
    "Tea",
)
TERMINAL = ("typer", "click", "rich")
CONTRACTS = settings()["tool"]["importlinter"]["contracts"]
LAYERS: list[list[str]] = [re.split(r"\s*[|:]\s*", each) for each in CONTRACTS[0]["layers"]]


@dataclass(frozen=True)
class Broken:
    """The report on a copy of the package in which forbidden imports were planted."""

    exit_code: int
    text: str

    def reports(self, importer: str, imported: str) -> bool:
        """True if the report names this import."""
        return f"{importer} -> {imported} " in self.text


def lint(folder: Path) -> Broken:
    """The report of lint-imports on the copy in a folder."""
    tool = Path(sys.executable).with_name("lint-imports")
    command = [str(tool), "--no-cache", "--no-logo", str(folder / "pyproject.toml")]
    wide = {**os.environ, "COLUMNS": "400"}
    done = subprocess.run(
        command, cwd=folder, env=wide, capture_output=True, text=True, check=False
    )
    return Broken(done.returncode, done.stdout)


def copied(folder: Path) -> Path:
    """A copy of the package and of pyproject.toml in a folder."""
    shutil.copytree(PACKAGE, folder / "gwlbfw", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def plant(folder: Path, source: Source, *imported: str) -> None:
    """Append imports to the copy of a module."""
    path = folder / source.path.relative_to(PACKAGE.parent)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"\nimport {name}\n" for name in imported)


def may_import_vendor(source: Source) -> bool:
    """True for the modules that are the door to the vendor's packages."""
    return source.module.startswith("gwlbfw.cloud.sdk.") or source.module == "gwlbfw.state.oss"


def may_import_terminal(source: Source) -> bool:
    """True for the modules of the command line."""
    return source.module.startswith("gwlbfw.cli.")


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Broken:
    """The report on a package whose every module imports the vendor's packages and Typer."""
    folder = copied(tmp_path_factory.mktemp("doors"))
    for source in sources():
        plant(folder, source, *VENDOR, *TERMINAL)
    return lint(folder)


@pytest.fixture(scope="module")
def climbs(tmp_path_factory: pytest.TempPathFactory) -> Broken:
    """The report on a package in which each layer imports the one above it."""
    folder = copied(tmp_path_factory.mktemp("climbs"))
    roots = {source.module: source for source in sources()}
    for above, below in pairwise(LAYERS):
        for lower in below:
            plant(folder, roots[f"gwlbfw.{lower}"], f"gwlbfw.{above[0]}")
    return lint(folder)


@pytest.mark.parametrize("package", VENDOR)
def test_import_of_vendor_package_outside_its_door_is_refused(doors: Broken, package: str) -> None:
    culprits = [each.module for each in sources() if not may_import_vendor(each)]
    assert doors.exit_code == 1
    assert [each for each in culprits if not doors.reports(each, package)] == []


@pytest.mark.parametrize("package", TERMINAL)
def test_import_of_terminal_library_outside_cli_is_refused(doors: Broken, package: str) -> None:
    culprits = [each.module for each in sources() if not may_import_terminal(each)]
    assert [each for each in culprits if not doors.reports(each, package)] == []


def test_import_of_vendor_package_at_its_door_is_allowed(doors: Broken) -> None:
    at_the_door = [each.module for each in sources() if may_import_vendor(each)]
    assert at_the_door
    assert not any(doors.reports(each, package) for each in at_the_door for package in VENDOR)


def test_import_of_a_higher_layer_is_refused(climbs: Broken) -> None:
    for above, below in pairwise(LAYERS):
        for lower in below:
            assert climbs.reports(f"gwlbfw.{lower}", f"gwlbfw.{above[0]}"), (lower, above[0])


def test_package_that_no_layer_names_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "gwlbfw" / "stranger").mkdir()
    (folder / "gwlbfw" / "stranger" / "__init__.py").write_text("", encoding="utf-8")
    assert lint(folder).exit_code != 0


def test_every_package_has_a_layer() -> None:
    assert {name for layer in LAYERS for name in layer} == top_level() - {"__main__"}


def test_simulator_contract_forbids_everything_but_the_catalogue() -> None:
    contract = next(each for each in CONTRACTS if each.get("source_modules") == ["gwlbfw.sim"])
    allowed = {"sim", "openapi", "__main__"}
    assert set(contract["forbidden_modules"]) == {f"gwlbfw.{n}" for n in top_level() - allowed}


def test_import_of_the_tool_by_the_simulator_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    culprit = next(each for each in sources() if each.module == "gwlbfw.sim")
    tool = sorted(top_level() - {"sim", "openapi", "__main__"})
    plant(folder, culprit, *(f"gwlbfw.{name}" for name in tool))
    report = lint(folder)
    assert [name for name in tool if not report.reports("gwlbfw.sim", f"gwlbfw.{name}")] == []
