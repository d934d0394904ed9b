"""Endpoint services."""
