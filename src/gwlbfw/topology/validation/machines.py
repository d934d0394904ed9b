"""Servers and appliances."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from gwlbfw.errors import TopologyError
from gwlbfw.topology.models import Topology
from gwlbfw.topology.parts import Machine, Subnet
from gwlbfw.topology.security_vpc import Appliance
from gwlbfw.topology.validation.finding import Finding
from gwlbfw.topology.validation.traversal import appliances, machines, servers, subnet_of
from gwlbfw.topology.wording import called, quoted, shown, suggestion
from gwlbfw.topology.yaml.source import YamlPath

JUMBO_FAMILIES = re.compile(
    r"ecs\.(?:[cgr]5ne|[cgr]7(?:a|ne|nex|se|t)?|[cgr]8(?:a|ae|i|ine|ise|y)?|hfc[78]i?|hfg[78]i?|hfr[78]i?)"
)
"""Instance families whose instances are taken to carry jumbo frames.

UNVERIFIED: the vendor's list of families was not at hand. Known are g5ne and g7ne, which a
firewall vendor's modules offer for appliances behind a GWLB, and that RunInstances has
NetworkOptions.EnableJumboFrame for types of the 8th generation and later.
"""

_LONGEST_FRAME = 1568
"""MTU that an appliance needs: 1500 bytes and 68 of encapsulation (GWLB user guide, MTU)."""

_INSTANCE_TYPE = re.compile(r"ecs\.[a-z0-9-]+(\.[a-z0-9-]+)+")


def complete(topology: Topology) -> Iterator[Finding]:
    """What is to be created has an instance type, one image, and a place."""
    for path, machine in machines(topology):
        if machine.id is not None:
            continue
        place = "zone" if isinstance(machine, Appliance) else "subnet"
        for field in ("instance_type", place):
            if getattr(machine, field) is None:
                message = f"{quoted(field)} is missing in {called(path)}"
                hint = "or give the `id` of an instance that exists"
                yield Finding("missing-key", path, message, hint, of_key=True)
        if (machine.image_id is None) == (machine.image_family is None):
            message = f"{called(path)} needs either `image_id` or `image_family`"
            yield Finding("image", path, message, of_key=True)
        if machine.instance_type is not None and not _INSTANCE_TYPE.fullmatch(
            machine.instance_type
        ):
            message = f"{quoted(machine.instance_type)} is no instance type"
            yield Finding(
                "instance-type", (*path, "instance_type"), message, "write it as ecs.g7.large"
            )


def subnets(topology: Topology) -> Iterator[Finding]:
    """A server's subnet is a business subnet of its VPC."""
    for path, vpc, server in servers(topology):
        if server.subnet is not None and subnet_of(vpc, server.subnet) is None:
            known = [key for zone in vpc.zones.values() for key in zone.subnets]
            message = f"there is no business subnet {quoted(server.subnet)} in {called(path[:2])}"
            hint = (
                suggestion(server.subnet, known)
                or f"its subnets: {', '.join(map(shown, known)) or 'none'}"
            )
            yield Finding("no-subnet", (*path, "subnet"), message, hint, of_absence=True)


def appliance_zones(topology: Topology) -> Iterator[Finding]:
    """An appliance is in a zone of the security VPC."""
    zones = list(topology.security_vpc.zones)
    for path, appliance in appliances(topology):
        if appliance.zone is not None and zones and appliance.zone not in zones:
            message = f"there is no zone {quoted(appliance.zone)} in the security VPC"
            hint = suggestion(appliance.zone, zones) or f"its zones: {', '.join(map(shown, zones))}"
            yield Finding("no-zone", (*path, "zone"), message, hint, of_absence=True)


def private_ips(topology: Topology) -> Iterator[Finding]:
    """A private address is a free one of the machine's subnet."""
    taken: dict[tuple[YamlPath, IPv4Address], YamlPath] = {}
    for path, machine, subnet in _in_subnets(topology):
        address = machine.private_ip
        if address is None:
            continue
        at = (*path, "private_ip")
        other = taken.setdefault((path[:-2], address), path)
        if other != path:
            message = f"{quoted(address)} is the address of {called(other)} already"
            yield Finding("address-twice", at, message)
        if subnet is not None and subnet.cidr is not None:
            yield from _within(address, subnet.cidr, at)


def _within(address: IPv4Address, block: IPv4Network, path: YamlPath) -> Iterator[Finding]:
    if address not in block:
        message = f"{quoted(address)} is not inside the machine's subnet, which is {block}"
        yield Finding("outside-subnet", path, message)
    elif is_reserved(address, block):
        message = (
            f"{quoted(address)} is reserved: the first and the last 3 addresses of {block} are"
        )
        yield Finding("reserved-address", path, message)


def is_reserved(address: IPv4Address, block: IPv4Network) -> bool:
    """Whether the cloud keeps the address for itself.

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


def user_data(topology: Topology) -> Iterator[Finding]:
    """User data is given once, and can be read and sent."""
    for path, machine in machines(topology):
        if machine.user_data is not None and machine.user_data_file is not None:
            message = f"{called(path)} has both `user_data` and `user_data_file`"
            yield Finding("user-data", (*path, "user_data_file"), message, of_key=True)
            continue
        try:
            topology.read_user_data(machine)
        except TopologyError as problem:
            field = "user_data" if machine.user_data is not None else "user_data_file"
            for each in problem.diagnostics():
                yield Finding(each.code, (*path, field), each.message, each.hint)


def bootstrap(topology: Topology) -> Iterator[Finding]:
    """The bootstrap is user data, and there is one user data."""
    for path, appliance in appliances(topology):
        if appliance.bootstrap == "none":
            continue
        given = {"user_data", "user_data_file"} & appliance.model_fields_set
        for field in sorted(given):
            message = f"{quoted(field)} and `bootstrap: {appliance.bootstrap}` can't go together"
            hint = "both are the instance's user data"
            yield Finding("bootstrap", (*path, field), message, hint, of_key=True)


def jumbo_frames(topology: Topology) -> Iterator[Finding]:
    """An appliance gets packets of more than 1500 bytes; without jumbo frames they are lost."""
    for path, appliance in appliances(topology):
        kind = appliance.instance_type
        if kind is None or JUMBO_FAMILIES.fullmatch(kind.rpartition(".")[0]):
            continue
        message = f"{quoted(kind)} is not known to carry jumbo frames"
        hint = f"an appliance needs an MTU of {_LONGEST_FRAME}; ecs.g7ne and ecs.g5ne have it"
        at = (*path, "instance_type")
        yield Finding("jumbo-frames", at, message, hint, severity="warning")
