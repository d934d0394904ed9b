"""Both kinds of shelves, the bucket's on the simulated OSS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gwlbfw.cloud.sdk.access_keys import Keys
from gwlbfw.sim.server import Server
from gwlbfw.sim.simulator import Simulator
from gwlbfw.state.backend import Shelf
from gwlbfw.state.local import FolderShelf
from gwlbfw.state.oss import BucketShelf, Location

KEYS = Keys("key", "secret")


@pytest.fixture
def simulator() -> Simulator:
    """A simulated cloud in memory."""
    return Simulator()


@pytest.fixture
def url(simulator: Simulator) -> Iterator[str]:
    """Where the simulated cloud is served."""
    with Server(simulator) as server:
        yield server.url


@pytest.fixture
def bucket(url: str) -> BucketShelf:
    """A shelf in a bucket."""
    return BucketShelf(Location("records", "team/a/"), "cn-wulanchabu", KEYS, url)


@pytest.fixture
def folder(tmp_path: Path) -> FolderShelf:
    """A shelf in a folder that does not exist yet."""
    return FolderShelf(tmp_path / "state")


@pytest.fixture(params=["folder", "bucket"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Each kind of shelf in turn."""
    made: Shelf = request.getfixturevalue(request.param)
    return made
