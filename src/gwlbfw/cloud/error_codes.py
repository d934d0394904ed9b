"""The meanings of the cloud's error codes: one table, read from top to bottom.

Codes are compared without regard to letter case, which differs between products of one family
(`IncorrectStatus.serverGroup`, `IncorrectStatus.ServerGroup`). `*` stands for any text.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from gwlbfw.cloud.advice import advice
from gwlbfw.errors import Busy, CloudError, Denied, Exists, Missing, Rejected, Throttled


@dataclass(frozen=True)
class Rule:
    """The codes of one meaning from one source, with blanks between."""

    meaning: type[CloudError]
    source: str
    codes: str

    def covers(self, code: str) -> bool:
        """True if the code is one of these."""
        return any(fnmatchcase(code.lower(), each.lower()) for each in self.codes.split())


_TERRAFORM = "terraform-provider-alicloud"

TABLE: tuple[Rule, ...] = (
    # What looks like another meaning comes first.
    Rule(
        Denied,
        "Alibaba Cloud RPC gateway, public error codes",
        """
        InvalidAccessKeyId* SignatureDoesNotMatch IncompleteSignature InvalidSecurityToken*
        InvalidCredentials Forbidden Forbidden.RAM NoPermission* Forbidden.NoPermission*
        Forbidden.AccessKey*
        """,
    ),
    Rule(
        Rejected,
        "Alibaba Cloud RPC gateway, public error codes",
        """
        InvalidApi.NotFound InvalidAction.NotFound InvalidRegionId.NotFound InvalidVersion
        InvalidProduct.NotFound InvalidTimeStamp* SignatureNonceUsed
        """,
    ),
    Rule(
        Denied,
        "ECS API, RunInstances: the role that an instance gets",
        "InvalidUser.PassRoleForbidden",
    ),
    Rule(
        # Their endings stand for what is missing, or busy, elsewhere.
        Rejected,
        "ECS API, RunInstances and CreateInstance",
        """
        PaymentMethodNotFound DependencyViolation.WindowsInstance DependencyViolation.IoOptimized
        """,
    ),
    Rule(
        Rejected,
        "VPC API, AssociateEipAddress and ReleaseEipAddress, CreateIpv4Gateway",
        """
        Forbidden.InstanceBandwidthNotZero Forbidden.ChargeTypeIsPrepaid
        Forbidden.OperateShareResource OperationDenied.VpcIpv4GatewayEnabled
        """,
    ),
    Rule(
        Rejected,
        "PrivateLink API, AttachResourceToVpcEndpointService",
        "IncorrectStatus.VpcEndpointService",
    ),
    Rule(
        # A stack makes none of these: who made them is not about to remove them.
        Rejected,
        "VPC API, DeleteVSwitch and DeleteVpc",
        """
        DependencyViolation.HaVip DependencyViolation.Snat* DependencyViolation.EnhancedNatgw
        DependencyViolation.NatGateway DependencyViolation.NetworkAcl
        DependencyViolation.MulticastDomain DependencyViolation.Route*Interface
        DependencyViolation.Tunnel
        """,
    ),
    Rule(
        Throttled,
        f"{_TERRAFORM} errors.go, NeedRetry",
        "*Throttling* ServiceUnavailable",
    ),
    Rule(
        Throttled,
        f"{_TERRAFORM} data_source_alicloud_privatelink_service.go",
        "QPS*Limit*Exceeded",
    ),
    Rule(
        Busy,
        f"{_TERRAFORM} resource_alicloud_vpc.go, _vswitch.go, _route_entry.go",
        """
        TaskConflict* OperationConflict SystemBusy UnknownError InternalError
        IncorrectStatus* *.IncorrectStatus* InvalidStatus.* IncorrectVpcStatus
        IncorrectVSwitchStatus IncorrectRouteEntryStatus IncorrectHaVipStatus
        OperationDenied.OtherSubnetProcessing OperationFailed.DistibuteLock
        OperationFailed.NotifyCenCreate VswitchStatusError
        """,
    ),
    Rule(
        Busy,
        "VPC API: the first call with this ClientToken is still under way",
        "LastTokenProcessing *.LastTokenProcessing *.IdempotentTokenProcessing",
    ),
    Rule(
        # What depends on a thing is released some time after its own delete was answered;
        # Forbbiden (the cloud's spelling) is a VPC with a live custom route.
        Busy,
        f"{_TERRAFORM} resource_alicloud_vswitch.go, _vpc.go, _route_table.go (deletes)",
        """
        DependencyViolation* Forbbiden* IncorrectRouteTableStatus*
        OperationDenied.GatewayAssociated
        """,
    ),
    Rule(
        Busy,
        f"{_TERRAFORM} resource_alicloud_route_table_attachment.go, _vpc_ipv4_gateway.go",
        "OperationDenied.Ipv4GatewayNotActive OperationFailed.GetNfvServiceList",
    ),
    Rule(
        Busy,
        f"{_TERRAFORM} resource_alicloud_eip_association.go, _eip_address.go, _snat_entry.go",
        """
        IncorrectEipStatus InvalidBindingStatus OperationFailed.EcsMigrating
        InvalidIpStatus.HasBeenUsedBy* FrequentPurchase.EIP EIP_NOT_IN_GATEWAY
        OperationUnsupported.EipNatBWPCheck OperationUnsupported.EipInBinding
        OperationUnsupported.EipNatGWCheck
        """,
    ),
    Rule(
        Busy,
        f"{_TERRAFORM} resource_alicloud_instance.go",
        "IncorrectInstanceStatus* InvalidOperation.Conflict",
    ),
    Rule(
        Busy,
        f"{_TERRAFORM} resource_alicloud_privatelink_*.go",
        """
        ConcurrentCallNotSupported EndpointLocked EndpointServiceLocked
        EndpointOperationDenied EndpointConnectionOperationDenied
        EndpointServiceOperationDenied EndpointServiceConnectionDependence
        """,
    ),
    Rule(
        # UNVERIFIED for GWLB: documented for NLB, which has the same backend family.
        Busy,
        "NLB API 2022-04-30",
        "Conflict.Lock ResourceInConfiguring.* ResourceInCreating.* ResourceInUse.*",
    ),
    Rule(
        Exists,
        "VPC API, CreateRouteEntry and EnableVpcIpv4Gateway",
        """
        InvalidCIDRBlock.Duplicate RouterEntryConflict.Duplicated Duplicated.VpcNextHop
        InvalidRouteEntry.Duplicate RouteConflict.AlreadyExist
        VPC_ROUTE_ENTRY_CIDR_BLOCK_DUPLICATE OperationDenied.ConflictOfAllZeroRouting
        """,
    ),
    Rule(
        # The page prints Ipv4GatewayAlreadyActive with a full stop behind it.
        Exists,
        "VPC API, IPv4 gateway and its route table; AssociateEipAddress",
        """
        OperationFailed.Ipv4GatewayAlreadyActive* OperationDenied.VpcHasAlreadyActive
        OperationDenied.VpcExistIpv4Gateway ResourceAlreadyAssociated.*
        InvalidAssociation.Duplicated
        """,
    ),
    Rule(
        Exists,
        "PrivateLink API; OrderOpend is the cloud's spelling",
        """
        EndpointExist EndpointServiceExist EndpointServiceResourceExist OrderOpend
        EndpointZoneDuplicated EndpointDuplicated SecurityGroupExist
        """,
    ),
    Rule(
        Exists,
        "ECS API, JoinSecurityGroup",
        "InvalidInstanceId.AlreadyExists",
    ),
    Rule(
        Missing,
        "ECS API, LeaveSecurityGroup and RevokeSecurityGroup",
        "InstanceNotInSecurityGroup InvalidSecurityGroupRule.RuleNotExist",
    ),
    Rule(
        Missing,
        "VPC, GWLB, PrivateLink and ECS APIs: Invalid….NotFound, ResourceNotFound.…, …NotFound",
        """
        *NotFound ResourceNotFound* *.NotExist INSTANCE_NOT_EXISTS
        OperationFailed.NotExistAssociateRelation OperationFailed.VpcNotExist
        """,
    ),
    Rule(
        Denied,
        "PrivateLink API, CreateVpcEndpoint; NLB API 2022-04-30",
        "EndpointServiceNotAuthorized UnauthorizedZone UnauthorizedRegion",
    ),
)


def classify(code: str, status: int, retry_after: float | None = None) -> type[CloudError]:
    """The meaning of a code: by the table, else by the HTTP status."""
    for rule in TABLE:
        if rule.covers(code):
            return rule.meaning
    return _by_status(status, retry_after)


def _by_status(status: int, retry_after: float | None) -> type[CloudError]:
    if status == 429 or retry_after:
        return Throttled
    if status >= 500:
        return Busy
    # A 403 says no more than a 400: ECS answers it for stock, zones, quotas and types too.
    if status == 401:
        return Denied
    # An unknown 404 may be about anything, such as the role or the API: only a code says "gone".
    return Rejected


def cloud_error(
    action: str,
    code: str,
    message: str,
    request_id: str = "",
    *,
    status: int = 400,
    retry_after: float | None = None,
) -> CloudError:
    """The refusal as the exception of its meaning, with advice where there is any."""
    meaning = classify(code, status, retry_after)
    if meaning is Missing and action.startswith("sts:"):
        meaning = Rejected  # a role that is gone, which is no resource of the stack
    error = meaning(action, code, message, request_id, status=status, retry_after=retry_after)
    error.hint = advice(error)
    return error
