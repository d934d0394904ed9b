"""The server of the simulator."""
