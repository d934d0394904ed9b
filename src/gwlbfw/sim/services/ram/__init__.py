"""RAM: roles."""
