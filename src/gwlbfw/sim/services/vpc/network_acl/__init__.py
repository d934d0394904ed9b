"""Network ACL: stateless rules for the traffic of vSwitches."""
