"""The simulated PrivateLink API."""
