"""The one door to the cloud: calls as data, and the module that sends them."""
