"""The simulated OSS API."""
