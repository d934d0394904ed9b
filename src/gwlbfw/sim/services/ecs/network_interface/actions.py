"""Actions on network interfaces of their own: create, attach, detach, modify, delete.

Sources: ECS API, CreateNetworkInterface, AttachNetworkInterface, DetachNetworkInterface,
ModifyNetworkInterfaceAttribute and DeleteNetworkInterface, with their error tables.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.instance.record import Instance
from gwlbfw.sim.services.ecs.network_interface.attachment import (
    MISMATCH,
    attach_to,
    own_interface,
    require_state,
)
from gwlbfw.sim.services.ecs.network_interface.ipv6 import add_ipv6_addresses
from gwlbfw.sim.services.ecs.network_interface.parameters import (
    CODES,
    known_groups,
    requested_groups,
    require_free,
    traffic_mode,
    traffic_settings,
)
from gwlbfw.sim.services.ecs.network_interface.placement import attach_interface
from gwlbfw.sim.services.ecs.network_interface.reads import described
from gwlbfw.sim.services.ecs.network_interface.record import NetworkInterface
from gwlbfw.sim.services.ecs.network_interface.several_addresses import add_secondary_addresses
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import requested_group
from gwlbfw.sim.services.tags import requested_tags
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.record import DELETED
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply


@action("ecs", "CreateNetworkInterface", without_effect=("BusinessType", "Visible"))
def create_network_interface(region: Region, request: Request) -> Reply:
    """A secondary interface, Available at once."""
    if request.text("InstanceType", "Secondary") != "Secondary":
        raise request.not_simulated("InstanceType")
    vswitch = region.require(
        VSwitch, request.require("VSwitchId"), "InvalidVSwitchId.NotFound", 404
    )
    if wanted := request.text("PrimaryIpAddress"):
        require_free(region, vswitch, wanted)
    interface = NetworkInterface(
        security_group_ids=requested_groups(region, request, vswitch.vpc_id, MISMATCH),
        resource_group_id=requested_group(region, request, ""),
        tags=requested_tags(request),
    )
    traffic_settings(request, interface)
    traffic_mode(request, interface)
    _set_traffic(request, interface)
    attach_interface(region, vswitch, interface, CODES, wanted, 403)
    add_secondary_addresses(region, request, interface)
    add_ipv6_addresses(region, request, interface)
    return described(interface)


@action("ecs", "DeleteNetworkInterface")
def delete_network_interface(region: Region, request: Request) -> Reply:
    """Delete an interface that is attached to nothing."""
    interface = own_interface(region, request)
    require_state(interface, "Available")
    region.transition(interface, "Deleting", DELETED)
    return {}


@action("ecs", "AttachNetworkInterface", without_effect=("WaitForNetworkConfigurationReady",))
def attach_network_interface(region: Region, request: Request) -> Reply:
    """Attach an interface to an instance of its VPC and zone, as far as its type has room."""
    interface = own_interface(region, request)
    attach_to(region, interface, _instance(region, request))
    interface.card = request.number("NetworkCardIndex", 0, 0)
    region.transition(interface, "Attaching", "InUse")
    return {}


@action("ecs", "DetachNetworkInterface")
def detach_network_interface(region: Region, request: Request) -> Reply:
    """Detach a secondary interface from its instance."""
    interface = own_interface(region, request)
    instance = _instance(region, request)
    if interface.primary:
        raise ApiError(
            "InvalidOperation.DetachPrimaryEniNotAllowed",
            "Detaching primary ENI from ECS instance is not allowed.",
        )
    require_state(interface, "InUse")
    if interface.owner != instance.id:
        raise ApiError("InvalidParams.EniId", f"{interface.id} is not attached to {instance.id}.")
    region.transition(interface, "Detaching", "Available")
    return {}


@action("ecs", "ModifyNetworkInterfaceAttribute")
def modify_network_interface_attribute(region: Region, request: Request) -> Reply:
    """Change the given attributes; security groups are replaced as a whole."""
    interface = own_interface(region, request)
    traffic_settings(request, interface)
    _set_traffic(request, interface)
    if groups := request.texts("SecurityGroupId"):
        interface.security_group_ids = known_groups(region, groups, interface.vpc_id, MISMATCH)
    return {}


def _set_traffic(request: Request, interface: NetworkInterface) -> None:
    """Set what a call says of an interface's connection tracking and queues."""
    config = request.struct("NetworkInterfaceTrafficConfig")
    traffic_mode(config, interface)
    interface.queues = config.number("QueueNumber", interface.queues, 0, 2048)
    tracking = request.struct("ConnectionTrackingConfiguration")
    closed, established, udp = interface.timeouts
    interface.timeouts = (
        tracking.number("TcpClosedAndTimeWaitTimeout", closed, 3, 15),
        tracking.number("TcpEstablishedTimeout", established, 30, 910),
        tracking.number("UdpTimeout", udp, 10, 100),
    )


def _instance(region: Region, request: Request) -> Instance:
    instance = region.require(Instance, request.require("InstanceId"), "InvalidEcsId.NotFound", 404)
    if instance.status not in ("Running", "Stopped") or instance.in_transition():
        raise ApiError(
            "InvalidOperation.InvalidEcsState", f"The instance {instance.id} is {instance.status}."
        )
    return instance
