"""Corrections of the vendor's metadata by other sources.

The metadata's lists of valid values lag behind what the APIs accept: gateway load balancers and
their endpoints are missing from most of them. Each correction names its source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from gwlbfw.openapi.model import Parameter

_PROVIDER = "terraform-provider-alicloud"
_SDK = "alibabacloud_privatelink20200415 4.0, doc comments"
_ANY_CASE = "letter case does not count"


@dataclass(frozen=True)
class Override:
    """A correction of one parameter of the actions that a pattern names."""

    product: str
    action: str
    parameter: str
    source: str
    extra_values: tuple[str, ...] = ()
    """Values beside those listed."""
    rules: Mapping[str, Any] = field(default_factory=dict)
    """Rules that replace those of the metadata."""

    def apply_to(self, parameter: Parameter) -> Parameter:
        """The parameter with this correction."""
        changed = replace(parameter, **self.rules)
        return replace(changed, values=(*changed.values, *self.extra_values))


_ANY_VALUE: Mapping[str, Any] = {"values": ()}
"""No list of values: the action alone recognises a valid one."""

OVERRIDES = (
    Override(
        "vpc",
        "CreateRouteEntry",
        "NextHopType",
        f"{_PROVIDER} resource_alicloud_vpc_route_entry.go (GatewayLoadBalancerEndpoint), VPC API, "
        "CreateRouteEntry (error InvalidNextHopType)",
        rules=_ANY_VALUE,
    ),
    Override(
        "vpc",
        "UpdateGatewayRouteTableEntryAttribute",
        "NextHopType",
        'help page "Build an Internet firewall using GWLB" (GWLB Endpoint), VPC API, '
        "UpdateGatewayRouteTableEntryAttribute (error OperationDenied.NextHopTypeNonsupport)",
        rules=_ANY_VALUE,
    ),
    Override(
        "vpc",
        "DescribeRouteEntryList",
        "NextHopType",
        "VPC API, CreateRouteEntry: types that entries can have",
        extra_values=("GatewayLoadBalancerEndpoint", "RouteTargetGroup", "VpcPeer", "local"),
    ),
    Override(
        "vpc",
        "DescribeRouteEntryList",
        "IpVersion",
        "alibabacloud_vpc20160428 7.2, doc comments (ipv4)",
        extra_values=("ipv4", "ipv6"),
    ),
    Override(
        "vpc",
        "*[Tt]agResources",
        "ResourceType",
        f"{_PROVIDER} service_alicloud_vpc_v2.go (IPV4GATEWAY among others)",
        rules=_ANY_VALUE,
    ),
    Override(
        "vpc",
        "*[Tt]agResources",
        "ResourceId",
        "alibabacloud_vpc20160428 7.2, doc comments (50)",
        rules={"max_items": 50},
    ),
    Override(
        "vpc",
        "CreateVSwitch",
        "CidrBlock",
        "alibabacloud_vpc20160428 7.2, doc comments (one of CidrBlock and CidrMask)",
        rules={"required": False},
    ),
    Override(
        "vpc",
        "AssociateVpcCidrBlock",
        "IpVersion",
        f"VPC API, AllocateVpcIpv6Cidr (ipv6): {_ANY_CASE}",
        rules=_ANY_VALUE,
    ),
    Override(
        "vpc",
        "ListDhcpOptionsSets",
        "DhcpOptionsSetName",
        "alibabacloud_vpc20160428 7.2, doc comments (any name)",
        rules=_ANY_VALUE,
    ),
    Override(
        "vpc",
        "MoveResourceGroup",
        "ResourceType",
        f"{_PROVIDER} (VPC, IPV4GATEWAY): {_ANY_CASE}",
        rules=_ANY_VALUE,
    ),
    Override(
        "vpc",
        "CreateSnatEntry",
        "RegionId",
        "VPC API, DescribeRegions: the description lists one region for an example",
        rules=_ANY_VALUE,
    ),
    Override(
        "vpc",
        "UnassociateEipAddress",
        "InstanceType",
        "alibabacloud_vpc20160428 7.2, doc comments (IpAddress)",
        extra_values=("IpAddress",),
    ),
    Override(
        "vpc",
        "*ForwardEntry",
        "IpProtocol",
        f"{_PROVIDER} resource_alicloud_forward_entry_test.go (tcp, udp)",
        rules=_ANY_VALUE,
    ),
    Override(
        "vpc",
        "DescribeForwardTableEntries",
        "IpProtocol",
        "alibabacloud_vpc20160428 7.2, doc comments (tcp, udp, any)",
        rules=_ANY_VALUE,
    ),
    Override(
        "privatelink",
        "CreateVpcEndpointService",
        "ServiceResourceType",
        _SDK,
        extra_values=("gwlb",),
    ),
    Override(
        "privatelink",
        "ListVpcEndpointServices",
        "ServiceResourceType",
        _SDK,
        extra_values=("nlb", "gwlb"),
    ),
    Override(
        "privatelink",
        "AttachResourceToVpcEndpointService",
        "ResourceType",
        _SDK,
        extra_values=("gwlb",),
    ),
    Override(
        "privatelink",
        "DetachResourceFromVpcEndpointService",
        "ResourceType",
        _SDK,
        extra_values=("nlb", "gwlb"),
    ),
    Override(
        "privatelink",
        "ListVpcEndpoints",
        "EndpointType",
        _SDK,
        extra_values=("GatewayLoadBalancer",),
    ),
    Override(
        "privatelink",
        "*VpcEndpointConnection*",
        "Bandwidth",
        f"{_SDK}: 100 to 25000 in some regions",
        rules={"minimum": 100, "maximum": 25000},
    ),
    Override(
        "privatelink",
        "*[Tt]agResources",
        "ResourceType",
        f"{_PROVIDER} (VpcEndpoint): {_ANY_CASE}",
        rules=_ANY_VALUE,
    ),
    Override(
        "ecs",
        "*SecurityGroup*",
        "Permissions.IpProtocol",
        f"ECS API, AuthorizeSecurityGroup: {_ANY_CASE}, and there are numbers",
        rules=_ANY_VALUE,
    ),
    *(
        Override(
            "gwlb",
            "*ServerGroup*",
            each,
            f"{_PROVIDER} resource_alicloud_gwlb_server_group.go (0 where nothing is configured)",
            rules={"minimum": 0},
        )
        for each in (
            "HealthCheckConfig.HealthCheckConnectPort",
            "HealthCheckConfig.HealthCheckConnectTimeout",
            "HealthCheckConfig.HealthCheckInterval",
            "HealthCheckConfig.HealthyThreshold",
            "HealthCheckConfig.UnhealthyThreshold",
            "ConnectionDrainConfig.ConnectionDrainTimeout",
        )
    ),
    Override(
        "ecs",
        "DescribeImages",
        "Status",
        "alibabacloud_ecs20140526 7.11, doc comments (several with commas between, or ALL)",
        rules=_ANY_VALUE,
    ),
    *(
        Override(
            "ecs",
            action,
            name,
            "ECS API, CreateCommand (errors CmdName.ExceedLimit and CmdDesc.ExceedLimit)",
            rules={"max_length": None},
        )
        for action in ("*Command", "DescribeCommands")
        for name in ("Name", "Description")
    ),
    Override(
        "ecs",
        "RunCommand",
        "Parameters",
        "ECS API, RunCommand: the length is that of one key",
        rules={"max_length": None},
    ),
)
"""All corrections; where two concern one parameter, the later one counts."""


def with_overrides(
    product: str, action: str, parameters: Mapping[str, Parameter]
) -> Mapping[str, Parameter]:
    """An action's parameters with every correction that concerns them."""
    found = dict(parameters)
    for each in OVERRIDES:
        if each.product == product and fnmatchcase(action, each.action):
            _override(found, each.parameter.split("."), each)
    return found


def _override(parameters: dict[str, Parameter], path: list[str], override: Override) -> None:
    name, *deeper = path
    parameter = parameters.get(name)
    if parameter is None:
        return
    if not deeper:
        parameters[name] = override.apply_to(parameter)
        return
    fields = dict(parameter.fields)
    _override(fields, deeper, override)
    parameters[name] = replace(parameter, fields=fields)
