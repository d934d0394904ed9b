"""One module per verb, loaded when it is asked for."""
