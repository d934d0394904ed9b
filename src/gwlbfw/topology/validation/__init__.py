"""Validation of a topology without a cloud: its model first, then rules over several fields."""
