"""VPC: a private network."""
