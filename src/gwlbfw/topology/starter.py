"""The commented topology that `gwlbfw init` writes."""

from string import Template


def starter(name: str = "my-firewall") -> str:
    """A topology of two zones, ready to be edited: the shape of the vendor's own scenario."""
    return _STARTER.substitute(name=name)


_STARTER = Template("""\
# One stack of gwlbfw: an Internet boundary firewall on Alibaba Cloud.
#
#   gwlbfw validate topology.yaml      check this file, without the cloud
#   gwlbfw plan topology.yaml --sim    see what would be made, in the simulator
#   gwlbfw apply topology.yaml         make it
#
# A value may hold $${env:NAME}, or $${var:KEY} with --var KEY=VALUE. What `sensitive: [env:NAME]`
# names may stand in user data and external ids alone, and is never shown.
# yaml-language-server: $$schema=topology.schema.json
version: 1
name: $name # unique per account and region
region: cn-wulanchabu
tags: {team: netsec} # of every object that is created

# The VPCs whose Internet traffic is inspected.
business_vpcs:
  shop:
    cidr: 192.168.0.0/16 # creates the VPC; `id: vpc-...` takes one that exists
    # What the Internet may reach on the servers below.
    ingress:
      - {protocol: tcp, ports: 80, from: 0.0.0.0/0}
    zones:
      # Each zone must be one of the security VPC's, too.
      cn-wulanchabu-b:
        gwlbe_subnet: {cidr: 192.168.101.0/24} # for the GWLB endpoint alone
        subnets:
          app-b: {cidr: 192.168.1.0/24}
      cn-wulanchabu-c:
        gwlbe_subnet: {cidr: 192.168.102.0/24}
        subnets:
          app-c: {cidr: 192.168.2.0/24}
    # Optional: servers to try it with. Subnets of others are inspected just as well.
    servers:
      web-b:
        subnet: app-b
        instance_type: ecs.g7.large
        image_family: acs:alibaba_cloud_linux_3_2104_lts_x64
        eip: {bandwidth_mbps: 5}

# The VPC of the gateway load balancer and of the appliances that inspect.
security_vpc:
  cidr: 10.0.0.0/16
  zones:
    cn-wulanchabu-b: {subnet: {cidr: 10.0.1.0/24}}
    cn-wulanchabu-c: {subnet: {cidr: 10.0.2.0/24}}
  appliances:
    # `bootstrap: iptables` makes an appliance that returns all traffic uninspected, for trials.
    # For a real one, give its image and leave `bootstrap` out; `id: i-...` takes one that exists.
    # It knows the zones of its launch: a change that adds a zone gives each of these a new key.
    fw-b:
      zone: cn-wulanchabu-b
      instance_type: ecs.g7ne.xlarge # must carry jumbo frames
      image_family: acs:alibaba_cloud_linux_3_2104_lts_x64
      bootstrap: iptables
    fw-c:
      zone: cn-wulanchabu-c
      instance_type: ecs.g7ne.xlarge
      image_family: acs:alibaba_cloud_linux_3_2104_lts_x64
      bootstrap: iptables

gateway_load_balancer:
  scheduler: 5TCH # a flow's appliance is chosen by a hash of its 5-tuple
  flow_failover: rebalance # flows of a failed appliance move to others
  health_check: {protocol: TCP, port: 22, interval_s: 10}
  connection_drain: {enabled: true, timeout_s: 300}

endpoint_service: {auto_accept: true}

# Traffic moves to the firewall zone by zone, and only when appliances are healthy.
cutover: {strategy: zone-by-zone, min_healthy_appliances: 1}
""")
