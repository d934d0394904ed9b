"""The state of the simulated cloud: records, in memory and on disk."""
