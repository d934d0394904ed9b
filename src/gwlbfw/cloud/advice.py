"""Advice on a refusal that will not go away by itself, by the cloud's code alone.

A code that is in no row is shown as it is: HTTP 403 says nothing of permissions, as ECS answers it
for stock, zones, quotas and protections too.
"""

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase

from gwlbfw.errors import CloudError


@dataclass(frozen=True)
class Advice:
    """What to do about some codes, with blanks between; `*` stands for any text."""

    source: str
    codes: str
    text: str

    def covers(self, code: str) -> bool:
        """True if the code is one of these, whatever its letter case."""
        return any(fnmatchcase(code.lower(), each.lower()) for each in self.codes.split())


_GATEWAY = "Alibaba Cloud RPC gateway, public error codes"
_LAUNCH = "ECS API, RunInstances and CreateInstance"
_PRIVATELINK = "PrivateLink API"

ADVICE: tuple[Advice, ...] = (
    # --- keys and sessions ---
    Advice(
        _GATEWAY,
        "InvalidAccessKeyId*",
        "the cloud does not know this AccessKey: look for a typing error, a deleted or disabled "
        "key, or a key of another site (China, International)",
    ),
    Advice(
        _GATEWAY,
        "SignatureDoesNotMatch",
        "the AccessKey secret does not belong to the AccessKey id: set both again, without "
        "blanks or line ends",
    ),
    Advice(
        _GATEWAY,
        "IncompleteSignature",
        "set AccessKey id and secret again: one of them is empty or cut off",
    ),
    Advice(
        _GATEWAY,
        "InvalidSecurityToken*",
        "the session has ended: get new STS credentials and start again",
    ),
    Advice(
        _GATEWAY,
        "InvalidTimeStamp*",
        "check this machine's clock: it is more than 15 minutes off",
    ),
    Advice(
        _GATEWAY,
        "Forbidden.AccessKey*",
        "enable the AccessKey in the RAM console, or use another one",
    ),
    # --- stock, zone, type, disk ---
    Advice(
        _LAUNCH,
        """
        OperationDenied.NoStock Zone.NotOnSale InvalidResourceType.NotSupported
        InstanceType.Offline ResourceNotAvailable NodeControllerUnavailable
        """,
        "it is sold out, or not on sale, there: choose another instance type or another zone, or "
        "try again later",
    ),
    Advice(
        _LAUNCH,
        "Zone.NotOpen RegionUnauthorized",
        "this account may not buy there yet: choose another zone, or have the account enabled for "
        "it by its account manager",
    ),
    Advice(
        _LAUNCH,
        "InvalidInstanceType* ImageNotSupportInstanceType ImageNotSupportCloudInit",
        "zone, image, disk and instance type do not go together: choose another instance type, or "
        "what it does support",
    ),
    Advice(
        _LAUNCH,
        """
        CategoryNotSupported InvalidSystemDiskCategory* InvalidSystemDiskSize*
        InvalidDataDiskCategory* InvalidDataDiskSize* InvalidDiskCategory*
        InstanceDiskCategoryLimitExceed InvalidDiskSize*
        """,
        "the disk does not go with the zone, the image or the instance type: choose another "
        "category or size",
    ),
    # --- money ---
    Advice(
        "VPC, ECS and GWLB APIs",
        "InsufficientBalance* *NotEnoughBalance* Account.Arrearage OperationFailed.UnpaidBill",
        "the account lacks funds, or has open bills: top it up, then try again",
    ),
    Advice(
        _LAUNCH,
        "PaymentMethodNotFound InvalidPayMethod OperationDenied.IllegalPaymentPolicy",
        "the account can't pay this way: give it a payment method, then try again",
    ),
    Advice(
        _LAUNCH,
        "RealNameAuthenticationError",
        "the account's owner has to finish its real-name verification first",
    ),
    # --- protection ---
    Advice(
        "ECS API, DeleteInstance; VPC API, DeletionProtection",
        "*DeletionProtection*",
        "switch its deletion protection off first, if it is meant to go",
    ),
    Advice(
        "PrivateLink API, DeleteVpcEndpoint",
        "EndpointProtected",
        "switch the endpoint's protection off first, if it is meant to go",
    ),
    # --- what has to be activated, or allowed, once ---
    Advice(
        _PRIVATELINK,
        "NeedOpenProduct",
        "activate PrivateLink for this account in its console, then try again",
    ),
    Advice(
        _PRIVATELINK,
        "CheckServiceLinkRoleError",
        "create the service-linked role AliyunServiceRoleForPrivatelink, or allow "
        "ram:CreateServiceLinkedRole to these credentials",
    ),
    Advice(
        "GWLB API, CreateLoadBalancer",
        "OperationDenied.ServiceLinkedRoleNotExist",
        "create the service-linked role AliyunServiceRoleForGwlb, or allow "
        "ram:CreateServiceLinkedRole to these credentials",
    ),
    Advice(
        _PRIVATELINK,
        "EndpointServiceNotAuthorized",
        "the endpoint service's owner must allow this account: add it to "
        "endpoint_service.allowed_accounts",
    ),
    Advice(
        _PRIVATELINK,
        "EndpointServicePayerForbidden",
        "this account may not pay for its consumers: use endpoint_service.payer: endpoint, or "
        "have the account put on the list by its account manager",
    ),
    Advice(
        _PRIVATELINK,
        "EndpointServiceNotSupportedZone",
        "the GWLB must be attached to the endpoint service in the endpoint's zone: give "
        "security_vpc that zone",
    ),
    # --- network ---
    Advice(
        "GWLB and ECS APIs",
        "ResourceNotEnough.VSwitchIp InvalidVSwitchId.IpNotEnough QuotaExceeded.PrivateIpAddress",
        "the vSwitch has no free address left: use a larger CIDR block",
    ),
    Advice(
        "VPC API, UpdateGatewayRouteTableEntryAttribute",
        "OperationDenied.NextHopTypeNonsupport",
        "this account's API does not take a GWLB endpoint in a gateway route table; do it in the "
        "console: VPC > Route Tables > the gateway table > the system entry > Edit > Next Hop "
        "Type: GWLB Endpoint, and then go on",
    ),
    Advice(
        "VPC API, CreateIpv4Gateway and EnableVpcIpv4Gateway",
        "OperationDenied.ExistDirectEip OperationDenied.DirectEipExist",
        "an EIP in cut-through mode prevents an IPv4 gateway: bind it in NAT mode",
    ),
    # --- the endpoint ---
    Advice(
        _GATEWAY,
        "InvalidApi.NotFound InvalidAction.NotFound",
        "this endpoint does not have the API: check region and endpoint URL",
    ),
    Advice(
        _GATEWAY,
        "InvalidRegionId.NotFound",
        "the product does not exist in this region: check the region",
    ),
    Advice(
        _GATEWAY,
        "UnsupportedRegion",
        "the region does not have this feature: choose another one",
    ),
)
QUOTAS = "QuotaExceeded* QuotaExceed.* QuotaMisMatched* *LimitExceed*"
"""The codes of an exhausted quota; QuotaExceed, without its end, is the spelling of ECS."""
PERMISSIONS = "Forbidden Forbidden.RAM NoPermission* Forbidden.NoPermission* UnauthorizedOperation"
"""The codes of a permission that RAM does not give."""
_ROLE_REFUSED = "InvalidUser.PassRoleForbidden"

