"""The source of a topology: its file, its folder, and the place of every node."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from gwlbfw.diagnostics import Place

YamlPath: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, eq=False)
class Source:
    """The places of a file's keys and list entries by path, and those of its scalars.

    All sources are equal: two topologies of the same content are equal, wherever they are written.
    """

    base: Path = field(default_factory=Path)
    keys: Mapping[YamlPath, Place] = field(default_factory=dict)
    scalars: Mapping[YamlPath, Place] = field(default_factory=dict)
    variables: frozenset[str] = frozenset()
    """The variables in its values, as `env:NAME` and `var:KEY`."""
    allow_outside: bool = False
    """True if the files that it names may lie outside its folder."""

    def place(self, path: YamlPath) -> Place | None:
        """The place of the key at `path`, or of the nearest thing above that the file names."""
        for length in range(len(path), -1, -1):
            found = self.keys.get(path[:length])
            if found is not None:
                return found
        return None

    def value_place(self, path: YamlPath) -> Place | None:
        """The place of the scalar at `path`; of its key where it is not a scalar."""
        return self.scalars.get(path) or self.place(path)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Source)

    def __hash__(self) -> int:
        return 0


NOWHERE = Source()
"""The source of a topology that was built in code."""
