"""Networks that exist already and serve traffic, made as any client would make them."""

from dataclasses import dataclass, field
from typing import Any

from tests.scenarios.testbed import ANYWHERE, Content, Testbed, example
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C

IMAGE_FAMILY = "acs:alibaba_cloud_linux_3_2104_lts_x64"
OWNER = [{"Key": "owner", "Value": "ops"}, {"Key": "env", "Value": "prod"}]
SUBNETS = {"app-b": (B, "192.168.1.0/24"), "app-c": (C, "192.168.2.0/24")}


@dataclass
class Existing:
    """Calls that make a network, and the ids of what was made, by short names."""

    testbed: Testbed
    ids: dict[str, str] = field(default_factory=dict)

    def vpc(self, name: str, cidr: str) -> str:
        return self._made(
            name,
            "vpc:CreateVpc",
            "VpcId",
            CidrBlock=cidr,
            VpcName=name,
            Description=f"{name}, by hand",
        )

    def subnet(self, name: str, vpc: str, zone: str, cidr: str) -> str:
        return self._made(
            name,
            "vpc:CreateVSwitch",
            "VSwitchId",
            VpcId=self.ids[vpc],
            ZoneId=zone,
            CidrBlock=cidr,
            VSwitchName=name,
            Description=f"{name}, by hand",
        )

    def table(self, name: str, vpc: str, *subnets: str, kind: str = "VSwitch") -> str:
        made = self._made(
            name,
            "vpc:CreateRouteTable",
            "RouteTableId",
            VpcId=self.ids[vpc],
            RouteTableName=name,
            Description=f"{name}, by hand",
            AssociateType=kind,
        )
        for subnet in subnets:
            self.join(name, subnet)
        return made

    def join(self, table: str, subnet: str) -> None:
        """A subnet associated with a table."""
        self.testbed.done(
            "vpc:AssociateRouteTable", RouteTableId=self.ids[table], VSwitchId=self.ids[subnet]
        )

    def leave(self, table: str, subnet: str) -> None:
        """A subnet back on the system table."""
        self.testbed.done(
            "vpc:UnassociateRouteTable", RouteTableId=self.ids[table], VSwitchId=self.ids[subnet]
        )

    def route(self, table: str, hop: str, to: str = ANYWHERE, kind: str = "Ipv4Gateway") -> None:
        self.testbed.done(
            "vpc:CreateRouteEntry",
            RouteTableId=self.ids[table],
            DestinationCidrBlock=to,
            NextHopType=kind,
            NextHopId=self.ids[hop],
            RouteEntryName=f"{table}-{hop}",
            Description="by hand",
        )

    def gateway(self, name: str, vpc: str) -> str:
        return self._made(
            name,
            "vpc:CreateIpv4Gateway",
            "Ipv4GatewayId",
            VpcId=self.ids[vpc],
            Ipv4GatewayName=name,
            Ipv4GatewayDescription=f"{name}, by hand",
        )

    def activate(self, gateway: str) -> None:
        self.testbed.done("vpc:EnableVpcIpv4Gateway", Ipv4GatewayId=self.ids[gateway])

    def gateway_table(self, name: str, vpc: str, gateway: str) -> str:
        made = self.table(name, vpc, kind="Gateway")
        self.testbed.done(
            "vpc:AssociateRouteTableWithGateway",
            RouteTableId=made,
            GatewayId=self.ids[gateway],
            GatewayType="Ipv4Gateway",
        )
        return made

    def redirect(self, table: str, cidr: str, instance: str) -> None:
        """An entry of a gateway's table led to an instance."""
        self.testbed.done(
            "vpc:UpdateGatewayRouteTableEntryAttribute",
            GatewayRouteTableId=self.ids[table],
            DestinationCidrBlock=cidr,
            NextHopType="Instance",
            NextHopId=self.ids[instance],
        )

    def group(self, name: str, vpc: str, *ports: tuple[str, str], source: str = ANYWHERE) -> str:
        made = self._made(
            name,
            "ecs:CreateSecurityGroup",
            "SecurityGroupId",
            VpcId=self.ids[vpc],
            SecurityGroupName=name,
            Description=f"{name}, by hand",
        )
        for protocol, port in ports:
            rule = {"IpProtocol": protocol, "PortRange": f"{port}/{port}", "SourceCidrIp": source}
            self.testbed.done(
                "ecs:AuthorizeSecurityGroup", SecurityGroupId=made, Permissions=[rule]
            )
        return made

    def instance(self, name: str, zone: str, subnet: str, group: str) -> str:
        made = self.testbed.done(
            "ecs:RunInstances",
            ZoneId=zone,
            VSwitchId=self.ids[subnet],
            SecurityGroupIds=[self.ids[group]],
            InstanceType="ecs.g7ne.xlarge",
            ImageFamily=IMAGE_FAMILY,
            InstanceName=name,
            Tag=OWNER,
        )
        self.ids[name] = made["InstanceIdSets"]["InstanceIdSet"][0]
        return self.ids[name]

    def eip(self, name: str, instance: str | None = None) -> str:
        made = self._made(name, "vpc:AllocateEipAddress", "AllocationId", Bandwidth="10", Name=name)
        if instance:
            self.testbed.done(
                "vpc:AssociateEipAddress",
                AllocationId=made,
                InstanceId=self.ids[instance],
                InstanceType="EcsInstance",
            )
        return made

    def _made(self, name: str, action: str, field_name: str, **params: Any) -> str:
        self.ids[name] = str(self.testbed.done(action, Tag=OWNER, **params)[field_name])
        return self.ids[name]


