"""SSH key pairs (ECS)."""
