"""`python -m docs.generate [ROOT]`."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from .calls import EXAMPLE
from .commands import commands
from .errors import errors
from .markdown import Lines
from .picture import with_picture
from .resources import resources
from .topology import topology

ROOT = Path(__file__).parents[2]
PAGES: Mapping[str, Callable[[], Lines]] = {
    "topology.md": topology,
    "commands.md": commands,
    "resources.md": resources,
    "errors.md": errors,
}
_MADE = "<!-- Made from the code by docs/generate: `make docs` makes it anew. -->"


def main(root: Path) -> None:
    """Write every page, and the picture into the README of the same folder."""
    folder = root / "docs" / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    readme = root / "README.md"
    text = with_picture(readme.read_text(encoding="utf-8"), EXAMPLE)
    readme.write_text(text, encoding="utf-8")
    for name, page in PAGES.items():
        text = "\n".join([_MADE, "", *page()]).rstrip("\n") + "\n"
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
