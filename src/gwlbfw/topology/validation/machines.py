"""Checks of servers and appliances."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from gwlbfw.errors import TopologyError
from gwlbfw.topology.models import Topology
from gwlbfw.topology.parts import Machine, Subnet
from gwlbfw.topology.security_vpc import Appliance
from gwlbfw.topology.validation.problem import Problem
from gwlbfw.topology.validation.traversal import appliances, machines, servers, subnet_of
from gwlbfw.topology.wording import describe, display, quote, suggestion
from gwlbfw.topology.yaml.source import YamlPath

JUMBO_FAMILIES = re.compile(
    r"ecs\.(?:[cgr]5ne|[cgr]7(?:a|ne|nex|se|t)?|[cgr]8(?:a|ae|i|ine|ise|y)?|hfc[78]i?|hfg[78]i?|hfr[78]i?)"
)
"""Instance families whose instances are taken to carry jumbo frames.

UNVERIFIED: the vendor's list of families was not at hand. Known are g5ne and g7ne, which a
firewall vendor's modules offer for appliances behind a GWLB, and that RunInstances has
NetworkOptions.EnableJumboFrame for types of the 8th generation and later.
"""

_REQUIRED_MTU = 1568
"""MTU that an appliance needs: 1500 bytes and 68 of encapsulation (GWLB user guide, MTU)."""

_INSTANCE_TYPE = re.compile(r"ecs\.[a-z0-9-]+(\.[a-z0-9-]+)+")


def required_fields(topology: Topology) -> Iterator[Problem]:
    """A machine to create has an instance type, one image, and a subnet or zone."""
    for path, machine in machines(topology):
        if machine.id is not None:
            continue
        place = "zone" if isinstance(machine, Appliance) else "subnet"
        for field in ("instance_type", place):
            if getattr(machine, field) is None:
                message = f"{quote(field)} is missing in {describe(path)}"
                hint = "or give the `id` of an instance that exists"
                yield Problem("missing-key", path, message, hint, at_key=True)
        if (machine.image_id is None) == (machine.image_family is None):
            message = f"{describe(path)} needs either `image_id` or `image_family`"
            yield Problem("image", path, message, at_key=True)
        if machine.instance_type is not None and not _INSTANCE_TYPE.fullmatch(
            machine.instance_type
        ):
            message = f"{quote(machine.instance_type)} is not an instance type"
            yield Problem(
                "instance-type", (*path, "instance_type"), message, "write it as ecs.g7.large"
            )


def subnets(topology: Topology) -> Iterator[Problem]:
    """A server's subnet is a business subnet of its VPC."""
    for path, vpc, server in servers(topology):
        if server.subnet is not None and subnet_of(vpc, server.subnet) is None:
            known = [key for zone in vpc.zones.values() for key in zone.subnets]
            message = f"there is no business subnet {quote(server.subnet)} in {describe(path[:2])}"
            hint = (
                suggestion(server.subnet, known)
                or f"its subnets: {', '.join(map(display, known)) or 'none'}"
            )
            yield Problem("no-subnet", (*path, "subnet"), message, hint, about_absence=True)


def appliance_zones(topology: Topology) -> Iterator[Problem]:
    """An appliance is in a zone of the security VPC."""
    zones = list(topology.security_vpc.zones)
    for path, appliance in appliances(topology):
        if appliance.zone is not None and zones and appliance.zone not in zones:
            message = f"there is no zone {quote(appliance.zone)} in the security VPC"
            hint = (
                suggestion(appliance.zone, zones) or f"its zones: {', '.join(map(display, zones))}"
            )
            yield Problem("no-zone", (*path, "zone"), message, hint, about_absence=True)


def private_ips(topology: Topology) -> Iterator[Problem]:
    """A private address is a free one of the machine's subnet."""
    taken: dict[tuple[YamlPath, IPv4Address], YamlPath] = {}
    for path, machine, subnet in _in_subnets(topology):
        address = machine.private_ip
        if address is None:
            continue
        at = (*path, "private_ip")
        other = taken.setdefault((path[:-2], address), path)
        if other != path:
            message = f"{quote(address)} is the address of {describe(other)} already"
            yield Problem("address-twice", at, message)
        if subnet is not None and subnet.cidr is not None:
            yield from _within(address, subnet.cidr, at)


def _within(address: IPv4Address, block: IPv4Network, path: YamlPath) -> Iterator[Problem]:
    if address not in block:
        message = f"{quote(address)} is not inside the machine's subnet, which is {block}"
        yield Problem("outside-subnet", path, message)
    elif is_reserved(address, block):
        message = f"{quote(address)} is reserved: the first and the last 3 addresses of {block} are"
        yield Problem("reserved-address", path, message)


def is_reserved(address: IPv4Address, block: IPv4Network) -> bool:
    """True if the cloud reserves the address.

    UNVERIFIED: that these are the first and the last three is in no API page that was at hand.
    """
    number = int(address)
    return number == int(block.network_address) or number > int(block.broadcast_address) - 3


def _in_subnets(topology: Topology) -> Iterator[tuple[YamlPath, Machine, Subnet | None]]:
    for path, vpc, server in servers(topology):
        yield path, server, subnet_of(vpc, server.subnet or "")
    for path, appliance in appliances(topology):
        zone = topology.security_vpc.zones.get(appliance.zone or "")
        yield path, appliance, zone.subnet if zone else None


def user_data(topology: Topology) -> Iterator[Problem]:
    """User data is given once, can be read, and is small enough to send."""
    for path, machine in machines(topology):
        if machine.user_data is not None and machine.user_data_file is not None:
            message = f"{describe(path)} has both `user_data` and `user_data_file`"
            yield Problem("user-data", (*path, "user_data_file"), message, at_key=True)
            continue
        try:
            topology.read_user_data(machine)
        except TopologyError as problem:
            field = "user_data" if machine.user_data is not None else "user_data_file"
            for each in problem.diagnostics():
                yield Problem(each.code, (*path, field), each.message, each.hint)


def bootstrap(topology: Topology) -> Iterator[Problem]:
    """The bootstrap is the user data of an appliance, so no other can be given."""
    for path, appliance in appliances(topology):
        if appliance.bootstrap == "none":
            continue
        given = {"user_data", "user_data_file"} & appliance.model_fields_set
        for field in sorted(given):
            message = f"{quote(field)} and `bootstrap: {appliance.bootstrap}` can't go together"
            hint = "both are the instance's user data"
            yield Problem("bootstrap", (*path, field), message, hint, at_key=True)


def jumbo_frames(topology: Topology) -> Iterator[Problem]:
    """An appliance gets packets of more than 1500 bytes; without jumbo frames they are lost."""
    for path, appliance in appliances(topology):
        kind = appliance.instance_type
        if kind is None or JUMBO_FAMILIES.fullmatch(kind.rpartition(".")[0]):
            continue
        message = f"{quote(kind)} is not known to carry jumbo frames"
        hint = f"an appliance needs an MTU of {_REQUIRED_MTU}; ecs.g7ne and ecs.g5ne have it"
        at = (*path, "instance_type")
        yield Problem("jumbo-frames", at, message, hint, severity="warning")
