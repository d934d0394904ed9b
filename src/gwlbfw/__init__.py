"""Deploy, watch and remove an Internet boundary firewall on Alibaba Cloud from one YAML file."""
