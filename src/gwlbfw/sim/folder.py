"""Folders for what is its owner's alone."""

from pathlib import Path


def make_private(folder: Path) -> None:
    """Make a folder and those above it that are missing, each for its owner alone."""
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
