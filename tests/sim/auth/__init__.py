"""Authentication of the simulator's callers."""
