"""A disk that is full: nothing is sent that can't be written down first."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.sweep.command_fixture import CommandFixture, prepare, serve_simulator
from tests.sweep.kill_proxy import KillProxy

pytestmark = pytest.mark.sweep

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from gwlbfw.cli.app import main
main()
"""


@pytest.fixture(scope="module")
def fixture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandFixture]:
    folder = Path(tmp_path_factory.mktemp("full"))
    before = prepare("ulanqab", folder)
    with ExitStack() as over:
        url = over.enter_context(serve_simulator(folder))
        yield CommandFixture("full", folder, url, over.enter_context(KillProxy(url)), before)


@pytest.mark.parametrize("room", [200, 2_500])
def test_full_disk_stops_a_run_before_the_call_and_the_next_run_finishes(
    fixture: CommandFixture, room: int
) -> None:
    """`room` is the largest size of a file: for no journal, and for some calls.

    It holds for the file of what was covered, too, which is why that is not asked for.
    """
    fixture.to(fixture.before)
    fixture.kill_proxy.arm(None, "unsent")
    words = ["apply", "topology.yaml", "--auto-approve", "--endpoint-url", fixture.kill_proxy.url]
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, str(room), *words, "--state", "state"],
        cwd=fixture.folder,
        env={name: value for name, value in os.environ.items() if "COVERAGE" not in name},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr
    assert ended.stderr.count("error: ") == 1, ended.stderr
    assert "File too large" in ended.stderr
    assert "Traceback" not in ended.stderr
    sent = fixture.kill_proxy.changes
    assert (sent == 0) == (room < 2_500)
    done = fixture.apply()
    assert done.code == 0, done.output
    assert ("the last run" in done.output) == (sent > 0)
    assert fixture.remaining_changes() == ""
