"""Short forms of the GWLB and PrivateLink APIs' calls, in a VPC with two zones."""

import json
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from alibabacloud_gwlb20240415 import models as gwlb
from alibabacloud_privatelink20200415 import models as privatelink

from gwlbfw.sim.wire import HttpRequest
from tests.sim.cloud import Cloud
from tests.sim.services.ecs.calls import Ecs
from tests.sim.services.vpc.calls import REGION, ZONE_B, ZONE_C, Vpcs

__all__ = ["OTHER_ACCOUNT", "REGION", "ZONE_B", "ZONE_C", "Calls", "Firewall", "raw"]

OTHER_ACCOUNT = "2000000000000002"


def raw(cloud: Cloud, action: str, version: str, **parameters: str) -> Any:
    """The reply of an action that has no typed client."""
    query = urlencode({"Action": action, "Version": version, **parameters})
    reply = cloud.simulator.handle(HttpRequest("POST", query))
    assert reply.status == 200, reply.body
    return json.loads(reply.body)


@dataclass(frozen=True)
class Calls:
    """Calls through one product's typed client, with parameters by the API's names."""

    cloud: Cloud
    client: Any
    models: Any

    def __call__(self, action: str, **parameters: Any) -> Any:
        """The reply of an action, named as the API names it, as plain data."""
        return self.cloud.body(self._method(action)(self.request(action, **parameters)))

    def refused(self, action: str, **parameters: Any) -> tuple[int, str]:
        """How an action is refused."""
        return self.cloud.refused(self._method(action), self.request(action, **parameters))

    def request(self, action: str, **parameters: Any) -> Any:
        """The typed request of an action, in the tests' region; some have none."""
        model = getattr(self.models, f"{action}Request", None)
        if model is None:
            return None
        request = model().from_map(parameters)
        assert not set(parameters) - set(request.to_map()), action
        if hasattr(request, "region_id"):
            request.region_id = request.region_id or REGION
        return request

    def _method(self, action: str) -> Any:
        wanted = action.lower()
        names = {name.replace("_", ""): name for name in dir(self.client)}
        method = getattr(self.client, names[wanted])
        has_request = hasattr(self.models, f"{action}Request")
        return method if has_request else lambda _: method()


