"""The reference pages that are read off the code.

`make docs` makes them, and a test refuses pages that are no longer what it would make.
"""
