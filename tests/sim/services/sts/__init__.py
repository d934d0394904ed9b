"""The simulated STS API."""
