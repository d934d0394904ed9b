"""EIPs: public IPv4 addresses, and what holds them."""
