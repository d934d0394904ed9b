"""Tests marked `live` are for a real account: they are left out unless they are asked for."""

import os

import pytest

from gwlbfw.cli.views.conformance_text import cost_text
from gwlbfw.conformance import load_scripts

REGION = os.environ.get("GWLBFW_LIVE_REGION") or "cn-wulanchabu"
"""The region in which they run."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests of the real cloud, unless GWLBFW_LIVE=1 or `-m live` asks for them."""
    live = [each for each in items if each.get_closest_marker("live")]
    if os.environ.get("GWLBFW_LIVE") == "1" or config.option.markexpr == "live":
        return
    if live:
        config.hook.pytest_deselected(items=live)
        items[:] = [each for each in items if each not in live]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Say what a run on the real cloud takes before it begins."""
    names = {
        each.callspec.params["name"]
        for each in session.items
        if isinstance(each, pytest.Function) and each.get_closest_marker("live")
    }
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if names and reporter is not None:
        chosen = [each for each in load_scripts() if each.name in names]
        reporter.write_line(cost_text(chosen, REGION))
