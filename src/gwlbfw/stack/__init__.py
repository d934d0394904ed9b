"""A stack, the cloud it lies in, and the one look at it that its verbs start from."""

from gwlbfw.stack.cloud import Cloud
from gwlbfw.stack.observation import Observation
from gwlbfw.stack.stack import Stack, SyncStack

__all__ = ["Cloud", "Observation", "Stack", "SyncStack"]
