"""Classic Load Balancer: one address, public or of a vSwitch, in front of backend servers."""

from collections.abc import Collection
from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP
from gwlbfw.sim.services.vpc.eip.record import release_eips
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Lifecycle, Region

VERSION = "2014-05-15"


@dataclass(frozen=True)
class Backend:
    """A server in a balancer's default server group."""

    server_id: str
    kind: str = "ecs"
    weight: int = 100
    ip: str = ""
    description: str = ""


@dataclass(kw_only=True, eq=False)
class ClassicLoadBalancer(
    Record,
    Lifecycle,
    kind="classic_load_balancer",
    prefix="lb",
    product="slb",
    tag_type="instance",
    not_found=("InvalidLoadBalancerId.NotFound", 404),
):
    """One balancer; `ip` is its address in its vSwitch, `address` a public one."""

    name: str = ""
    address_type: str = "internet"
    address: str = ""
    vpc_id: str = ""
    vswitch_id: str = ""
    ip: str = ""
    master_zone: str = ""
    slave_zone: str = ""
    bandwidth: int = 5120
    internet_charge_type: str = "paybytraffic"
    charge_type: str = "PayByCLCU"
    spec: str = ""
    resource_group_id: str = DEFAULT_GROUP
    deletion_protection: bool = False
    modification_protection: str = "NonProtection"
    protection_reason: str = ""
    backends: tuple[Backend, ...] = ()

    def uses(self) -> Collection[str]:
        return (self.vpc_id, self.vswitch_id)

    def on_delete(self, region: Region) -> None:
        for part in region.users(self.id):
            if part.kind == "clb_listener":
                region.remove(part)
        release_eips(region, self.id)


def require_changeable(region: Region, balancer_id: str) -> ClassicLoadBalancer:
    """A balancer whose configuration may be changed (the code is UNVERIFIED)."""
    balancer = region.require(ClassicLoadBalancer, balancer_id)
    if balancer.modification_protection == "ConsoleProtection":
        code = "OperationDenied.ModificationProtectionIsOn"
        raise ApiError(code, f"The balancer {balancer.id} is protected from changes.")
    return balancer
