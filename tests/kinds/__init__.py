"""One test file for each kind of resource, against the simulator over HTTP."""
