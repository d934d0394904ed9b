"""The stack's memory: its record, the journal of a run, its lock, and where they lie."""

from gwlbfw.record.entries import Begin, Intent, Outcome
from gwlbfw.record.journal import Journal
from gwlbfw.record.record import Record
from gwlbfw.record.store import Store

__all__ = ["Begin", "Intent", "Journal", "Outcome", "Record", "Store"]
