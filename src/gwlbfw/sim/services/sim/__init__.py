"""Actions that only the simulator has."""
