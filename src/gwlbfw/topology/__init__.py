"""The topology: the one YAML file that says what is wanted."""
