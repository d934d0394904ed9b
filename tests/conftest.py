"""For all tests."""

import gc
import os
import signal

import pytest

if os.environ.get("GWLBFW_SIM_EXTERNAL"):
    from tests.support.external_simulator import install

    install()


if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # A shell ignores Ctrl-C for what it starts in the background; tests send it to the tool.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Spare the garbage collector the thousands of tests themselves: they stay to the end."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: where commands run as on a real cloud, tests wait for time."""
    return (os.cpu_count() or 1) + 1
