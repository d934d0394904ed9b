"""The views of values: one module per form. All output is made here and written by `Screen`."""
