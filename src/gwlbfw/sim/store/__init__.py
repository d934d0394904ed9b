"""What exists in the simulated cloud: records and their state, in memory and on disk."""
