"""What RAM checks a changing action against: kinds of resources, a VPC, or the tags of a resource.

Read off the "Authorization information" of the vendor's pages: of ECS as a whole
(api-ecs-2014-05-26-ram), of the VPC API action by action, of PrivateLink and GWLB where a page was
to be had. An action that is not listed is one that RAM checks against `*` alone (RunInstances,
AuthorizeSecurityGroup), or for which no source was found. Reads are not listed at all: what a list
without ids is checked against differs from page to page.
"""

from collections.abc import Mapping

_VPC, _ECS, _GWLB, _PRIVATELINK = "vpc", "ecs", "gwlb", "privatelink"

_PRODUCTS: Mapping[str, tuple[str, ...]] = {
    "ecs:AttachNetworkInterface": (_ECS,),
    "ecs:CreateNetworkInterface": (_ECS, _VPC),
    "ecs:CreateSecurityGroup": (_ECS, _VPC),
    "ecs:DeleteInstance": (_ECS,),
    "ecs:DeleteInstances": (_ECS,),
    "ecs:DeleteNetworkInterface": (_ECS,),
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
    "gwlb:CreateListener": (_GWLB,),
    "gwlb:DeleteLoadBalancer": (_GWLB,),
    "privatelink:AddUserToVpcEndpointService": (_PRIVATELINK,),
    "privatelink:AddZoneToVpcEndpoint": (_PRIVATELINK,),
    "privatelink:AttachSecurityGroupToVpcEndpoint": (_ECS, _PRIVATELINK),
    "privatelink:CreateVpcEndpoint": (_ECS, _PRIVATELINK, _VPC),
    "vpc:AllocateEipAddress": (_VPC,),
    "vpc:AssociateRouteTable": (_VPC,),
    "vpc:AssociateRouteTableWithGateway": (_VPC,),
    "vpc:AssociateVpcCidrBlock": (_VPC,),
    "vpc:CreateIpv4Gateway": (_VPC,),
    "vpc:CreateRouteEntry": (_VPC,),
    "vpc:CreateVpc": (_VPC,),
    "vpc:DeleteRouteTable": (_VPC,),
    "vpc:DissociateRouteTableFromGateway": (_VPC,),
    "vpc:EnableVpcIpv4Gateway": (_VPC,),
    "vpc:ReleaseEipAddress": (_VPC,),
    "vpc:UnassociateRouteTable": (_VPC,),
    "vpc:UpdateGatewayRouteTableEntryAttribute": (_VPC,),
}
"""The products of whose resources RAM checks an action, all in the region of the call."""

_BY_TAG = frozenset({"ecs:DeleteInstance", "ecs:StartInstance", "ecs:StopInstance"})
"""The actions on instances that only ever concern the stack's own.

By the vendor's page "Use tags to control access to resources" instances are among what
`acs:ResourceTag` tells apart; UNVERIFIED for a key with a colon in it.
"""


def resources(action: str, region: str) -> tuple[str, ...]:
    """The ARNs to which an action can be narrowed; `*` where it can't be, or no source says so."""
    products = _PRODUCTS.get(action, ())
    return tuple(f"acs:{product}:{region}:*:*" for product in products) or ("*",)


def is_told_by_tag(action: str) -> bool:
    """True if an action can be allowed for resources with a tag alone."""
    return action in _BY_TAG


def is_read(action: str) -> bool:
    """True if an action changes nothing; AssumeRole gives no more than its role may."""
    name = action.partition(":")[2]
    return name.startswith(("Describe", "Get", "List")) or action == "sts:AssumeRole"
