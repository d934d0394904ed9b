"""Classic Load Balancer (API version 2014-05-15), as far as the way of packets needs it."""
