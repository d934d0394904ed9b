"""Advice on a refusal that will not go away by itself."""

import json
from fnmatch import fnmatchcase

from gwlbfw.errors import CloudError, Denied

_BY_CODE = {
    "InvalidAccessKeyId*": (
        "the cloud does not know this AccessKey: look for a typing error, a deleted or disabled "
        "key, or a key of another site (China, International)"
    ),
    "SignatureDoesNotMatch": (
        "the AccessKey secret does not belong to the AccessKey id: set both again, without "
        "blanks or line ends"
    ),
    "IncompleteSignature": "set AccessKey id and secret again: one of them is empty or cut off",
    "InvalidSecurityToken*": "the session has ended: get new STS credentials and start again",
    "InvalidTimeStamp*": "check this machine's clock: it is more than 15 minutes off",
    "Forbidden.AccessKey*": "enable the AccessKey in the RAM console, or use another one",
    "OperationDenied.NextHopTypeNonsupport": (
        "this account's API does not take a GWLB endpoint in a gateway route table; do it in the "
        "console: VPC > Route Tables > the gateway table > the system entry > Edit > Next Hop "
        "Type: GWLB Endpoint, and then go on"
    ),
    "NeedOpenProduct": "activate PrivateLink for this account in its console, then try again",
    "CheckServiceLinkRoleError": (
        "create the service-linked role AliyunServiceRoleForPrivatelink, or allow "
        "ram:CreateServiceLinkedRole to these credentials"
    ),
    "OperationDenied.ServiceLinkedRoleNotExist": (
        "create the service-linked role AliyunServiceRoleForGwlb, or allow "
        "ram:CreateServiceLinkedRole to these credentials"
    ),
    "InsufficientBalance*": "the account lacks funds: top it up, then try again",
    "*NotEnoughBalance*": "the account lacks funds: top it up, then try again",
    "OperationFailed.UnpaidBill": "pay the account's open bills, then try again",
    "EndpointServiceNotAuthorized": (
        "the endpoint service's owner must allow this account: add it to "
        "endpoint_service.allowed_accounts"
    ),
    "EndpointServicePayerForbidden": (
        "this account may not pay for its consumers: use endpoint_service.payer: endpoint, or "
        "have the account put on the list by its account manager"
    ),
    "EndpointServiceNotSupportedZone": (
        "the GWLB must be attached to the endpoint service in the endpoint's zone: give "
        "security_vpc that zone"
    ),
    "ResourceNotEnough.VSwitchIp": "the vSwitch has no free address left: use a larger CIDR block",
    "InvalidApi.NotFound": "this endpoint does not have the API: check region and endpoint URL",
    "InvalidAction.NotFound": "this endpoint does not have the API: check region and endpoint URL",
    "InvalidRegionId.NotFound": "the product does not exist in this region: check the region",
    "UnsupportedRegion": "the region does not have this feature: choose another one",
    "OperationDenied.ExistDirectEip": (
        "an EIP in cut-through mode prevents an IPv4 gateway: bind it in NAT mode"
    ),
    "OperationDenied.DirectEipExist": (
        "an EIP in cut-through mode prevents an IPv4 gateway: bind it in NAT mode"
    ),
}

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
    code = error.cloud_code.lower()
    for pattern, text in _BY_CODE.items():
        if fnmatchcase(code, pattern.lower()):
            return text
    if code.startswith(("quotaexceeded", "quotamismatched")):
        return _quota(error)
    if isinstance(error, Denied) and "unauthorized" not in code and code != "invalidcredentials":
        return _permission(error)
    return None


def _quota(error: CloudError) -> str:
    what = _QUOTA_BY_ACTION.get(error.action)
    if error.cloud_code.lower() == "quotaexceeded.gatewayroutetable":
        what = "gateway route tables in a VPC (1)"
    named = what or error.cloud_code.partition(".")[2] or error.action
    return f"ask for a higher quota in the Quota Center, or remove what is not needed: {named}"


def _permission(error: CloudError) -> str:
    statement = {"Effect": "Allow", "Action": error.action, "Resource": "*"}
    return (
        f"these credentials lack the RAM permission {error.action}; "
        f"a policy with this statement gives it: {json.dumps(statement)}"
    )
