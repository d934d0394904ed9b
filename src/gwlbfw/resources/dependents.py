"""Resources that lie in another one, which can't be deleted before them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from gwlbfw.cloud.call import Call, Raw


def _never(_: Raw, __: Call) -> bool:
    return False


@dataclass(frozen=True)
class DependentListing:
    """The list call for the dependents of a resource."""

    call: Call
    items: str
    id: str
    """The field with the id."""
    parent_param: str
    """The parameter with the id of what they lie in, of the list call and of the deletion."""
    ignores: Callable[[Raw, Call], bool] = _never
    """True for one that is not in the way of a deletion, or whose owner can't be known."""
    remedy: str = "remove it"

    def of(self, deletion: Call) -> Call:
        """The call that lists what is in the way of a deletion."""
        params = {**self.call.params, self.parent_param: deletion.params[self.parent_param]}
        return replace(self.call, params=params, account=deletion.account)


def interfaces_by(parent_param: str) -> DependentListing:
    """The network interfaces in a vSwitch or a security group."""
    return DependentListing(
        Call("ecs", "DescribeNetworkInterfaces"),
        "NetworkInterfaceSets.NetworkInterfaceSet",
        "NetworkInterfaceId",
        parent_param,
        _of_a_product_or_leaving,
    )


def _of_a_product_or_leaving(raw: Raw, _: Call) -> bool:
    """Those of other products say neither whose they are nor for how long."""
    return raw.get("ServiceManaged") is True or raw.get("Status") in ("Detaching", "Deleting")
