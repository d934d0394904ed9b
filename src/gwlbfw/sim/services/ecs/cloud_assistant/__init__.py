"""Cloud Assistant: commands on instances."""
