"""Entries of network ACLs: the default ones, the replacement of all, and the copy of another's.

Sources: VPC API, UpdateNetworkAclEntries (with its error table) and CopyNetworkAclEntries; help
page "Network ACL overview" (default rules and numbers). How the API lists its system rules is
UNVERIFIED: they are left out here.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv6Network, ip_network

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.vpc.network_acl.record import AclEntry, NetworkAcl, require_stable_acl
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

ENTRIES = quota("network_acl_entries_per_direction", 20)
"""Custom entries in one direction of an ACL."""
PROTOCOLS = ("icmp", "gre", "tcp", "udp", "all", "icmpv6")
_PORTS = re.compile(r"(\d{1,5})/(\d{1,5})")
_DIRECTIONS: Mapping[str, tuple[str, str]] = {
    "ingress": ("Ingress", "SourceCidrIp"),
    "egress": ("Egress", "DestinationCidrIp"),
}


def default_entries(region: Region, vpc: Vpc) -> tuple[AclEntry, ...]:
    """The entries of a new ACL in one direction: they accept everything."""
    cidrs = ["0.0.0.0/0", *(["::/0"] if vpc.ipv6_blocks else [])]
    return tuple(
        AclEntry(_new_id(region), each, ip_version="IPV6" if ":" in each else "IPV4")
        for each in cidrs
    )


@action("vpc", "UpdateNetworkAclEntries")
def update_network_acl_entries(region: Region, request: Request) -> Reply:
    """VPC API, UpdateNetworkAclEntries: the entries of a direction in place of all it has."""
    acl = require_stable_acl(region, request.text("NetworkAclId"))
    for field, (direction, cidr_field) in _DIRECTIONS.items():
        given = request.objects(f"{direction}AclEntries")
        if not request.flag(f"Update{direction}AclEntries"):
            continue
        if len(given) > (most := region.quota(ENTRIES)):
            raise ApiError("QuotaExceed.NetworkAclEntry", f"At most {most} entries a direction.")
        known = {each.id for each in getattr(acl, field)}
        made = tuple(_entry(region, acl, each, cidr_field) for each in given)
        for each in given:
            if each.text("NetworkAclEntryId") not in ("", *known):
                code = f"IllegalParam.{direction}AclEntryId"
                raise ApiError(code, f"{acl.id} has no entry {each.text('NetworkAclEntryId')}.")
        setattr(acl, field, made)
    region.transition(acl, "Modifying", "Available")
    return {}


@action("vpc", "CopyNetworkAclEntries")
def copy_network_acl_entries(region: Region, request: Request) -> Reply:
    """VPC API, CopyNetworkAclEntries: another ACL's entries in place of all of both directions."""
    acl = require_stable_acl(region, request.text("NetworkAclId"))
    source = region.require(NetworkAcl, request.text("SourceNetworkAclId"))
    acl.ingress = tuple(replace(each, id=_new_id(region)) for each in source.ingress)
    acl.egress = tuple(replace(each, id=_new_id(region)) for each in source.egress)
    region.transition(acl, "Modifying", "Available")
    return {}


def _entry(region: Region, acl: NetworkAcl, params: Params, cidr_field: str) -> AclEntry:
    if params.text("EntryType", "custom") != "custom":
        raise params.invalid("EntryType", "custom is expected")
    protocol = _one_of(params, "Protocol", PROTOCOLS)
    cidr = _cidr(region, params, cidr_field)
    version = params.text("IpVersion", "IPV6" if ":" in cidr else "IPV4").upper()
    if version not in ("IPV4", "IPV6") or (":" in cidr) is (version == "IPV4"):
        raise ApiError("IllegalParam.IpVersion", f"{cidr} is not of the version {version}.")
    if version == "IPV6" and not region.require(Vpc, acl.vpc_id).ipv6_blocks:
        raise ApiError("OperationDenied.VpcIpv6NotEnabled", "IPv6 is not enabled for the VPC.")
    return AclEntry(
        id=params.text("NetworkAclEntryId") or _new_id(region),
        cidr=cidr,
        protocol=protocol,
        port=_port(params, protocol),
        policy=_one_of(params, "Policy", ("accept", "drop")),
        name=name_or_description(params, "NetworkAclEntryName"),
        description=name_or_description(params, "Description"),
        ip_version=version,
    )


def _one_of(params: Params, name: str, allowed: tuple[str, ...]) -> str:
    text = _required(params, name).lower()
    if text not in allowed:
        raise ApiError(f"IllegalParam.{name}", f"The {name} {text} is none of {allowed}.")
    return text


def _required(params: Params, name: str) -> str:
    if text := params.text(name):
        return text
    raise ApiError(f"ParameterMissing.{name}", f"An entry has to have a {name}.")


def _cidr(region: Region, params: Params, name: str) -> str:
    text = _required(params, name)
    if text.startswith("pl-"):
        if region.find_any(text) is None:
            raise ApiError("ResourceNotFound.PrefixList", f"There is no prefix list {text}.")
        return text
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise ApiError(f"IllegalParam.{name}", f"The {name} {text} is not valid.") from None
    return str(network) if isinstance(network, IPv6Network) else text


def _port(params: Params, protocol: str) -> str:
    text = _required(params, "Port")
    ports = _PORTS.fullmatch(text)
    if protocol not in ("tcp", "udp"):
        fits = text == "-1/-1"
    else:
        fits = ports is not None and 1 <= int(ports[1]) <= int(ports[2]) <= 65535
    if not fits:
        raise ApiError("IllegalParam.PortRange", f"{text} is no range of ports of {protocol}.")
    return text


def _new_id(region: Region) -> str:
    return region.state.new_id("nae")
