"""OSS API, as far as a state backend needs it."""
