"""Completion in bash, by the script that `gwlbfw --show-completion` shows."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = "_GWLBFW_COMPLETE=source_bash gwlbfw"
COMPLETE = """
{script}
COMP_WORDS=({words}); COMP_CWORD={last}
_gwlbfw_completion gwlbfw
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def completions(script: str, *words: str) -> list[str]:
    """What bash offers for the last of the words behind `gwlbfw`, by a script for completion."""
    typed = " ".join(shlex.quote(each) for each in ("gwlbfw", *words))
    return said_by_bash(COMPLETE.format(script=script, words=typed, last=len(words))).split()


def said_by_bash(command: str) -> str:
    """What a command says on stdout; it says nothing on stderr."""
    here = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", command],
        env={**os.environ, "PATH": here},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def script() -> str:
    """The script for completion in bash."""
    return said_by_bash(SOURCE)


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
    script: str, words: tuple[str, ...], offered: list[str]
) -> None:
    assert completions(script, *words) == offered
