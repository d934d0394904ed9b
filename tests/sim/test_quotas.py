"""Quotas: each can be given another number, and is enforced with it."""

from pathlib import Path

import pytest

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.fixture import play
from gwlbfw.sim.quotas import QUOTAS
from gwlbfw.sim.services import registry
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator

ACCOUNT = """
- {call: vpc.CreateVpc, params: {CidrBlock: 10.0.0.0/16}, name: {vpc: VpcId}}
- call: vpc.CreateVSwitch
  params: {VpcId: "{vpc}", ZoneId: cn-wulanchabu-b, CidrBlock: 10.0.1.0/24}
  name: {vsw: VSwitchId}
- {call: vpc.CreateRouteTable, params: {VpcId: "{vpc}"}, name: {vtb: RouteTableId}}
- {call: vpc.CreateIpv4Gateway, params: {VpcId: "{vpc}"}, name: {gw: Ipv4GatewayId}}
- {call: ecs.CreateSecurityGroup, params: {VpcId: "{vpc}"}, name: {sg: SecurityGroupId}}
- {call: ecs.DescribeImages, params: {}, name: {image: "Images.Image[0].ImageId"}}
- call: gwlb.CreateServerGroup
  params: {VpcId: "{vpc}", ServerGroupType: Ip, Protocol: GENEVE}
  name: {sgp: ServerGroupId}
- call: gwlb.CreateLoadBalancer
  params: {VpcId: "{vpc}", ZoneMappings: [{VSwitchId: "{vsw}", ZoneId: cn-wulanchabu-b}]}
  name: {gwlb: LoadBalancerId}
- call: gwlb.GetLoadBalancerAttribute
  params: {LoadBalancerId: "{gwlb}"}
  until: {LoadBalancerStatus: Active}
  name: {ip: "ZoneMappings[0].LoadBalancerAddresses[0].PrivateIpv4Address"}
- call: privatelink.CreateVpcEndpointService
  params: {ServiceResourceType: gwlb, AutoAcceptEnabled: true}
  name: {epsrv: ServiceId}
"""
MORE = {
    "network_acl_entries_per_direction": """
- {call: vpc.CreateNetworkAcl, params: {VpcId: "{vpc}"}, name: {nacl: NetworkAclId}}
""",
    "forward_entries_per_table": """
- call: vpc.CreateNatGateway
  params: {VpcId: "{vpc}", VSwitchId: "{vsw}", NatType: Enhanced}
  name: {ftb: "ForwardTableIds.ForwardTableId[0]"}
- {call: vpc.AllocateEipAddress, params: {}, name: {eip: EipAddress}}
""",
    "eips_per_nat_gateway_in_nat_mode": """
- call: vpc.CreateNatGateway
  params: {VpcId: "{vpc}", VSwitchId: "{vsw}", EipBindMode: NAT}
  name: {ngw: NatGatewayId}
- {call: vpc.AllocateEipAddress, params: {}, name: {eip: AllocationId}}
""",
    "instances_per_ha_vip": """
- {call: vpc.CreateHaVip, params: {VSwitchId: "{vsw}"}, name: {vip: HaVipId}}
- call: ecs.RunInstances
  params:
    {ImageId: "{image}", InstanceType: ecs.g7.large, VSwitchId: "{vsw}", SecurityGroupId: "{sg}",
     SystemDisk: {Category: cloud_essd}}
  name: {i: "InstanceIdSets.InstanceIdSet[0]"}
""",
}
"""What the account has beside that for the sake of some quotas."""
ENTRY = """RouteTableId: "{vtb}", DestinationCidrBlock: 0.0.0.0/0, NextHopType: Ipv4Gateway,
    NextHopId: "{gw}" """
ACL_ENTRY = """NetworkAclId: "{nacl}", UpdateIngressAclEntries: true, IngressAclEntries:
    [{Policy: accept, Protocol: all, Port: -1/-1, SourceCidrIp: 10.0.0.0/8}]"""
FORWARDING = """ForwardTableId: "{ftb}", ExternalIp: "{eip}", ExternalPort: 80,
    InternalIp: 10.0.1.9, InternalPort: 80, IpProtocol: tcp"""
RULE = "IpProtocol: TCP, PortRange: 22/22, SourceCidrIp: 10.0.0.0/8"
RUN = """ImageId: "{image}", InstanceType: ecs.g7.large, VSwitchId: "{vsw}",
    SecurityGroupId: "{sg}", SystemDisk: {Category: cloud_essd}"""
