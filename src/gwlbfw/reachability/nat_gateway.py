"""A NAT gateway of the forwarding model: whose packets it translates, and to whom it forwards.

Sources: VPC API, CreateSnatEntry (an entry is for a VPC, a vSwitch, an instance or any block) and
CreateForwardEntry; help page "Create and manage an Internet NAT gateway": a machine with a DNAT
entry of all ports (IP mapping) leaves by its address, and by no SNAT entry.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from gwlbfw.reachability.prefixes import Prefix

Coverage = Literal["covered", "uncovered", "unknown"]


class SnatEntry(NamedTuple):
    """The block of sources that an SNAT entry is for, and whether it serves them."""

    block: Prefix
    serves: Coverage = "covered"


class ForwardEntry(NamedTuple):
    """A DNAT entry: the address inside that it leads to."""

    target: Prefix
    outside: str = ""
    """Public address, port and protocol, in words."""
    lends: Coverage = "uncovered"
    """Whether what the address inside sends leaves by it: by one of all ports, not by any other."""


@dataclass(frozen=True)
class NatGateway:
    """A NAT gateway, in the subnet whose table it goes by."""

    id: str
    vpc: str
    subnet: str
    status: str = "Available"
    public: bool = True
    """True if it has a public address to leave by."""
    snat: tuple[SnatEntry, ...] | None = ()
    """None where the entries could not be read; so for `forwards`."""
    forwards: tuple[ForwardEntry, ...] | None = ()

    def coverage(self, address: int) -> Coverage:
        """Whether an entry serves what a source sends by itself.

        UNVERIFIED which of several entries counts where one of them does not serve.
        """
        if self.snat is None:
            return "unknown"
        mapped = {each.lends for each in self.mappings if _has(each.target, address)}
        found = mapped or {each.serves for each in self.snat if _has(each.block, address)}
        otherwise: Coverage = "uncovered" if self.forwards is not None else "unknown"
        return "unknown" if len(found) > 1 else next(iter(found), otherwise)

    @property
    def mappings(self) -> tuple[ForwardEntry, ...]:
        """The DNAT entries by which machines send, too."""
        return tuple(each for each in self.forwards or () if each.lends != "uncovered")

    @property
    def is_used(self) -> bool:
        """True if it may translate packets of anybody."""
        return self.public and not (self.snat == () and self.forwards == ())


def _has(block: Prefix, address: int) -> bool:
    return block.first <= address <= block.last
