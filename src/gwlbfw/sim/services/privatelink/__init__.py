"""PrivateLink API (2020-04-15)."""
