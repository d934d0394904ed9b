"""Live state: a bounded number of list calls, then addresses for what they found."""
