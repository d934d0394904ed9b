"""The ends that packets go from and to: the Internet, an address, or a resource."""

from dataclasses import dataclass
from ipaddress import IPv4Address

from gwlbfw.errors import GwlbfwError
from gwlbfw.reachability.model import (
    PublicAddress,
    Subnet,
)
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.prefixes import INTERNET, HeaderSpace, Prefix

ANYWHERE = "internet"


class NoSuchPlace(GwlbfwError):
    """A place that packets can't be traced from or to."""

    code = "no-such-place"
    hint = "name `internet`, an IPv4 address, or an instance, EIP or vSwitch by address or id"


@dataclass(frozen=True)
class TraceEnd:
    """One end of a packet's path."""

    text: str
    space: HeaderSpace
    """The addresses that it may have."""
    subnet: Subnet | None = None
    """The subnet that it is in, inside the VPCs."""
    public: PublicAddress | None = None

    @property
    def address(self) -> str:
        """The address, where it is one; else what it was called."""
        (first, last), *others = self.space
        return self.text if others or first != last else str(IPv4Address(first))


def trace_end(network: Network, text: str) -> TraceEnd:
    """The end that `text` names. Raises NoSuchPlace."""
    if text.lower() == ANYWHERE:
        return TraceEnd(ANYWHERE, INTERNET)
    try:
        address = Prefix.parse(text)
    except ValueError:
        return _resource_end(network, text)
    if address.length < 32:
        raise NoSuchPlace(f"{text} is a block of addresses, not one")
    return _address_end(network, text, address.first)


def internet_end(address: str) -> TraceEnd:
    """An address as one of the Internet."""
    return TraceEnd(address, (Prefix.parse(address).span,))


def _address_end(network: Network, text: str, address: int) -> TraceEnd:
    for public in network.public_ips:
        if public.address == text:
            return _holder_end(network, text, public)
    subnets = [
        each for each in network.subnets.values() if each.cidr.first <= address <= each.cidr.last
    ]
    if len({each.vpc for each in subnets}) > 1:
        where = " and ".join(sorted(network.label(each.id) for each in subnets))
        raise NoSuchPlace(f"{text} is in {where}: name the instance instead")
    private = (each for each in network.public_ips if each.private == text)
    return TraceEnd(
        text,
        ((address, address),),
        subnets[0] if subnets else None,
        next((e for e in private if subnets and e.vpc == subnets[0].vpc), None),
    )


def _holder_end(network: Network, text: str, public: PublicAddress) -> TraceEnd:
    """The machine that has a public address, by its private one."""
    subnet = network.subnets.get(public.subnet)
    if not public.vpc:
        raise NoSuchPlace(f"{text} is bound to {public.holder}, and where that is nobody says")
    if subnet is None:
        raise NoSuchPlace(f"{text} is bound to {public.holder}, which is in none of the subnets")
    if not public.private:
        return TraceEnd(text, (subnet.cidr.span,), subnet, public)
    address = Prefix.parse(public.private).first
    return TraceEnd(text, ((address, address),), subnet, public)


def _resource_end(network: Network, text: str) -> TraceEnd:
    """The end that a resource is, by its address or id."""
    keys = {text, *(key for key, address in network.labels.items() if address == text)}
    for public in network.public_ips:
        if public.id in keys:
            return _holder_end(network, text, public)
    for key in keys & network.subnets.keys():
        subnet = network.subnets[key]
        return TraceEnd(text, (subnet.cidr.span,), subnet)
    for key in keys & network.machines.keys():
        machine = network.machines[key]
        home = network.subnets.get(machine.subnet)
        if home is not None:
            span = (Prefix.parse(machine.ip).first,) * 2 if machine.ip else home.cidr.span
            public_ = next((each for each in network.public_ips if each.holder == key), None)
            return TraceEnd(text, (span,), home, public_)
    raise NoSuchPlace(f"nothing in this network is called {text}")