@dataclass(frozen=True)
class Firewall:
    """The two products' calls, and what they need to start from."""

    cloud: Cloud
    vpcs: Vpcs
    ecs: Ecs
    gwlb: Calls
    link: Calls
    zones: dict[str, str] = field(default_factory=dict)
    """The vSwitch of each zone in the load balancers' VPC."""

    @classmethod
    def of(cls, cloud: Cloud, vpcs: Vpcs) -> "Firewall":
        ecs = Ecs.of(cloud, vpcs)
        zone_c = vpcs.vswitch(ecs.vpc, "192.168.2.0/24", ZONE_C)
        return cls(
            cloud,
            vpcs,
            ecs,
            Calls(cloud, cloud.gwlb(), gwlb),
            Calls(cloud, cloud.privatelink(), privatelink),
            {ZONE_B: ecs.vswitch, ZONE_C: zone_c},
        )

    def as_account(self, account: str) -> "Firewall":
        """The same calls made by another account, in a VPC of its own."""
        role = f"acs:ram::{account}:role/firewall"
        reply = raw(self.cloud, "AssumeRole", "2015-04-01", RoleArn=role, RoleSessionName="test")[
            "Credentials"
        ]
        who = {
            "key": reply["AccessKeyId"],
            "secret": reply["AccessKeySecret"],
            "security_token": reply["SecurityToken"],
        }
        vpcs = Vpcs(self.cloud, self.cloud.vpc(**who))
        return replace(
            self,
            vpcs=vpcs,
            gwlb=Calls(self.cloud, self.cloud.gwlb(**who), gwlb),
            link=Calls(self.cloud, self.cloud.privatelink(**who), privatelink),
            zones={},
        )

    def settle(self) -> None:
        self.cloud.settle()

    def tick(self, seconds: float = 1.0) -> None:
        """Let one status give way to the next."""
        self.cloud.clock.advance(seconds)

    def mappings(self, *zones: str) -> list[dict[str, str]]:
        return [{"ZoneId": each, "VSwitchId": self.zones[each]} for each in zones]

    def balancer(self, *zones: str, **more: Any) -> str:
        made = self.gwlb(
            "CreateLoadBalancer",
            VpcId=self.ecs.vpc,
            ZoneMappings=self.mappings(*(zones or (ZONE_B, ZONE_C))),
            **more,
        )
        return self._made(made["LoadBalancerId"])

    def one_balancer(self, balancer_id: str) -> Any:
        return self.gwlb("GetLoadBalancerAttribute", LoadBalancerId=balancer_id)

    def group(self, **more: Any) -> str:
        parameters = {"VpcId": self.ecs.vpc, **more}
        return self._made(self.gwlb("CreateServerGroup", **parameters)["ServerGroupId"])

    def one_group(self, group_id: str) -> Any:
        (found,) = self.gwlb("ListServerGroups", ServerGroupIds=[group_id])["ServerGroups"]
        return found

    def add(self, group_id: str, *instances: str) -> None:
        self._members("AddServersToServerGroup", group_id, instances)

    def remove(self, group_id: str, *instances: str) -> None:
        self._members("RemoveServersFromServerGroup", group_id, instances)

    def servers(self, group_id: str) -> dict[str, str]:
        """The status of each server of a group."""
        listed = self.gwlb("ListServerGroupServers", ServerGroupId=group_id)["Servers"]
        return {each["ServerId"]: each["Status"] for each in listed}

    def listener(self, balancer_id: str, group_id: str, **more: Any) -> str:
        made = self.gwlb(
            "CreateListener", LoadBalancerId=balancer_id, ServerGroupId=group_id, **more
        )
        return self._made(made["ListenerId"])

    def service(self, *zones: str, balancer: str = "", **more: Any) -> str:
        """A service that accepts by itself, with a load balancer attached in some zones."""
        parameters = {"ServiceResourceType": "gwlb", "AutoAcceptEnabled": True, **more}
        made = self._made(self.link("CreateVpcEndpointService", **parameters)["ServiceId"])
        for each in zones:
            self.attach(made, balancer, each)
        return made

    def attach(self, service_id: str, balancer_id: str, zone: str) -> None:
        self.link("AttachResourceToVpcEndpointService", **resource(service_id, balancer_id, zone))
        self.settle()

    def one_service(self, service_id: str) -> Any:
        return self.link("GetVpcEndpointServiceAttribute", ServiceId=service_id)

    def endpoint(self, service_id: str, vpc_id: str, **more: Any) -> str:
        made = self.link(
            "CreateVpcEndpoint",
            EndpointType="GatewayLoadBalancer",
            ServiceId=service_id,
            VpcId=vpc_id,
            **more,
        )
        return self._made(made["EndpointId"])

    def one_endpoint(self, endpoint_id: str) -> Any:
        return self.link("GetVpcEndpointAttribute", EndpointId=endpoint_id)

    def add_zone(self, endpoint_id: str, zone: str, vswitch_id: str, **more: Any) -> None:
        self.link(
            "AddZoneToVpcEndpoint",
            EndpointId=endpoint_id,
            ZoneId=zone,
            VSwitchId=vswitch_id,
            **more,
        )

    def zone_statuses(self, endpoint_id: str) -> dict[str, str]:
        listed = self.link("ListVpcEndpointZones", EndpointId=endpoint_id)["Zones"]
        return {each["ZoneId"]: each["ZoneStatus"] for each in listed}

    def _members(self, action: str, group_id: str, instances: tuple[str, ...]) -> None:
        servers = [{"ServerId": each, "ServerType": "Ecs", "Port": 6081} for each in instances]
        self.gwlb(action, ServerGroupId=group_id, Servers=servers)

    def _made(self, record_id: Any) -> str:
        self.settle()
        return str(record_id)


def resource(service_id: str, balancer_id: str, zone: str) -> dict[str, str]:
    """The parameters that name a load balancer as a service's resource in one zone."""
    return {
        "ServiceId": service_id,
        "ResourceId": balancer_id,
        "ResourceType": "gwlb",
        "ZoneId": zone,
    }
