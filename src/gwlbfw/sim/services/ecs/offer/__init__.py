"""What ECS offers: images and instance types."""
