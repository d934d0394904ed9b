"""Completion in bash, by the script that `gwlbfw --show-completion` shows."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

COMPLETE = """
source <(_GWLBFW_COMPLETE=source_bash gwlbfw)
COMP_WORDS=({words}); COMP_CWORD={last}
_gwlbfw_completion gwlbfw
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def completions(*words: str) -> list[str]:
    """What bash offers for the last of the words behind `gwlbfw`."""
    typed = " ".join(shlex.quote(each) for each in ("gwlbfw", *words))
    here = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", COMPLETE.format(words=typed, last=len(words))],
        env={**os.environ, "PATH": here},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("ve",), ["verify", "version"]),
        (("--end",), ["--endpoint-url"]),
        (("sim", "st"), ["status"]),
        (("plan", "--de"), ["--destroy", "--detailed-exitcode"]),
        (("--state", "plan", "plan", "--format", ""), ["text", "json", "markdown"]),
        (("sim", "call", "s"), ["sim", "slb", "sts"]),
        (
            ("sim", "call", "sim", ""),
            ["ClosePort", "LockLoadBalancer", "OpenPort", "UnlockLoadBalancer"],
        ),
    ],
)
def test_bash_completes_commands_options_and_choices(
    words: tuple[str, ...], offered: list[str]
) -> None:
    assert completions(*words) == offered
