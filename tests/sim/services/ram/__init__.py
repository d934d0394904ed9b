"""The simulated RAM API."""
