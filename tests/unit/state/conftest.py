"""Fixtures: each state backend, that of OSS on the simulated OSS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gwlbfw.cloud.sdk.access_keys import Keys
from gwlbfw.sim.server import Server
from gwlbfw.sim.simulator import Simulator
from gwlbfw.state.backend import StateBackend
from gwlbfw.state.local import LocalBackend
from gwlbfw.state.oss import BucketPrefix, OssBackend

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
def bucket(url: str) -> OssBackend:
    """A backend in a simulated bucket."""
    return OssBackend(BucketPrefix("records", "team/a/"), "cn-wulanchabu", KEYS, url)


@pytest.fixture
def folder(tmp_path: Path) -> LocalBackend:
    """A backend in a folder that does not exist yet."""
    return LocalBackend(tmp_path / "state")


@pytest.fixture(params=["folder", "bucket"])
def backend(request: pytest.FixtureRequest) -> StateBackend:
    """Each kind of backend in turn."""
    made: StateBackend = request.getfixturevalue(request.param)
    return made
