"""For all tests."""

import gc
import os

if os.environ.get("GWLBFW_SIM_EXTERNAL"):
    from tests.support.external_simulator import install

    install()


def pytest_collection_finish() -> None:
    """Spare the garbage collector the thousands of tests themselves: they stay to the end."""
    gc.collect()
    gc.freeze()
