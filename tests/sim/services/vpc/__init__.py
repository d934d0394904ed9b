"""The simulated VPC API."""
