"""A security group's rule: how a call describes it, and whether it may be so.

Sources: ECS API, AuthorizeSecurityGroup and AuthorizeSecurityGroupEgress with their error tables
(the spelling InvalidSecurityGroupDiscription is the cloud's).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.request import Params
from gwlbfw.sim.wire import Json

INGRESS, EGRESS = "ingress", "egress"
_PROTOCOLS = ("TCP", "UDP", "ICMP", "GRE", "ALL")
_ANY = "-1/-1"
_PORTS = re.compile(r"(\d{1,5})/(\d{1,5})")
_GROUPS = ("SourceGroupId", "DestGroupId")
_ENDS: Mapping[str, tuple[str, ...]] = {
    INGRESS: ("SourceCidrIp", "Ipv6SourceCidrIp", "SourceGroupId", "SourcePrefixListId"),
    EGRESS: ("DestCidrIp", "Ipv6DestCidrIp", "DestGroupId", "DestPrefixListId"),
}
"""The parameters of which a rule needs one, by its direction."""
_FIELDS = (
    *("SourceCidrIp", "Ipv6SourceCidrIp", "SourceGroupId", "SourcePrefixListId"),
    *("DestCidrIp", "Ipv6DestCidrIp", "DestGroupId", "DestPrefixListId", "SourcePortRange"),
)
_NETWORKS: Mapping[str, tuple[Callable[..., IPv4Network | IPv6Network], str]] = {
    "SourceCidrIp": (IPv4Network, "InvalidSourceCidrIp.Malformed"),
    "DestCidrIp": (IPv4Network, "InvalidDestCidrIp.Malformed"),
    "Ipv6SourceCidrIp": (IPv6Network, "InvalidParam.Ipv6SourceCidrIp"),
    "Ipv6DestCidrIp": (IPv6Network, "InvalidParam.Ipv6DestCidrIp"),
}


@dataclass(frozen=True)
class Rule:
    """One rule; `ends` are the sources and destinations, by the API's own names."""

    id: str = ""
    direction: str = INGRESS
    protocol: str = "ALL"
    ports: str = _ANY
    ends: Mapping[str, str] = field(default_factory=dict)
    policy: str = "accept"
    priority: int = 1
    description: str = ""
    created: float = 0.0

    @property
    def groups(self) -> tuple[str, ...]:
        """The security groups it names."""
        return tuple(self.ends[name] for name in _GROUPS if name in self.ends)

    @property
    def key(self) -> tuple[object, ...]:
        """The identity of a rule; its description is no part of it."""
        ends = tuple(sorted((name, _normalised(name, text)) for name, text in self.ends.items()))
        return (self.direction, self.protocol, self.ports, self.policy, self.priority, ends)

    @property
    def view(self) -> Json:
        """As DescribeSecurityGroupAttribute lists it; the priority is a text there."""
        return {
            "SecurityGroupRuleId": self.id,
            "Direction": self.direction,
            "IpProtocol": self.protocol,
            "PortRange": self.ports,
            **{name: self.ends.get(name, "") for name in _FIELDS},
            "Policy": self.policy.capitalize(),
            "Priority": str(self.priority),
            "NicType": "intranet",
            "Description": self.description,
            "CreateTime": timestamp(self.created),
        }


def parse_rule(params: Params, direction: str) -> Rule:
    """The rule that parameters describe, of one object of Permissions or at the top."""
    protocol = params.text("IpProtocol").upper()
    if protocol not in _PROTOCOLS:
        raise ApiError(
            "InvalidIpProtocol.ValueNotSupported",
            "IpProtocol must be specified with case insensitive TCP, UDP, ICMP, GRE or All.",
        )
    ends = {name: text for name in _FIELDS if (text := params.text(name))}
    if not ends.keys() & set(_ENDS[direction]):
        code = "MissingParameter.Source" if direction == INGRESS else "MissingParameter.Dest"
        raise ApiError(code, f"One of {', '.join(_ENDS[direction])} must be specified.")
    for name in _NETWORKS.keys() & ends.keys():
        _network(name, ends[name])
    policy = params.text("Policy", "accept").lower()
    if policy not in ("accept", "drop"):
        raise ApiError("InvalidPolicy.Malformed", "The specified parameter Policy is not valid.")
    return Rule(
        direction=direction,
        protocol=protocol,
        ports=_ports(protocol, params.text("PortRange", _ANY)),
        ends=ends,
        policy=policy,
        priority=_priority(params.text("Priority", "1")),
        description=_description(params.text("Description")),
    )


def _ports(protocol: str, text: str) -> str:
    match = _PORTS.fullmatch(text)
    fits = text == _ANY
    if protocol in ("TCP", "UDP"):
        fits = match is not None and 1 <= int(match[1]) <= int(match[2]) <= 65535
    if not fits:
        raise ApiError(
            "InvalidIpPortRange.Malformed",
            f"The specified PortRange {text} is not valid for {protocol}.",
        )
    return text


def _priority(text: str) -> int:
    if not text.isdecimal():
        raise ApiError("InvalidPriority.Malformed", "The parameter Priority is invalid.")
    if not 1 <= int(text) <= 100:
        raise ApiError("InvalidPriority.ValueNotSupported", "The parameter Priority is invalid.")
    return int(text)


def _description(text: str) -> str:
    if len(text) > 512:
        raise ApiError(
            "InvalidSecurityGroupDiscription.Malformed",
            "The specified security group rule description is not valid.",
        )
    return text


def _network(name: str, text: str) -> IPv4Network | IPv6Network:
    kind, code = _NETWORKS[name]
    try:
        return kind(text, strict=False)
    except ValueError:
        raise ApiError(code, f"The specified parameter {name} is not valid: {text}.") from None


def _normalised(name: str, text: str) -> str:
    """An end in one spelling, so that 10.0.0.1 is 10.0.0.1/32."""
    return str(_network(name, text)) if name in _NETWORKS else text
