"""NAT gateways, and what they are made of."""
