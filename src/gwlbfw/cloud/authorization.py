"""What RAM checks a changing action against: kinds of resources, a VPC, or the tags of a resource.

Read off the "Authorization information" of the vendor's pages: of ECS as a whole
(api-ecs-2014-05-26-ram), of VPC, GWLB and PrivateLink action by action (help.aliyun.com and
api.aliyun.com/document/{Vpc,Gwlb,Privatelink}/…); where pages of several years differ, the newest
holds. An action that is not listed is one that RAM checks against `*` alone, or one for which no
source was found: so it is for the tags of VPC, whose page names no IPv4 gateways. Reads are not
listed at all: what a list without ids is checked against differs from page to page.
"""

from collections.abc import Mapping
from types import MappingProxyType

_VPC, _ECS, _GWLB, _PRIVATELINK, _SLB = "vpc", "ecs", "gwlb", "privatelink", "slb"

_SERVICE = (_GWLB, _PRIVATELINK, _SLB)
"""An endpoint service, and the load balancer that is its resource.

The page names the load balancers of SLB, ALB and NLB, and not yet those of GWLB.
"""

_PRODUCTS: Mapping[str, tuple[str, ...]] = {
    "ecs:AttachNetworkInterface": (_ECS,),
    "ecs:CreateNetworkInterface": (_ECS, _VPC),
    "ecs:CreateSecurityGroup": (_ECS, _VPC),
    "ecs:DeleteInstance": (_ECS,),
    "ecs:DeleteInstances": (_ECS,),
    "ecs:DeleteNetworkInterface": (_ECS,),
    "ecs:DeleteSecurityGroup": (_ECS,),
    "ecs:JoinSecurityGroup": (_ECS,),
    "ecs:LeaveSecurityGroup": (_ECS,),
    "ecs:ModifyInstanceAttribute": (_ECS,),
    "ecs:ModifyNetworkInterfaceAttribute": (_ECS,),
    "ecs:ModifySecurityGroupAttribute": (_ECS,),
    "ecs:RevokeSecurityGroup": (_ECS,),
    "ecs:RevokeSecurityGroupEgress": (_ECS,),
    "ecs:RunCommand": (_ECS,),
    "ecs:StartInstance": (_ECS,),
    "ecs:StopInstance": (_ECS,),
    "ecs:TagResources": (_ECS,),
    "ecs:UntagResources": (_ECS,),
    "gwlb:AddServersToServerGroup": (_ECS, _GWLB),
    "gwlb:CreateListener": (_GWLB,),
    "gwlb:CreateLoadBalancer": (_GWLB, _VPC),
    "gwlb:DeleteListener": (_GWLB,),
    "gwlb:DeleteLoadBalancer": (_GWLB,),
    "gwlb:DeleteServerGroup": (_GWLB,),
    "gwlb:RemoveServersFromServerGroup": (_ECS, _GWLB),
    "gwlb:TagResources": (_GWLB,),
    "gwlb:UntagResources": (_GWLB,),
    "gwlb:UpdateListenerAttribute": (_GWLB,),
    "gwlb:UpdateLoadBalancerAttribute": (_GWLB,),
    "gwlb:UpdateLoadBalancerZones": (_GWLB, _VPC),
    "privatelink:AddUserToVpcEndpointService": (_PRIVATELINK,),
    "privatelink:AddZoneToVpcEndpoint": (_PRIVATELINK,),
    "privatelink:AttachResourceToVpcEndpointService": _SERVICE,
    "privatelink:AttachSecurityGroupToVpcEndpoint": (_ECS, _PRIVATELINK),
    "privatelink:CreateVpcEndpoint": (_ECS, _PRIVATELINK, _VPC),
    "privatelink:CreateVpcEndpointService": _SERVICE,
    "privatelink:DeleteVpcEndpoint": (_PRIVATELINK,),
    "privatelink:DeleteVpcEndpointService": (_PRIVATELINK,),
    "privatelink:DetachResourceFromVpcEndpointService": _SERVICE,
    "privatelink:EnableVpcEndpointConnection": (_PRIVATELINK,),
    "privatelink:RemoveUserFromVpcEndpointService": (_PRIVATELINK,),
    "privatelink:RemoveZoneFromVpcEndpoint": (_PRIVATELINK,),
    "privatelink:TagResources": (_PRIVATELINK,),
    "privatelink:UntagResources": (_PRIVATELINK,),
    "privatelink:UpdateVpcEndpointAttribute": (_PRIVATELINK,),
    "privatelink:UpdateVpcEndpointServiceAttribute": (_PRIVATELINK,),
    "vpc:AllocateEipAddress": (_VPC,),
    "vpc:AssociateEipAddress": (_ECS, _VPC),
    "vpc:AssociateRouteTable": (_VPC,),
    "vpc:AssociateRouteTableWithGateway": (_VPC,),
    "vpc:AssociateVpcCidrBlock": (_VPC,),
    "vpc:CreateIpv4Gateway": (_VPC,),
    "vpc:CreateRouteEntry": (_VPC,),
    "vpc:CreateRouteTable": (_VPC,),
    "vpc:CreateVpc": (_VPC,),
    "vpc:DeleteIpv4Gateway": (_VPC,),
    "vpc:DeleteRouteEntry": (_VPC,),
    "vpc:DeleteRouteTable": (_VPC,),
    "vpc:DeleteVSwitch": (_VPC,),
    "vpc:DeleteVpc": (_VPC,),
    "vpc:DissociateRouteTableFromGateway": (_VPC,),
    "vpc:EnableVpcIpv4Gateway": (_VPC,),
    "vpc:ModifyEipAddressAttribute": (_VPC,),
    "vpc:ModifyRouteEntry": (_VPC,),
    "vpc:ModifyRouteTableAttributes": (_VPC,),
    "vpc:ModifyVSwitchAttribute": (_VPC,),
    "vpc:ModifyVpcAttribute": (_VPC,),
    "vpc:ReleaseEipAddress": (_VPC,),
    "vpc:UnassociateEipAddress": (_ECS, _VPC),
    "vpc:UnassociateRouteTable": (_VPC,),
    "vpc:UpdateGatewayRouteTableEntryAttribute": (_VPC,),
    "vpc:UpdateIpv4GatewayAttribute": (_VPC,),
}
"""The products of whose resources RAM checks an action, all in the region of the call."""

