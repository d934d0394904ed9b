"""The picture in the README, as `gwlbfw graph` draws it."""

import re
from pathlib import Path

from gwlbfw import Topology
from gwlbfw.cli.views.graph import drawing_of
from gwlbfw.cli.views.graph_mermaid import mermaid

_PICTURE = re.compile(r"(?<=```mermaid\n).*?(?=```)", re.DOTALL)


def with_picture(text: str, topology: Path) -> str:
    """The text with the topology drawn in its mermaid block."""
    drawn = mermaid(drawing_of(Topology.load(topology))).rstrip("\n")
    return _PICTURE.sub(lambda _: f"{drawn}\n", text, count=1)
