"""Whole deployments on the simulator."""
