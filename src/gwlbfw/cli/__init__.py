"""The command line: arguments in, one library call, a view of the value that comes back."""
