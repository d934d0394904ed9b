"""Fixtures for anyone's tests, found by pytest where gwlbfw is installed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import pytest

if TYPE_CHECKING:
    from gwlbfw.simulator import SimulatedCloud

Scope: TypeAlias = Literal["function", "class", "module", "package", "session"]

SCOPE = "simulated_cloud_scope"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the setting of pytest's configuration file."""
    told = f"how long a simulated_cloud lasts: {', '.join(get_args(Scope))}"
    parser.addini(SCOPE, told, default="function")


def _scope(fixture_name: str, config: pytest.Config) -> Scope:
    """The scope that the configuration file asks for. Raises UsageError."""
    del fixture_name
    scopes: tuple[Scope, ...] = get_args(Scope)
    wanted = config.getini(SCOPE)
    if wanted not in scopes:
        raise pytest.UsageError(f"{SCOPE} is one of {', '.join(scopes)}, not {wanted}")
    return scopes[scopes.index(wanted)]


@pytest.fixture(name="simulated_cloud", scope=_scope)
def _simulated_cloud() -> "Iterator[SimulatedCloud]":
    """A simulated cloud, in memory, on a loopback port: for one test unless configured."""
    from gwlbfw.simulator import simulated_cloud  # noqa: PLC0415 - costs nothing where not asked for

    with simulated_cloud() as cloud:
        yield cloud


@pytest.fixture(name="fresh_simulated_cloud")
def _fresh_simulated_cloud(simulated_cloud: "SimulatedCloud") -> "SimulatedCloud":
    """The `simulated_cloud`, which other tests may share, as it was at its start."""
    simulated_cloud.restore()
    return simulated_cloud
