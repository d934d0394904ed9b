"""The parts of the simulator import in one direction, and in no circle."""

import re
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path

import grimp

from tests.architecture.sources import settings, sources
from tests.architecture.test_imports import copied, lint, plant

SIM = "gwlbfw.sim"
CONTRACTS = settings()["tool"]["importlinter"]["contracts"]


def layers() -> list[list[str]]:
    """The layers of the simulator, from the top."""
    (contract,) = [each for each in CONTRACTS if each.get("containers") == [SIM]]
    return [re.split(r"\s*\|\s*", each) for each in contract["layers"]]


def test_import_of_a_higher_part_of_the_simulator_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    roots = {source.module: source for source in sources()}
    climbs = [
        (f"{SIM}.{lower}", f"{SIM}.{above[0]}")
        for above, below in pairwise(layers())
        for lower in below
    ]
    for importer, imported in climbs:
        plant(folder, roots[importer], imported)
    report = lint(folder)
    assert [each for each in climbs if not report.reports(*each)] == []


def test_modules_of_the_simulator_import_in_no_circle() -> None:
    graph = grimp.build_graph("gwlbfw", cache_dir=None)
    modules = {each for each in graph.modules if each == SIM or each.startswith(f"{SIM}.")}
    imports = {
        each: graph.find_modules_directly_imported_by(each) & modules for each in sorted(modules)
    }
    TopologicalSorter(imports).prepare()
