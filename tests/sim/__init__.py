"""The simulator, through the vendor's own clients."""
