"""Fixtures for the tests of kinds."""

from collections.abc import Iterator

import pytest

from tests.kinds.region import SimulatedRegion

pytest.register_assert_rewrite("tests.kinds.conformance")


@pytest.fixture(scope="class")
def region() -> Iterator[SimulatedRegion]:
    """A simulated cloud for all tests of one kind, each of which starts from the same state."""
    region = SimulatedRegion()
    yield region
    region.close()


_CHANGES = {"updated": "updates", "replaced": "replacements"}


def pytest_pycollect_makeitem(collector: object, obj: object) -> list[pytest.Item] | None:
    """Leaves out the tests of changes that a kind doesn't have."""
    cls = getattr(collector, "cls", None)
    wanted = _CHANGES.keys() & getattr(obj, "__annotations__", {}).keys() if cls else ()
    return [] if any(not getattr(cls, _CHANGES[name]) for name in wanted) else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each change that a kind's class names."""
    for name in _CHANGES.keys() & set(metafunc.fixturenames):
        changes = getattr(metafunc.cls, _CHANGES[name])
        metafunc.parametrize(name, list(changes.values()), ids=list(changes))
