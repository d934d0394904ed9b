"""Transcripts in markdown, and a shell that runs them again.

What a ```console block shows is what was seen: lines that begin with `$ ` were typed, the rest is
what came back. A line that is `…` stands for any number of lines, `…` within one for anything.
Ids, addresses and times differ from run to run; an id that is typed stands for the one that an
earlier answer has in its place.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.command_process import shell_command

_BLOCK = re.compile(r"^( *)```console\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_DIFFERS = re.compile(
    r"(?P<id>\b[a-z0-9]+-[a-z0-9]{20}\b|\b8\.130\.\d+\.\d+\b)"
    r"|(?P<request>\b[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\b)"
    r"|(?P<digits>\d+\.\d+(?= s\b)|(?<=127\.0\.0\.1:)\d+)"
    r"|(?P<any>…)|(?P<blanks> {2,})"
)
_DONE = "@@ that was all @@"


@dataclass(frozen=True)
class Exchange:
    """What was typed, and what came back."""

    command: str
    answer: str


def exchanges(markdown: str) -> Iterator[Exchange]:
    """Every exchange of a document, in order."""
    for indent, block in _BLOCK.findall(markdown):
        lines = [line.removeprefix(indent) for line in block.splitlines()]
        command: list[str] = []
        answer: list[str] = []
        for line in lines:
            if command and not answer and command[-1].endswith("\\"):
                command.append(line)
            elif line.startswith("$ "):
                if command:
                    yield Exchange("\n".join(command), "\n".join(answer))
                command, answer = [line[2:]], []
            else:
                answer.append(line)
        if command:
            yield Exchange("\n".join(command), "\n".join(answer))


@dataclass
class TranscriptMatcher:
    """What the ids of a transcript are called this time."""

    ids: dict[str, str] = field(default_factory=dict)

    def with_current_ids(self, text: str) -> str:
        """A command with the ids of this time."""
        return _DIFFERS.sub(lambda m: self.ids.get(m.group(), m.group()), text)

    def matches(self, expected: str, seen: str) -> bool:
        """Whether an answer is as it was recorded; its ids are remembered."""
        names: dict[str, str] = {}
        pattern = "".join(self._line(line, names) for line in expected.splitlines())
        match = re.fullmatch(pattern, "".join(f"{each.rstrip()}\n" for each in seen.splitlines()))
        if match is None:
            return False
        self.ids |= {expected: match[group] for expected, group in names.items()}
        return True

    def _line(self, line: str, names: dict[str, str]) -> str:
        if line.strip() == "…":
            return r"(?:.*\n)*?"
        pieces, end = [], 0
        for each in _DIFFERS.finditer(line.rstrip()):
            pieces += [re.escape(line[end : each.start()]), self._piece(each, names)]
            end = each.end()
        return "".join([*pieces, re.escape(line[end:].rstrip()), r"\n"])

    def _piece(self, found: re.Match[str], names: dict[str, str]) -> str:
        expected = found.group()
        if found.lastgroup != "id":
            return {"request": "[0-9A-F-]+", "digits": r"[\d.]+", "any": ".*", "blanks": " +"}[
                found.lastgroup or ""
            ]
        if expected in self.ids:
            return re.escape(self.ids[expected])
        if expected in names:
            return f"(?P={names[expected]})"
        names[expected] = f"id{len(names)}"
        form = r"8\.130\.\d+\.\d+" if "." in expected else expected.partition("-")[0] + "-[a-z0-9]+"
        return f"(?P<{names[expected]}>{form})"


class Shell:
    """One shell session in a folder, in which the gwlbfw under test is the one that is found."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        ours = {k: v for k, v in os.environ.items() if not k.startswith(("GWLBFW_", "ALIBABA_"))}
        self._commands = tempfile.TemporaryDirectory()
        gwlbfw = Path(self._commands.name, "gwlbfw")
        gwlbfw.write_text(shell_command(), encoding="utf-8")
        gwlbfw.chmod(0o755)
        places = (self._commands.name, str(Path(sys.executable).parent), ours.get("PATH", ""))
        path = os.pathsep.join(places)
        self._process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env={**ours, "HOME": str(folder), "PATH": path, "NO_COLOR": "1", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate("exit\n")
        self._commands.cleanup()

    def run(self, command: str) -> str:
        """What a command answers, on either stream."""
        keyboard, screen = self._process.stdin, self._process.stdout
        assert keyboard is not None
        assert screen is not None
        # Its own stdin is empty: it must not read what is typed next.
        keyboard.write(f"{{ {command}\n}} < /dev/null\nprintf '\\n%s\\n' '{_DONE}'\n")
        keyboard.flush()
        seen: list[str] = []
        for line in screen:
            if line.rstrip("\n") == _DONE:
                return "".join(seen).rstrip("\n")
            seen.append(line)
        raise AssertionError(f"the shell ended at: {command}\n{''.join(seen)}")
