"""The simulated APIs, through the vendor's own clients."""
