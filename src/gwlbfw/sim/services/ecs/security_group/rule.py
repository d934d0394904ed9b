"""A security group's rule: how a call describes it, and whether it may be so.

Sources: ECS API, AuthorizeSecurityGroup and AuthorizeSecurityGroupEgress with their error tables
(the spelling InvalidSecurityGroupDiscription is the cloud's). That an IPv6 end reads back in its
shortest spelling, with the host's bits: terraform-provider-alicloud,
resource_alicloud_security_group_rule_test.go.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Interface, IPv6Network

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.request import Params
from gwlbfw.sim.wire import Json

INGRESS, EGRESS = "ingress", "egress"
_PROTOCOLS = {name.upper(): name for name in ("TCP", "UDP", "ICMP", "ICMPv6", "GRE", "ALL")}
_ANY = "-1/-1"
_PORTS = re.compile(r"(\d{1,5})/(\d{1,5})")
_GROUPS = ("SourceGroupId", "DestGroupId")
_PREFIX_LISTS = ("SourcePrefixListId", "DestPrefixListId")
_ENDS: Mapping[str, tuple[str, ...]] = {
    INGRESS: ("SourceCidrIp", "Ipv6SourceCidrIp", "SourceGroupId", "SourcePrefixListId"),
    EGRESS: ("DestCidrIp", "Ipv6DestCidrIp", "DestGroupId", "DestPrefixListId"),
}
"""The parameters of which a rule has one, by its direction; the first that is given counts."""
_OTHER_ENDS: Mapping[str, tuple[str, ...]] = {
    INGRESS: ("DestCidrIp", "Ipv6DestCidrIp", "SourcePortRange"),
    EGRESS: ("SourceCidrIp", "Ipv6SourceCidrIp", "SourcePortRange"),
}
"""The parameters by which a rule says more (quintuple rules)."""
_FIELDS = (*_ENDS[INGRESS], *_ENDS[EGRESS], "SourcePortRange")
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
    def prefix_lists(self) -> tuple[str, ...]:
        """The prefix lists it names."""
        return tuple(self.ends[name] for name in _PREFIX_LISTS if name in self.ends)

    @property
    def end(self) -> str:
        """The parameter that says where its traffic comes from, or goes to."""
        return next(name for name in _ENDS[self.direction] if name in self.ends)

    @property
    def key(self) -> tuple[object, ...]:
        """The identity of a rule; its description is no part of it."""
        ends = tuple(sorted((name, _normalised(name, text)) for name, text in self.ends.items()))
        return (self.direction, self.protocol, self.ports, self.policy, self.priority, ends)

    @property
    def view(self) -> dict[str, Json]:
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
    protocol = _PROTOCOLS.get(params.text("IpProtocol").upper())
    if protocol is None:
        raise ApiError(
            "InvalidIpProtocol.ValueNotSupported",
            "IpProtocol must be specified with case insensitive TCP, UDP, ICMP, GRE or All.",
        )
    ends = _ends(params, direction)
    _check_families(protocol, ends)
    policy = params.text("Policy", "accept").lower()
    if policy not in ("accept", "drop"):
        raise ApiError("InvalidPolicy.Malformed", "The specified parameter Policy is not valid.")
    params.one_of("NicType", ("intranet", "internet"))
    if params.text("PortRange"):
        # A list of port ranges is ignored beside a range, and otherwise refused as not simulated.
        params.text("PortRangeListId")
    return Rule(
        direction=direction,
        protocol=protocol,
        ports=_ports(protocol, params.text("PortRange", _ANY)),
        ends=ends,
        policy=policy,
        priority=_priority(params.text("Priority", "1")),
        description=_description(params.text("Description")),
    )


def _ends(params: Params, direction: str) -> dict[str, str]:
    """The sources and destinations that count, each in the spelling in which it reads back."""
    given = {name: text for name in _ENDS[direction] if (text := params.text(name))}
    more = {name: text for name in _OTHER_ENDS[direction] if (text := params.text(name))}
    for end in ("Source", "Dest"):
        if {f"{end}CidrIp", f"Ipv6{end}CidrIp"} <= (given | more).keys():
            raise ApiError(
                f"InvalidParam.{end}Ip",
                f"The Parameters {end}CidrIp and Ipv6{end}CidrIp cannot be set at the same time.",
            )
    if not given:
        code = "MissingParameter.Source" if direction == INGRESS else "MissingParameter.Dest"
        raise ApiError(code, f"One of {', '.join(_ENDS[direction])} must be specified.")
    first = next(iter(given))
    return {name: _spelled(name, text) for name, text in {first: given[first], **more}.items()}


def _spelled(name: str, text: str) -> str:
    if name in _NETWORKS:
        network = _network(name, text)
        if isinstance(network, IPv6Network):
            short = IPv6Interface(text)
            return str(short) if "/" in text else str(short.ip)
    elif name == "SourcePortRange" and text != _ANY and not _is_range(text):
        raise ApiError(
            "InvalidSourcePortRange.Malformed",
            "The specified parameter SourcePortRange is not valid.",
        )
    return text


def _check_families(protocol: str, ends: Mapping[str, str]) -> None:
    families = {"IPv6" if name.startswith("Ipv6") else "IPv4" for name in ends if name in _NETWORKS}
    if protocol == "ICMP" and "IPv6" in families:
        raise ApiError(
            "InvalidParam.Ipv4ProtocolConflictWithIpv6Address",
            "IPv6 address cannot be specified for IPv4-specific protocol.",
        )
    if protocol == "ICMPv6" and "IPv4" in families:
        raise ApiError(
            "InvalidParam.Ipv6ProtocolConflictWithIpv4Address",
            "IPv4 address cannot be specified for IPv6-specific protocol.",
        )


def _ports(protocol: str, text: str) -> str:
    if not (_is_range(text) if protocol in ("TCP", "UDP") else text == _ANY):
        raise ApiError(
            "InvalidIpPortRange.Malformed",
            f"The specified PortRange {text} is not valid for {protocol}.",
        )
    return text


def _is_range(text: str) -> bool:
    match = _PORTS.fullmatch(text)
    return match is not None and 1 <= int(match[1]) <= int(match[2]) <= 65535


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
