"""The simulated GWLB API."""