_QUOTA_BY_ACTION = {
    # Alibaba Cloud help pages "VPC quotas", "GWLB limits", "PrivateLink quotas and limits".
    "vpc:CreateVpc": "VPCs in a region (10 by default)",
    "vpc:CreateVSwitch": "vSwitches in a VPC (150 by default)",
    "vpc:CreateRouteTable": (
        "custom route tables in a VPC (9 by default, vpc_quota_route_tables_num)"
    ),
    "vpc:CreateRouteEntry": (
        "custom entries in a route table (200 by default, vpc_quota_route_entrys_num)"
    ),
    "gwlb:CreateLoadBalancer": "GWLB instances in a region (50 by default)",
    "gwlb:CreateServerGroup": "GWLB server groups in a region (50 by default)",
    "gwlb:AddServersToServerGroup": "servers in a server group (300 by default, 100 in a zone)",
    "privatelink:CreateVpcEndpointService": "endpoint services of an account (200 by default)",
    "privatelink:CreateVpcEndpoint": "endpoints in a VPC (1000 by default)",
    "privatelink:AttachResourceToVpcEndpointService": "resources of an endpoint service",
}


def advice(error: CloudError) -> str | None:
    """One sentence on what to do; None where the code itself says it all."""
    code = error.cloud_code
    for each in ADVICE:
        if each.covers(code):
            return each.text
    if _is_one_of(code, QUOTAS):
        return _quota(error)
    if code.lower() == _ROLE_REFUSED.lower():
        return _permission("ram:PassRole")
    return _permission(error.action) if _is_one_of(code, PERMISSIONS) else None


def _is_one_of(code: str, patterns: str) -> bool:
    return any(fnmatchcase(code.lower(), each.lower()) for each in patterns.split())


def _quota(error: CloudError) -> str:
    what = _QUOTA_BY_ACTION.get(error.action)
    if error.cloud_code.lower() == "quotaexceeded.gatewayroutetable":
        what = "gateway route tables in a VPC (1)"
    named = what or error.cloud_code.partition(".")[2] or error.action
    return f"ask for a higher quota in the Quota Center, or remove what is not needed: {named}"


def _permission(action: str) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return (
        f"these credentials lack the RAM permission {action}; "
        f"a policy with this statement gives it: {json.dumps(statement)}"
    )
