"""The stack's record: what was last applied, and what was there before."""

from gwlbfw.record.folder import FolderStore
from gwlbfw.record.record import Record

__all__ = ["FolderStore", "Record"]