_EVERYTHING = frozenset(
    {"ecs:AuthorizeSecurityGroup", "ecs:RunInstances", "gwlb:UpdateServerGroupAttribute"}
)
"""The actions of which the vendor's page says that RAM checks them against `*` alone."""

SERVICE_LINKED_ROLES = "ram:CreateServiceLinkedRole"
"""The first load balancer and the first endpoint of an account make a role of their product's."""

_CONDITIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        SERVICE_LINKED_ROLES: {
            "ram:ServiceName": ("gwlb.aliyuncs.com", "privatelink.aliyuncs.com"),
        }
    }
)
"""What a condition narrows where a resource can't.

The service names are those of the vendor's policy AliyunGWLBFullAccess and of PrivateLink's page
"Service linked role".
"""

_BY_TAG = frozenset({"ecs:DeleteInstance", "ecs:StartInstance", "ecs:StopInstance"})
"""The actions on instances that only ever concern the stack's own.

By the vendor's page "Use tags to control access to resources" instances are among what
`acs:ResourceTag` tells apart; UNVERIFIED for a key with a colon in it.
"""


def resources(action: str, region: str) -> tuple[str, ...]:
    """The ARNs to which an action can be narrowed; `*` where it can't be, or no source says so."""
    products = _PRODUCTS.get(action, ())
    return tuple(f"acs:{product}:{region}:*:*" for product in products) or ("*",)


def conditions(action: str, tag: str, value: str) -> Mapping[str, tuple[str, ...]]:
    """The keys of conditions, and the values that an action can be narrowed to.

    The tag is the one that all of the stack's own resources carry.
    """
    if action in _BY_TAG:
        return {f"acs:ResourceTag/{tag}": (value,)}
    return _CONDITIONS.get(action, {})


def is_narrowed(action: str, region: str) -> bool:
    """True if an action is allowed on less than everything."""
    return resources(action, region) != ("*",) or action in _CONDITIONS


def cannot_be_narrowed(action: str) -> bool:
    """True if a source says that RAM knows no narrower resource; else none was found."""
    return action in _EVERYTHING


def is_read(action: str) -> bool:
    """True if an action changes nothing; AssumeRole gives no more than its role may."""
    name = action.partition(":")[2]
    return name.startswith(("Describe", "Get", "List")) or action == "sts:AssumeRole"
