"""How values look: one module per form. All output is made here and written by `Screen`."""
