"""The simulator's state."""
