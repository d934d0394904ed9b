"""User data of the machines that the stack launches, rendered when the call is made."""

import hashlib
import json
from collections.abc import Mapping

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.blueprint.bootstrap import bounce_script
from gwlbfw.blueprint.firewall import health_check
from gwlbfw.blueprint.security_vpc import is_simulated
from gwlbfw.cloud.call import Raw, UserData, objects
from gwlbfw.cloud.reply_validation import require_address
from gwlbfw.errors import ReplyError
from gwlbfw.topology.models import Topology
from gwlbfw.topology.parts import Machine

_UNKNOWN_ADDRESS = f"${{{layout.LOAD_BALANCER}.PrivateIpv4Address}}"


def render(topology: Topology, data: UserData, raw: Mapping[Address, Raw] | None) -> bytes:
    """User data in the clear, from the replies (`raw`) about what is live.

    Without replies, the load balancer's addresses are placeholders. Raises ReplyError where the
    load balancer has no address.
    """
    at = layout.parse(data.address)
    if layout.is_appliance(data.address):
        appliance = topology.security_vpc.appliances[at.name]
        if is_simulated(appliance):
            addresses = [_UNKNOWN_ADDRESS]
            if raw is not None:
                addresses = _balancer_addresses(raw.get(layout.LOAD_BALANCER, {}))
            return bounce_script(addresses, health_check(topology)).encode()
        return topology.read_user_data(appliance) or b""
    return topology.read_user_data(topology.business_vpcs[at.vpc].servers[at.name]) or b""


def _balancer_addresses(balancer: Raw) -> list[str]:
    """The load balancer's own addresses, which go into a script that root runs."""
    action = "gwlb:GetLoadBalancerAttribute"
    zones = objects(balancer, "ZoneMappings.LoadBalancerAddresses")
    if not zones:
        raise ReplyError(action, "the load balancer has no address")
    return [require_address(each, "PrivateIpv4Address", action) for each in zones]


def source_digest(topology: Topology) -> str:
    """A digest of the topology with its variables filled in, and of its user data."""
    content = topology.model_dump(mode="json")
    machines: list[Machine] = [*topology.security_vpc.appliances.values()]
    machines += [s for vpc in topology.business_vpcs.values() for s in vpc.servers.values()]
    files = [(topology.read_user_data(each) or b"").hex() for each in machines if not each.id]
    return hashlib.sha256(json.dumps([content, files], sort_keys=True).encode()).hexdigest()
