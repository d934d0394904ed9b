"""Authentication: request signatures, access keys and sessions, replay protection."""
