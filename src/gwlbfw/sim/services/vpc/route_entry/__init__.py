"""Route entries of system and custom route tables."""
