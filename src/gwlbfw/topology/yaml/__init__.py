"""A topology file as text, YAML nodes and values, each with its place."""
