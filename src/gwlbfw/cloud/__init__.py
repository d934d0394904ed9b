"""The cloud: calls as data, and the one client that sends them."""
