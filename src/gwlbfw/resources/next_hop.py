"""Next hops and their types, in the words of the calls that write routes (VPC API)."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from gwlbfw.address import Ref
from gwlbfw.cloud.call import Raw
from gwlbfw.cloud.reply_fields import text_at

ENDPOINT = "GatewayLoadBalancerEndpoint"
GATEWAY = "Ipv4Gateway"
NAT_GATEWAY = "NatGateway"
TARGET_GROUP = "RouteTargetGroup"
INSTANCE = "Instance"
MACHINES = frozenset({INSTANCE, "NetworkInterface", "HaVip"})
"""Those that are a machine of the VPC, which may do NAT."""
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


def listed_hop(entry: Raw) -> tuple[str, str]:
    """Type and id of the next hop of a listed entry, in the words of the writing calls."""
    nested = "NextHops" if "Type" not in entry else "NextHops.NextHop"
    kind = text_at(entry, "NextHopType") or text_at(entry, f"{nested}.NextHopType")
    hop = text_at(entry, "NextHopId") or text_at(entry, f"{nested}.NextHopId")
    return written_type(kind), hop
