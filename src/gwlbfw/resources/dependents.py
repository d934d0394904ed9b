"""Resources that lie in another one, which can't be deleted before them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from gwlbfw.cloud.call import Call, Raw


def _never(_: Raw) -> bool:
    return False


@dataclass(frozen=True)
class DependentListing:
    """The list call for the dependents of a resource."""

    call: Call
    items: str
    id: str
    """The field with the id."""
    parent_param: str
    ignores: Callable[[Raw], bool] = _never
    """True for a dependent that disappears by itself, or whose owner can't be known."""

    def of(self, cloud_id: str, account: str) -> Call:
        """The call that lists what lies in the resource with this id."""
        params = {**self.call.params, self.parent_param: cloud_id}
        return replace(self.call, params=params, account=account)


def interfaces_by(parent_param: str) -> DependentListing:
    """The network interfaces in a vSwitch or a security group."""
    return DependentListing(
        Call("ecs", "DescribeNetworkInterfaces"),
        "NetworkInterfaceSets.NetworkInterfaceSet",
        "NetworkInterfaceId",
        parent_param,
        _of_a_product_or_leaving,
    )


def _of_a_product_or_leaving(raw: Raw) -> bool:
    """Those of other products say neither whose they are nor for how long."""
    return raw.get("ServiceManaged") is True or raw.get("Status") in ("Detaching", "Deleting")
