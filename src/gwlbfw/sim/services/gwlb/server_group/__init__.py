"""Server groups and their servers."""
