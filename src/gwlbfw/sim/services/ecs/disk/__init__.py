"""Disks (ECS)."""
