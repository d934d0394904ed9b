"""Private folders."""

from pathlib import Path


def make_private(folder: Path) -> None:
    """Make a folder, and the missing ones above it, each accessible to its owner only."""
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
