"""Simulated clouds: an empty one, and one in which the vendor's scenario is deployed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from tests.scenarios.testbed import Testbed, example
from tests.support.direct_connection import EXTERNAL, connection


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a scenario."""
    here = f"{Path(__file__).parent}/"
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.scenario)


@contextmanager
def served(
    folder: Path,
    simulated: Path | None = None,
    start: float = 1_750_000_000.0,
    *,
    over_http: bool = EXTERNAL,
) -> Iterator[Testbed]:
    """A cloud; its state is in memory, or in the folder `simulated`.

    The tool's SDK is connected to it directly, or by a loopback port where `over_http` says so.
    """
    clock = TurnedClock(start)
    simulator = Simulator(simulated, Settings(), clock)
    with connection(simulator, over_http=over_http) as url:
        yield Testbed(simulator, clock, url, folder)
    simulator.close()


@pytest.fixture
def testbed(tmp_path: Path) -> Iterator[Testbed]:
    """An empty cloud."""
    with served(tmp_path) as made:
        yield made


@pytest.fixture
def testbed_over_http(tmp_path: Path) -> Iterator[Testbed]:
    """An empty cloud behind a loopback port."""
    with served(tmp_path, over_http=True) as made:
        yield made


@pytest.fixture(scope="session")
def _deployed_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("deployed")
    with served(folder, folder / "sim") as made:
        stack = made.stack(example("ulanqab"))
        stack.apply()
        ids = {str(each.address): each.id for each in stack.plan().changes}
        stack.close()
        made.settle()
    return folder, ids


@pytest.fixture
def deployed(_deployed_once: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[Testbed]:
    """A cloud in which the vendor's scenario was deployed, and its record."""
    folder, ids = _deployed_once
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    with served(tmp_path, tmp_path / "sim", 1_760_000_000.0) as made:
        made.ids = ids
        yield made
