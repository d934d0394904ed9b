"""A NAT gateway of the forwarding model: whose packets it translates, and to whom it forwards.

Sources: VPC API, CreateSnatEntry (an entry is for a VPC, a vSwitch, an instance or any block) and
CreateForwardEntry.
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
        """Whether an SNAT entry serves a source.

        UNVERIFIED which of several entries counts where one of them does not serve.
        """
        if self.snat is None:
            return "unknown"
        found = {
            each.serves for each in self.snat if each.block.first <= address <= each.block.last
        }
        return "unknown" if len(found) > 1 else next(iter(found), "uncovered")

    @property
    def is_used(self) -> bool:
        """True if it may translate packets of anybody."""
        return self.public and not (self.snat == () and self.forwards == ())
