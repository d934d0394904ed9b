"""Pure tests: no network, no waiting."""
