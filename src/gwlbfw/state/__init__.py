"""The stack's memory: its record, the journal of a run, its lock, and where they lie."""

from gwlbfw.state.journal import Journal
from gwlbfw.state.record import Record
from gwlbfw.state.replay import Begin, Intent, Outcome
from gwlbfw.state.store import Store

__all__ = ["Begin", "Intent", "Journal", "Outcome", "Record", "Store"]
