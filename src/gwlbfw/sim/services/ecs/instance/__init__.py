"""ECS instances."""