SERVER = '[{ServerId: "{ip}", ServerIp: "{ip}", ServerType: Ip}]'
RESOURCE = 'ResourceId: "{gwlb}", ResourceType: gwlb, ZoneId: cn-wulanchabu-b'
ONE_MORE = [
    ("vpcs_per_region", 1, "vpc.CreateVpc", "", "QuotaExceeded.Vpc"),
    ("user_cidrs_per_vpc", 0, "vpc.CreateVpc", "UserCidr: 10.0.0.0/8", "InvalidUserCidr.Quota"),
    ("vswitches_per_vpc", 1, "vpc.CreateVSwitch",
     'VpcId: "{vpc}", ZoneId: cn-wulanchabu-b, CidrBlock: 10.0.2.0/24', "QuotaExceeded.VSwitch"),
    ("secondary_cidrs_per_vpc", 0, "vpc.AssociateVpcCidrBlock",
     'VpcId: "{vpc}", SecondaryCidrBlock: 172.16.0.0/16', "QuotaExceeded.SecondaryCidr"),
    ("route_tables_per_vpc", 1, "vpc.CreateRouteTable", 'VpcId: "{vpc}"',
     "QuotaExceeded.RouteTable"),
    ("route_entries_per_table", 0, "vpc.CreateRouteEntry", ENTRY, "QuotaExceeded"),
    ("rules_per_security_group", 0, "ecs.AuthorizeSecurityGroup",
     f'SecurityGroupId: "{{sg}}", Permissions: [{{{RULE}}}]', "AuthorizationLimitExceed"),
    ("security_groups_per_region", 1, "ecs.CreateSecurityGroup", 'VpcId: "{vpc}"',
     "QuotaExceed.SecurityGroup"),
    ("security_groups_per_instance", 0, "ecs.RunInstances", RUN,
     "InstanceSecurityGroupLimitExceeded"),
    ("security_groups_per_region", 1, "ecs.CreateSecurityGroup", 'VpcId: "{vpc}"',
     "QuotaExceed.SecurityGroup"),
    ("ipv6_cidrs_per_vpc", 0, "vpc.AssociateVpcCidrBlock", 'VpcId: "{vpc}", IpVersion: IPV6',
     "QuotaExceeded.IPv6CidrBlock"),
    ("network_acls_per_vpc", 0, "vpc.CreateNetworkAcl", 'VpcId: "{vpc}"', "QuotaExceed.NetworkAcl"),
    ("network_acl_entries_per_direction", 0, "vpc.UpdateNetworkAclEntries",
     ACL_ENTRY, "QuotaExceed.NetworkAclEntry"),
    ("forward_entries_per_table", 0, "vpc.CreateForwardEntry",
     FORWARDING, "QuotaExceeded"),
    ("eips_per_nat_gateway_in_nat_mode", 0, "vpc.AssociateEipAddress",
     'AllocationId: "{eip}", InstanceId: "{ngw}", InstanceType: Nat', "QuotaExceeded.NumberOfEip"),
    ("instances_per_ha_vip", 0, "vpc.AssociateHaVip", 'HaVipId: "{vip}", InstanceId: "{i}"',
     "CountLimitExceeded.HaVipOnECSInstance"),
    ("load_balancers_per_region", 1, "gwlb.CreateLoadBalancer",
     'VpcId: "{vpc}", ZoneMappings: [{VSwitchId: "{vsw}", ZoneId: cn-wulanchabu-b}]',
     "QuotaExceeded.LoadBalancersNum"),
    ("server_groups_per_region", 1, "gwlb.CreateServerGroup", 'VpcId: "{vpc}"',
     "QuotaExceeded.ServerGroupsNum"),
    ("servers_per_group", 0, "gwlb.AddServersToServerGroup",
     f'ServerGroupId: "{{sgp}}", Servers: {SERVER}', "QuotaExceeded.ServersPerGroup"),
    ("servers_per_group_and_zone", 0, "gwlb.AddServersToServerGroup",
     f'ServerGroupId: "{{sgp}}", Servers: {SERVER}', "QuotaExceeded.ServersPerZone"),
    ("endpoint_services_per_region", 1, "privatelink.CreateVpcEndpointService",
     "ServiceResourceType: gwlb", "QuotaExceeded.EndpointService"),
    ("resources_per_service_and_zone", 0, "privatelink.AttachResourceToVpcEndpointService",
     f'ServiceId: "{{epsrv}}", {RESOURCE}', "QuotaExceeded.EndpointServiceResource"),
    ("endpoints_per_vpc", 0, "privatelink.CreateVpcEndpoint",
     'VpcId: "{vpc}", ServiceId: "{epsrv}", EndpointType: GatewayLoadBalancer',
     "QuotaExceeded.totalEpPerVpc"),
]  # fmt: skip
"""A quota, its number as the account has it already, the call that wants one more, and its code."""


@pytest.mark.parametrize(
    ("name", "number", "call", "params", "code"), ONE_MORE, ids=[each[0] for each in ONE_MORE]
)
def test_a_quota_of_another_number_is_enforced(
    tmp_path: Path, name: str, number: int, call: str, params: str, code: str
) -> None:
    fixture = tmp_path / "account.yaml"
    more = f"- call: {call}\n  params: {{{params}}}\n  refused: {code}\n"
    fixture.write_text(ACCOUNT + MORE.get(name, "") + more, encoding="utf-8")
    settings = Settings(quotas={name: number}, fixtures=(fixture,))
    simulator = Simulator(settings=settings, clock=TurnedClock())
    assert play(simulator)
    simulator.close()


def test_every_quota_is_tried() -> None:
    registry.load_services()
    assert {each[0] for each in ONE_MORE} == set(QUOTAS), "give a new quota its row in ONE_MORE"


def test_an_unknown_quota_is_refused_with_those_there_are() -> None:
    with pytest.raises(SimulatorError, match=r"no quota vpcs here: name one of .*vpcs_per_region"):
        Simulator(settings=Settings(quotas={"vpcs": 1}))
