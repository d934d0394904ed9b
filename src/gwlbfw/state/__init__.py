"""The stack's memory: its record, the journal of a run, its lock, and where they lie."""

from gwlbfw.state.journal import Journal
from gwlbfw.state.model import State
from gwlbfw.state.replay import CallResult, Intent, RunStart
from gwlbfw.state.store import Store

__all__ = ["CallResult", "Intent", "Journal", "RunStart", "State", "Store"]
