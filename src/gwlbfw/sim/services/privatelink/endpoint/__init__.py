"""Endpoints, their zones and their connections."""
