"""CIDR blocks and names in the VPC API's calls."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.request import Params

SERVICE_RANGE = IPv4Network("100.64.0.0/10")
RESERVED = (
    SERVICE_RANGE,
    IPv4Network("127.0.0.0/8"),
    IPv4Network("169.254.0.0/16"),
    IPv4Network("224.0.0.0/4"),
)
"""Ranges of which no VPC or vSwitch can be (VPC API, CreateVpc and CreateVSwitch)."""
MALFORMED = "InvalidCidrBlock.Malformed"


def cidr_network(text: str) -> IPv4Network:
    """A CIDR block without host bits; without a mask it is one address."""
    try:
        return IPv4Network(text)
    except ValueError:
        raise ApiError(MALFORMED, f"The CIDR block {text} is not valid.") from None


def destination_network(text: str) -> IPv4Network | IPv6Network:
    """The destination of a route entry, of either version."""
    try:
        return ip_network(text)
    except ValueError:
        raise ApiError(MALFORMED, f"The CIDR block {text} is not valid.") from None


def cidr_block(text: str, shortest: int, longest: int) -> IPv4Network:
    """The CIDR block of a VPC or vSwitch: its mask within bounds, outside reserved ranges."""
    found = cidr_network(text)
    if not shortest <= found.prefixlen <= longest:
        raise ApiError(MALFORMED, f"The mask of {text} must be /{shortest} to /{longest}.")
    if any(found.overlaps(each) for each in RESERVED):
        raise ApiError(MALFORMED, f"The CIDR block {text} is in a reserved range.")
    return found


def name_or_description(params: Params, parameter: str, default: str = "") -> str:
    """A name or description, whose code for a bad one is `Invalid<parameter>.Malformed`."""
    text = params.text(parameter, default)
    longest = 256 if parameter.endswith("Description") else 128
    if len(text) > longest or text.startswith(("http://", "https://")):
        raise ApiError(f"Invalid{parameter}.Malformed", f"The {parameter} is not valid.")
    return text
