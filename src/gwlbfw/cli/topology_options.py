"""The options that a topology is read with: a folder, variables, and which files it may name."""

import os
import shlex
from collections import ChainMap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

COMMON = "Common options"
"""The panel in which common options stand in a command's help, apart from its own."""


def _assignment(text: str) -> str:
    """A variable's `KEY=VALUE`; the value may be a secret, so no message repeats it."""
    key, equals, _ = text.partition("=")
    if not key or not equals:
        raise typer.BadParameter("write it as KEY=VALUE")
    return text


def _change_folder(folder: Path | None) -> Path | None:
    """Change the process's folder before any other path is read. Raises BadParameter."""
    if folder is not None:
        try:
            os.chdir(folder)
        except OSError as problem:
            raise typer.BadParameter(f"{problem.strerror}: {folder}") from problem
    return folder


Var: TypeAlias = Annotated[
    list[str],
    typer.Option(
        "--var",
        parser=_assignment,
        metavar="KEY=VALUE",
        help="Value of ${var:KEY} in the topology; repeatable.",
        show_default=False,
        rich_help_panel=COMMON,
    ),
]
VarFile: TypeAlias = Annotated[
    list[Path],
    typer.Option(
        "--var-file",
        metavar="PATH",
        help="YAML file with `KEY: VALUE` of ${var:KEY}; repeatable, and --var comes before it.",
        show_default=False,
        rich_help_panel=COMMON,
    ),
]
Chdir: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--chdir",
        is_eager=True,
        callback=_change_folder,
        metavar="DIR",
        help="Run in this folder: all other paths are relative to it.",
        rich_help_panel=COMMON,
    ),
]
AllowOutside: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--allow-outside",
        help="Read user data outside the topology's folder; of a saved plan, files outside the "
        "current directory.",
        rich_help_panel=COMMON,
    ),
]


@dataclass(frozen=True)
class TopologyOptions:
    """What a topology is read with: its variables' values, and which files it may name."""

    chdir: Chdir = None
    var: Var = field(default_factory=list)
    var_file: VarFile = field(default_factory=list)
    allow_outside: AllowOutside = False

    def read_variables(self) -> dict[str, str]:
        """The values by key: those of later files, and of `--var`, come before others.

        Raises TopologyError.
        """
        if not self.var_file:
            return self._given
        from gwlbfw.topology.yaml.variable_file import read_variable_file  # noqa: PLC0415 - it takes time

        files = ChainMap(*(read_variable_file(each) for each in reversed(self.var_file)))
        return {**files, **self._given}

    @property
    def _given(self) -> dict[str, str]:
        return dict(each.split("=", 1) for each in self.var)

    def topology_words(self) -> Iterator[str]:
        """These options as words of a command line, to give them again."""
        if self.chdir is not None:
            yield f"--chdir {shlex.quote(str(self.chdir))}"
        yield from (f"--var-file {shlex.quote(str(each))}" for each in self.var_file)
        yield from (f"--var {key}=…" for key in self._given)  # the value may be a secret
        if self.allow_outside:
            yield "--allow-outside"
