"""Sweeps: a real process killed at every call, against a simulator that lives on."""
