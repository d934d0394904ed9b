"""A NAT gateway to start from."""

from dataclasses import dataclass
from typing import Any

from tests.sim.services.vpc.calls import Vpcs


@dataclass(frozen=True)
class Nat:
    """A NAT gateway in a VPC of its own."""

    vpcs: Vpcs
    vpc: str
    vswitch: str
    gateway: str
    table: str
    forward_table: str

    @classmethod
    def of(cls, vpcs: Vpcs, **more: Any) -> "Nat":
        vpc = vpcs.vpc()
        vswitch = vpcs.vswitch(vpc)
        made = vpcs.call("create_nat_gateway", vpc_id=vpc, v_switch_id=vswitch, **more)
        vpcs.cloud.settle()
        (table,) = made["SnatTableIds"]["SnatTableId"]
        (forward,) = made["ForwardTableIds"]["ForwardTableId"]
        return cls(vpcs, vpc, vswitch, made["NatGatewayId"], table, forward)

    def one(self) -> Any:
        listed = self.vpcs.call("describe_nat_gateways", nat_gateway_id=self.gateway)
        (found,) = listed["NatGateways"]["NatGateway"]
        return found

    def eip(self) -> tuple[str, str]:
        """An EIP that is bound to the gateway: its id and its address."""
        made = self.vpcs.call("allocate_eip_address")
        self.vpcs.cloud.settle()
        self.bind(made["AllocationId"])
        return made["AllocationId"], made["EipAddress"]

    def bind(self, eip: str) -> None:
        self.vpcs.call("associate_eip_address", **self.bound(eip))
        self.vpcs.cloud.settle()

    def bound(self, eip: str) -> dict[str, str]:
        return {"allocation_id": eip, "instance_id": self.gateway, "instance_type": "Nat"}

    def entry(self, address: str, **more: Any) -> str:
        source = more or {"source_vswitch_id": self.vswitch}
        made = self.vpcs.call(
            "create_snat_entry", snat_table_id=self.table, snat_ip=address, **source
        )
        self.vpcs.cloud.settle()
        return str(made["SnatEntryId"])
