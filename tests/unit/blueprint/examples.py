"""The example topologies, changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from gwlbfw.topology.models import Topology
from tests.unit.samples import EXAMPLES

Edit = Callable[[dict[str, Any]], object]


def example_with(folder: Path, edit: Edit, name: str = "ulanqab") -> Topology:
    """An example, changed, as loaded from a file of its own."""
    content = yaml.safe_load((EXAMPLES / f"{name}.yaml").read_text("utf-8"))
    edit(content)
    (folder / "hello-world.sh").write_bytes((EXAMPLES / "hello-world.sh").read_bytes())
    path = folder / "topology.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
    return Topology.load(path)
