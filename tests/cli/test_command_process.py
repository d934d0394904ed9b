"""Commands as forks of a process that has imported them: none outlives the tests that ran it."""

import os
import select
import subprocess
import sys
from pathlib import Path

from tests.support.command_process import ROOT

RUN = """
import sys, time
from pathlib import Path
from tests.support.command_process import CommandProcess
served = CommandProcess(("sim", "serve", "--data", sys.argv[1]), Path(sys.argv[1]))
served.stdout.readline()
print(served.pid, flush=True)
time.sleep(600)
"""


def parent_of(process: int) -> int:
    """The id of a process's parent (proc(5), stat)."""
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_killed_test_run_leaves_no_command_and_no_server(tmp_path: Path) -> None:
    words = [sys.executable, "-c", RUN, str(tmp_path)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        processes = [int(run.stdout.readline())]
        while parent_of(processes[-1]) != run.pid:
            processes.append(parent_of(processes[-1]))
        watched = [os.pidfd_open(each) for each in processes]
        run.kill()
        left = set(watched)
        while left and (ended := select.select([*left], [], [], 10.0)[0]):
            left -= set(ended)
    for each in watched:
        os.close(each)
    assert len(processes) == 3
    assert not left
