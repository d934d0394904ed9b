"""The memory of a stack in a state backend: its state, the journal of a run, and its lock."""

from gwlbfw.state.journal import Journal
from gwlbfw.state.model import State
from gwlbfw.state.replay import CallResult, Intent, RunStart
from gwlbfw.state.store import Store

__all__ = ["CallResult", "Intent", "Journal", "RunStart", "State", "Store"]
