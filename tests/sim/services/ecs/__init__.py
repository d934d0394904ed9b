"""The simulated ECS API."""
