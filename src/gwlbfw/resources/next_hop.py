"""Next hops and their types, in the words of the calls that write routes (VPC API)."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from gwlbfw.address import Ref

ENDPOINT = "GatewayLoadBalancerEndpoint"
GATEWAY = "Ipv4Gateway"
NAT_GATEWAY = "NatGateway"
TARGET_GROUP = "RouteTargetGroup"
INSTANCE = "Instance"
LOCAL = "Local"
"""The next hop of a system entry: delivery inside the VPC."""

_LISTED: dict[str, str] = {INSTANCE: "EcsInstance"}
"""The words of ListGatewayRouteTableEntries where they are others than those of the update."""
_WRITTEN = {listed: written for written, listed in _LISTED.items()}


class Hop(BaseModel):
    """A next hop: its type in the API's words, and what it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    ref: Ref[Any]


def written_type(listed: str) -> str:
    """The type of a next hop that a list answered.

    That a system entry has none, or `local` in any letter case, is UNVERIFIED: no page shows it.
    """
    if listed.lower() in ("", LOCAL.lower()):
        return LOCAL
    return _WRITTEN.get(listed, listed)


def listed_type(written: str) -> str:
    """The type that ListGatewayRouteTableEntries answers for a next hop."""
    return _LISTED.get(written, written)
