"""Short forms of the VPC API's calls, for tests that need a network to start from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from alibabacloud_vpc20160428 import models as vpc

from gwlbfw.sim.services.ecs.instance.record import Instance
from gwlbfw.sim.services.ecs.network_interface import (
    NetworkInterface,
    attach_interface,
    interfaces_of,
)
from gwlbfw.sim.services.privatelink.endpoint.record import Endpoint
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.region import Region
from tests.sim.cloud import Cloud

CODES = ("InvalidIPAddress.AlreadyUsed", "ResourceNotEnough.VSwitchIp")
REGION = "cn-wulanchabu"
ZONE_B, ZONE_C = f"{REGION}-b", f"{REGION}-c"
_REQUESTS = {
    name.removesuffix("Request").lower(): getattr(vpc, name)
    for name in dir(vpc)
    if name.endswith("Request")
}


@dataclass(frozen=True)
class Vpcs:
    """Calls through the typed client; whatever is made is settled before it is given back."""

    cloud: Cloud
    client: Any

    def call(self, action: str, **parameters: Any) -> Any:
        """The reply of an action, named as the client's method, as plain data."""
        request = self.request(action, **parameters)
        return self.cloud.body(getattr(self.client, action)(request))

    def refused(self, action: str, **parameters: Any) -> tuple[int, str]:
        """How an action is refused."""
        request = self.request(action, **parameters)
        return self.cloud.refused(getattr(self.client, action), request)

    @staticmethod
    def request(action: str, **parameters: Any) -> Any:
        """The typed request of an action, in the tests' region."""
        request = _REQUESTS[action.replace("_", "")](**parameters)
        if hasattr(request, "region_id") and request.region_id is None:
            request.region_id = REGION
        return request

    def vpc(self, cidr: str = "192.168.0.0/16", **more: Any) -> str:
        return self._made(self.call("create_vpc", cidr_block=cidr, **more)["VpcId"])

    def vswitch(
        self, vpc_id: str, cidr: str = "192.168.1.0/24", zone: str = ZONE_B, **more: Any
    ) -> str:
        made = self.call("create_vswitch", vpc_id=vpc_id, zone_id=zone, cidr_block=cidr, **more)
        return self._made(made["VSwitchId"])

    def table(self, vpc_id: str, kind: str = "VSwitch") -> str:
        made = self.call("create_route_table", vpc_id=vpc_id, associate_type=kind)
        return self._made(made["RouteTableId"])

    def system_table(self, vpc_id: str) -> str:
        listed = self.call("describe_route_table_list", vpc_id=vpc_id, route_table_type="System")
        return str(listed["RouterTableList"]["RouterTableListType"][0]["RouteTableId"])

    def gateway(self, vpc_id: str, *, active: bool = False) -> str:
        made = self.call("create_ipv_4gateway", vpc_id=vpc_id)["Ipv4GatewayId"]
        self.cloud.settle()
        if active:
            self.call("enable_vpc_ipv_4gateway", ipv_4gateway_id=made)
        return self._made(made)

    def gateway_table(self, vpc_id: str, gateway_id: str) -> str:
        """A gateway route table, associated with an active gateway."""
        table = self.table(vpc_id, "Gateway")
        self.call("associate_route_table_with_gateway", route_table_id=table, gateway_id=gateway_id)
        return self._made(table)

    def entry(self, table_id: str, destination: str, kind: str, hop: str) -> str:
        made = self.call(
            "create_route_entry",
            route_table_id=table_id,
            destination_cidr_block=destination,
            next_hop_type=kind,
            next_hop_id=hop,
        )
        return self._made(made["RouteEntryId"])

    def entries(self, table_id: str, **filters: Any) -> list[dict[str, Any]]:
        listed = self.call("describe_route_entry_list", route_table_id=table_id, **filters)
        return list(listed["RouteEntrys"]["RouteEntry"])

    def gateway_entries(self, table_id: str) -> list[dict[str, Any]]:
        listed = self.call("list_gateway_route_table_entries", gateway_route_table_id=table_id)
        return list(listed["GatewayRouteEntryModels"])

    def one_vswitch(self, vswitch_id: str) -> dict[str, Any]:
        return dict(self.call("describe_vswitch_attributes", v_switch_id=vswitch_id))

    def one_gateway(self, gateway_id: str) -> dict[str, Any]:
        return dict(self.call("get_ipv_4gateway_attribute", ipv_4gateway_id=gateway_id))

    def endpoint(self, vswitch_id: str) -> str:
        """An active endpoint with a zone, put there without the calls that make one."""
        with self._region() as region:
            vswitch = region.require(VSwitch, vswitch_id)
            endpoint = region.add(Endpoint(vpc_id=vswitch.vpc_id, status="Active"))
            interface = NetworkInterface(owner=endpoint.id, service="privatelink")
            attach_interface(region, vswitch, interface, CODES)
        return endpoint.id

    def instance(self, vswitch_id: str, status: str = "Running") -> str:
        """An instance with its interface, put there without the calls that make one."""
        with self._region() as region:
            instance = region.add(Instance(status=status))
            interface = NetworkInterface(owner=instance.id)
            attach_interface(region, region.require(VSwitch, vswitch_id), interface, CODES)
        return instance.id

    def interface(self, owner: str) -> str:
        """The first interface of an instance."""
        with self._region() as region:
            return interfaces_of(region, owner)[0].id

    def remove(self, record_id: str) -> None:
        """End whatever has this id."""
        with self._region() as region:
            record = region.find_any(record_id)
            assert record is not None
            region.remove(record)

    @contextmanager
    def _region(self) -> Iterator[Region]:
        state = self.cloud.simulator.state
        yield Region(state, state.settings.account, REGION, self.cloud.clock.now())
        state.commit()

    def _made(self, record_id: Any) -> str:
        self.cloud.settle()
        return str(record_id)
