"""Resource Manager: the resource groups of an account."""