def network(testbed: Testbed) -> Existing:
    """A business VPC behind an active IPv4 gateway, and a security VPC with two appliances.

    Each business subnet has a table of its own; a subnet that no topology names has one too.
    """
    made = Existing(testbed)
    made.vpc("prod", "192.168.0.0/16")
    made.gateway("gateway", "prod")
    made.group("web", "prod", ("tcp", "80"))
    for name, (zone, cidr) in {**SUBNETS, "vtb": (B, "192.168.50.0/24")}.items():
        made.subnet(name, "prod", zone, cidr)
        made.table(f"table-{name}", "prod", name)
        made.route(f"table-{name}", "gateway")
    made.activate("gateway")
    for name, zone in (("app-b", B), ("app-c", C), ("vtb", B)):
        made.instance(f"server-{name}", zone, name, "web")
        made.eip(f"eip-{name}", f"server-{name}")
    made.route("table-app-b", "server-vtb", "172.16.0.0/12", "Instance")
    security(made)
    return made


def security(made: Existing) -> None:
    """A VPC with two appliances whose security group is open as it should be."""
    made.vpc("sec", "10.0.0.0/16")
    made.group("fw", "sec", ("udp", "6081"), ("tcp", "22"), source="10.0.0.0/16")
    for name, zone, cidr in (("b", B, "10.0.1.0/24"), ("c", C, "10.0.2.0/24")):
        made.subnet(f"sec-{name}", "sec", zone, cidr)
    made.instance("fw-1", B, "sec-b", "fw")
    made.instance("fw-2", C, "sec-c", "fw")


def brownfield(made: Existing) -> Content:
    """The example of a brownfield with the ids of this network."""
    content = example("brownfield")
    shop, sec = content["business_vpcs"]["shop"], content["security_vpc"]
    shop["id"] = made.ids["prod"]
    shop["ipv4_gateway"]["id"] = made.ids["gateway"]
    shop["zones"][B]["subnets"]["app-b"]["id"] = made.ids["app-b"]
    shop["zones"][C]["subnets"]["app-c"]["id"] = made.ids["app-c"]
    sec["id"] = made.ids["sec"]
    sec["zones"][B]["subnet"]["id"] = made.ids["sec-b"]
    sec["zones"][C]["subnet"]["id"] = made.ids["sec-c"]
    sec["appliances"]["fw-1"]["id"] = made.ids["fw-1"]
    sec["appliances"]["fw-2"]["id"] = made.ids["fw-2"]
    return content
