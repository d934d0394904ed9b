"""Running a command line within the test's own process, and comparing all that it says."""

import difflib
import os
import re
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from gwlbfw.cli.app import run

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SNAPSHOTS = Path(__file__).parent / "snapshots"
UPDATE = "GWLBFW_UPDATE_SNAPSHOTS"
"""Set it to write what is said as what shall be said; then read the difference."""

_NORMAL = (
    (re.compile(r"\b[0-9A-F]{8}-(?:[0-9A-F]{4}-){3}[0-9A-F]{12}\b"), "REQUEST-ID"),
    (re.compile(r"\b([a-z0-9]+)-[a-z0-9]{20}\b"), r"\1-ID"),
    (re.compile(r"\b(in|after) \d+(\.\d)? s\b"), r"\1 N s"),
    (re.compile(r"\(\d+(\.\d)? s\)"), "(N s)"),
    (re.compile(r"\b8\.130\.\d+\.\d+ *"), "8.130.N.N  "),
    (re.compile(r"\b[0-9a-f]{64}\b"), "SHA256"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "http://127.0.0.1:PORT"),
)
_STEP = re.compile(r"^\[ *\d+/(\d+)\] ")
_RETRY = re.compile(r": attempt \d+ in ")


@dataclass(frozen=True)
class CommandResult:
    """What came of a command."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str

    def __str__(self) -> str:
        """All of it, with what differs from run to run made the same."""
        head = f"$ gwlbfw {' '.join(self.arguments)}\n"
        parts = [head, f"exit code {self.code}\n"]
        parts += [f"--- stdout\n{self.out}"] if self.out else []
        parts += [f"--- stderr\n{_sorted_steps(self.err)}"] if self.err else []
        text = "".join(parts)
        for pattern, normal in _NORMAL:
            text = pattern.sub(normal, text)
        return text


def _sorted_steps(text: str) -> str:
    """Steps end in another order every time, and may be tried again; which they are stays."""
    lines = [line for line in text.splitlines(keepends=True) if not _RETRY.search(line)]
    steps = sorted(_STEP.sub(r"[N/\1] ", line) for line in lines if _STEP.match(line))
    return "".join([*steps, *(line for line in lines if not _STEP.match(line))])


def gwlbfw(*arguments: object) -> CommandResult:
    """Run a command line; its streams are no terminals."""
    out, err = StringIO(), StringIO()
    words = tuple(str(each) for each in arguments)
    with redirect_stdout(out), redirect_stderr(err):
        code = run(list(words))
    return CommandResult(words, code, out.getvalue(), err.getvalue())


def same_as_snapshot(name: str, *done: CommandResult, hide: Sequence[Path] = ()) -> None:
    """Compare all that commands said with what is on file; `hide` are folders of this run."""
    text = "\n".join(str(each) for each in done)
    for folder in hide:
        text = text.replace(f"{folder}/", "")
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get(UPDATE):
        path.write_text(text, encoding="utf-8")
    wanted = path.read_text(encoding="utf-8") if path.exists() else ""
    difference = difflib.unified_diff(wanted.splitlines(), text.splitlines(), "wanted", "said")
    assert text == wanted, "\n".join(difference)
