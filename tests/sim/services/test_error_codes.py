"""Every error code that the sources call retryable or permanent can be met here.

Most come from the simulated cloud's state: the other tests of the simulator provoke these. The rest
are about what the simulator doesn't have (router interfaces, other products, a backend that is
busy by chance), and come by a fault rule.

Sources: error tables of the VPC, GWLB, PrivateLink and ECS APIs; the codes that
terraform-provider-alicloud retries in the resource file of each kind.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import OpenApiRequest, Params
from alibabacloud_tea_openapi.utils import Utils
from darabonba.runtime import RuntimeOptions

from gwlbfw.openapi import versions
from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.faults import Rule
from gwlbfw.sim.server import Server
from gwlbfw.sim.services.registry import implemented, load_services
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpRequest
from tests.sim.cloud import Cloud

EVERYWHERE = (
    "Throttling Throttling.User Throttling.Api Rejected.Throttling ServiceUnavailable:503 "
    "InternalError:500 Forbidden.RAM:403 SignatureNonceUsed InvalidTimeStamp.Expired "
    "SignatureDoesNotMatch IncompleteSignature InvalidAccessKeyId.NotFound:404"
)
"""Codes that any action can give."""

_TABLE_BUSY = "OperationConflict LastTokenProcessing IncorrectStatus IncorrectStatus.cbnStatus"
_ASSOCIATION = (
    "IncorrectStatus.RouteTable IncorrectVSwitchStatus OperationConflict IncorrectStatus "
    "LastTokenProcessing OperationFailed.LastTokenProcessing SystemBusy "
    "OperationDenied.Ipv4GatewayNotActive IncorrectStatus.Ipv4Gateway"
)
_ENTRY = (
    "TaskConflict OperationConflict IncorrectRouteEntryStatus IncorrectVpcStatus "
    "IncorrectVSwitchStatus IncorrectInstanceStatus IncorrectHaVipStatus "
    "IncorrectStatus.Ipv4Gateway IncorrectStatus.RouteTableStatus IncorrectStatus.VpcPeer "
    "IncorrectStatus.PrefixList IncorrectStatus.RouterInterface "
    "IncorrectStatus.MultiScopeRiRouteEntry OperationFailed.DistibuteLock LastTokenProcessing "
    "SystemBusy UnknownError"
)
_EIP_BUSY = (
    "TaskConflict OperationConflict IncorrectEipStatus IncorrectInstanceStatus "
    "InvalidBindingStatus IncorrectStatus IncorrectStatus.NatGateway "
    "InvalidStatus.EcsStatusNotSupport InvalidStatus.EniStatusNotSupport "
    "InvalidStatus.InstanceHasBandWidth OperationFailed.EcsMigrating SystemBusy "
    "LastTokenProcessing"
)
_LINK_BUSY = (
    "ConcurrentCallNotSupported EndpointConnectionOperationDenied EndpointOperationDenied "
    "EndpointLocked EndpointServiceLocked EndpointServiceOperationDenied"
)
_GROUP = "IncorrectStatus.ServerGroup ResourceNotFound.ServerGroup:404 SystemBusy Conflict.Lock"

CODES = {
    "vpc:CreateVpc": "TaskConflict UnknownError QuotaExceeded.Vpc",
    "vpc:DeleteVpc": (
        "DependencyViolation.VSwitch DependencyViolation.SecurityGroup "
        "DependencyViolation.RouteEntry DependencyViolation.NatGateway "
        "DependencyViolation.Instance DependencyViolation.RouterInterface "
        "DependencyViolation.RouteInterface DependencyViolation.Tunnel IncorrectVpcStatus "
        "Forbbiden InvalidVpcId.NotFound:404 Forbidden.VpcNotFound InvalidResource.NotFound:404"
    ),
    "vpc:ModifyVpcAttribute": (
        "LastTokenProcessing OperationFailed.LastTokenProcessing IncorrectStatus "
        "IncorrectVpcStatus OperationConflict SystemBusy"
    ),
    "vpc:CreateVSwitch": (
        "TaskConflict OperationConflict IncorrectStatus IncorrectStatus.cbnStatus "
        "InvalidStatus.RouteEntry IncorrectVSwitchStatus "
        "OperationFailed.IdempotentTokenProcessing OperationFailed.DistibuteLock "
        "OperationFailed.NotifyCenCreate"
    ),
    "vpc:DeleteVSwitch": (
        "DependencyViolation DependencyViolation.RouteTable DependencyViolation.HaVip "
        "DependencyViolation.Snat DependencyViolation.SnatEntry DependencyViolation.SNAT "
        "DependencyViolation.EnhancedNatgw DependencyViolation.NetworkAcl "
        "DependencyViolation.MulticastDomain DeleteVSwitch.IncorrectStatus.cbnStatus "
        "IncorrectVSwitchStatus IncorrectRouteEntryStatus OperationDenied.OtherSubnetProcessing "
        "TaskConflict InvalidVswitchID.NotFound:404 InvalidVSwitchId.NotFound:404"
    ),
    "vpc:ModifyVSwitchAttribute": (
        "OperationConflict OperationFailed.LastTokenProcessing IncorrectStatus.VSwitch "
        "IncorrectStatus.VpcRouteEntry"
    ),
    "vpc:CreateRouteTable": (
        f"{_TABLE_BUSY} SystemBusy QuotaExceeded.RouteTable QuotaExceeded.GatewayRouteTable "
        "UnsupportedRegion OperationUnsupported.AdvancedFeature InvalidVpcId.NotSupport "
        "InvalidVpcId.NotFound:404"
    ),
    "vpc:DeleteRouteTable": (
        "OperationConflict IncorrectRouteTableType OperationDenied.GatewayAssociated "
        "IncorrectRouteTableStatus.RouteEntryExist IncorrectRouteTableStatus "
        "DependencyViolation.RouteEntry InvalidRouteTableId.NotFound:404"
    ),
    "vpc:AssociateRouteTable": _ASSOCIATION,
    "vpc:UnassociateRouteTable": _ASSOCIATION,
    "vpc:AssociateRouteTableWithGateway": (
        "OperationDenied.Ipv4GatewayNotActive ResourceAlreadyAssociated.Ipv4Gateway "
        "ResourceAlreadyAssociated.GatewayRouteTable OperationDenied.RouteTableTypeIncorrect "
        "OperationDenied.GatewayAndTableNotInOneVpc IncorrectStatus.Ipv4Gateway "
        "IncorrectStatus.GatewayRouteTable IncorrectStatus.RouteTable "
        "ResourceNotFound.Ipv4Gateway ResourceNotFound.GatewayRouteTable "
        "ResourceNotFound.RouteTable IllegalParam.GatewayType"
    ),
    "vpc:DissociateRouteTableFromGateway": "OperationFailed.NotExistAssociateRelation",
    "vpc:CreateRouteEntry": (
        f"{_ENTRY} InvalidCIDRBlock.Duplicate RouterEntryConflict.Duplicated "
        "Duplicated.VpcNextHop InvalidRouteEntry.Duplicate RouteConflict.AlreadyExist "
        "QuotaExceeded InvalidCidrBlock InvalidCidrBlock.Malformed InvalidNextHop.NotFound "
        "InvalidNextHopId.NotFound:404 InvalidRouteTableId.NotFound:404 InvalidNextHopType "
        "OperationDenied.NextHopTypeNotPermitted OperationDenied.GatewayRouteTableNotPermitted "
        "OperationDenied.RouteTableTypeNotPermitted ResourceNotFound.Ipv4Gateway "
        "Mismatch.Ipv4GatewayIdAndRouteTableId "
        "ResourceNotFound.GatewayLoadBalancerEndpoint:404 UnsupportedFeature.VpcAdvancedFeature"
    ),
    "vpc:DeleteRouteEntry": f"{_ENTRY} Forbbiden InvalidRouteEntry.NotFound:404",
    "vpc:ModifyRouteEntry": (
        "TaskConflict InvalidRouteEntryId.NotFound:404 InvalidRouteEntryName.Malformed "
        "OperationDenied.ModifyManagedRouteEntry"
    ),
    "vpc:DescribeRouteEntryList": "InvalidRouteTable.NotFound:404",
    "vpc:ListGatewayRouteTableEntries": (
        "ResourceNotFound.GatewayRouteTable IllegalParam.NextToken"
    ),
    "vpc:UpdateGatewayRouteTableEntryAttribute": (
        "OperationDenied.UpdateGatewayRouteEntry OperationDenied.NextHopTypeNonsupport "
        "OperationDenied.LocalEntryCanOnlyModifyNextHop ExclusiveParam.NextHopTypeAndNextHopId "
        "ResourceNotFound.RouteEntry ResourceNotFound.RouteTable ResourceNotFound.Instance "
        "ResourceNotFound.NetworkInterface IllegalParam.DestCidrBlock "
        "OperationUnsupported.OnlySupportNormalNetworkInterface IncorrectStatus.RouteEntry "
        "IncorrectStatus.Vswitch IncorrectStatus.NextHop"
    ),
    "vpc:CreateIpv4Gateway": (
        "OperationDenied.VpcExistIpv4Gateway OperationDenied.ExistDirectEip "
        "OperationDenied.DirectEipExist OperationDenied.NormalNatExist OperationDenied.VpnExist "
        "OperationDenied.SubnetRouteV1Exist UnsupportedRegion UnsupportedFeature.Ipv4Gateway "
        "Forbidden.OperateShareResource OperationFailed.VpcNotExist IncorrectStatus.Vpc "
        "OperationConflict IncorrectStatus LastTokenProcessing SystemBusy "
        "OperationFailed.GetNfvServiceList"
    ),
    "vpc:EnableVpcIpv4Gateway": (
        "OperationFailed.Ipv4GatewayAlreadyActive. OperationDenied.VpcHasAlreadyActive "
        "OperationDenied.ConflictOfAllZeroRouting VPC_ROUTE_ENTRY_CIDR_BLOCK_DUPLICATE "
        "OperationDenied.VpnExist OperationDenied.NatgatewayExist OperationDenied.DirectEipExist "
        "IncorrectStatus IncorrectStatus.Ipv4Gateway OperationConflict LastTokenProcessing "
        "OperationFailed.LastTokenProcessing SystemBusy"
    ),
    "vpc:GetIpv4GatewayAttribute": "ResourceNotFound.Ipv4Gateway",
    "vpc:DeleteIpv4Gateway": (
        "IncorrectStatus.Ipv4Gateway IncorrectStatus OperationConflict SystemBusy "
        "LastTokenProcessing ResourceNotFound.Ipv4Gateway"
    ),
    "vpc:AllocateEipAddress": (
        "OperationConflict LastTokenProcessing IncorrectStatus SystemBusy FrequentPurchase.EIP"
    ),
    "vpc:AssociateEipAddress": (
        f"{_EIP_BUSY} InvalidAssociation.Duplicated BIND_INSTANCE_HAVE_PORTMAP_OR_BIND_EIP "
        "EIP_CAN_NOT_ASSOCIATE_WITH_PUBLIC_IP InvalidAllocationId.NotFound:404 "
        "InvalidInstanId.NotFound:404 OperationDenied.Ipv4GatewayExist "
        "OperationDenied.VpcIpv4GatewayEnabled:404 Forbidden.InstanceBandwidthNotZero "
        "OperationFailed.Ipv4GatewayNotOpenedInVpc OperationFailed.Ipv4GatewayNotActivatedInVpc"
    ),
    "vpc:UnassociateEipAddress": (
        f"{_EIP_BUSY} InvalidIpStatus.HasBeenUsedBySnatTable "
        "InvalidIpStatus.HasBeenUsedByForwardEntry InvalidStatus.NotAllow "
        "InvalidStatus.SnatOrDnat"
    ),
    "vpc:ReleaseEipAddress": (
        "IncorrectEipStatus TaskConflict.AssociateGlobalAccelerationInstance "
        "Forbidden.ChargeTypeIsPrepaid InvalidOperation.DeletionProtection "
        "InvalidAllocationId.NotFound:404"
    ),
    "vpc:CreateNatGateway": (
        "TaskConflict VswitchStatusError IncorrectStatus.VSWITCH OperationConflict"
    ),
    "vpc:DeleteNatGateway": (
        "DependencyViolation.EIPS DependencyViolation.BandwidthPackages "
        "InvalidNatGatewayId.NotFound:404 INSTANCE_NOT_EXISTS"
    ),
    "vpc:CreateSnatEntry": (
        "EIP_NOT_IN_GATEWAY OperationUnsupported.EipNatBWPCheck "
        "OperationUnsupported.EipInBinding OperationUnsupported.EipNatGWCheck "
        "IncorrectStatus.NATGW"
    ),
    "gwlb:CreateLoadBalancer": (
        "Mismatch.VpcId Mismatch.ZoneIdAndVswitchId InvalidZones OperationFailed.DuplicateZones. "
        "ResourceNotEnough.VSwitchIp OperationFailed.UnpaidBill "
        "OperationDenied.ServiceLinkedRoleNotExist IdempotenceSignatureMismatch "
        "Forbidden.NoPermission:403 UnauthorizedZone:403 UnauthorizedRegion:403 SystemBusy "
        "ResourceNotFound.vpc:404 ResourceNotFound.vswitch:404"
    ),
    "gwlb:DeleteLoadBalancer": (
        "ResourceNotFound.LoadBalancer:404 SystemBusy Conflict.Lock "
        "ResourceInConfiguring.loadbalancer ResourceInCreating.loadbalancer "
        "IncorrectStatus.LoadBalancer"
    ),
    "gwlb:CreateListener": (
        f"{_GROUP} ResourceNotFound.LoadBalancer:404 Mismatch.VpcId DuplicatedParam.listener"
    ),
    "gwlb:DeleteListener": "ResourceNotFound.Listener:404 SystemBusy IncorrectStatus.Listener",
    "gwlb:AddServersToServerGroup": (
        f"{_GROUP} DuplicatedParam.Server Mismatch.ServerType ResourceNotFound.BackendServer:404 "
        "ResourceNotFound.Ecs:404 ResourceNotFound.Eni:404"
    ),
    "gwlb:RemoveServersFromServerGroup": _GROUP,
    "gwlb:DeleteServerGroup": f"{_GROUP} ResourceInUse.ServerGroup",
    "privatelink:CreateVpcEndpointService": (
        f"{_LINK_BUSY} NeedOpenProduct EndpointServicePayerForbidden EndpointServiceExist "
        "QuotaMisMatched EndpointServiceResourceTypeNotSupport Mismatch.ResourceType"
    ),
    "privatelink:DeleteVpcEndpointService": (
        f"{_LINK_BUSY} EndpointServiceConnectionDependence EndpointServiceDependenceViolation "
        "DeleteFailedDueToEndpointExist EndpointServiceNotFound"
    ),
    "privatelink:AttachResourceToVpcEndpointService": (
        f"{_LINK_BUSY} EndpointServiceResourceExist EndpointServiceResourceTypeNotEqual "
        "LoadBalancerNotFound LoadBalancerNotSupportPrivateLink EndpointServiceNotFound "
        "IncorrectStatus.VpcEndpointService"
    ),
    "privatelink:DetachResourceFromVpcEndpointService": (
        f"{_LINK_BUSY} EndpointServiceResourceNotFound EndpointServiceConnectionDependence "
        "EndpointServiceResourceCannotRemove"
    ),
    "privatelink:CreateVpcEndpoint": (
        f"{_LINK_BUSY} EndpointExist EndpointDuplicated EndpointServiceNotAuthorized "
        "EndpointServiceNotFound EndpointServiceDeleted EndpointMustContainSecurityGroup "
        "CheckServiceLinkRoleError Mismatch.EndpointType VpcNotFound "
        "QuotaExceeded.totalEpPerVpc QuotaExceeded.totalIdleEndpoint "
        "QuotaExceeded.epZonePerEndpoint QuotaExceeded.IpQuotaPerEp"
    ),
    "privatelink:AddZoneToVpcEndpoint": (
        f"{_LINK_BUSY} EndpointNotFound EndpointZoneDuplicated EndpointServiceNotSupportedZone "
        "VSwitchNotFound VSwitchStatusNotAllowed ResourceNotEnough.VSwitchIp EniIpUnavailable"
    ),
    "privatelink:RemoveZoneFromVpcEndpoint": (
        f"{_LINK_BUSY} EndpointNotFound EndpointZoneNotFound"
    ),
    "privatelink:DeleteVpcEndpoint": (
        f"{_LINK_BUSY} EndpointNotFound EndpointDependenceViolation EndpointProtected"
    ),
    "privatelink:EnableVpcEndpointConnection": (
        f"{_LINK_BUSY} EndpointConnectionNotFound OperationDenied.NoAvailableServiceResource"
    ),
    "privatelink:AttachSecurityGroupToVpcEndpoint": "SecurityGroupExist",
    "privatelink:OpenPrivateLinkService": (
        "OrderOpend AccountTypeRestricted InvalidAccountStatus.NotEnoughBalance"
    ),
    "ecs:RunInstances": "IncorrectVSwitchStatus OperationConflict LastTokenProcessing",
    "ecs:StartInstance": (
        "IncorrectInstanceStatus:403 InvalidOperation.Conflict OperationConflict "
        "InvalidInstanceId.NotFound:404"
    ),
    "ecs:StopInstance": "IncorrectInstanceStatus:403 InvalidOperation.Conflict OperationConflict",
    "ecs:DeleteInstance": (
        "IncorrectInstanceStatus:403 IncorrectInstanceStatus.Initializing:403 "
        "DependencyViolation.RouteEntry LastTokenProcessing InvalidInstanceId.NotFound:404 "
        "Forbidden.InstanceNotFound:403"
    ),
    "ecs:DeleteSecurityGroup": "DependencyViolation:403",
    "ecs:DescribeSecurityGroupAttribute": "InvalidSecurityGroupId.NotFound:404",
    "ecs:DescribeCloudAssistantStatus": "InvalidInstanceIds.NotFound:404",
    "ecs:DescribeNetworkInterfaces": "InvalidEniId.NotFound:404",
}
"""By action, the codes that its sources name; an HTTP status other than 400 after a colon."""


def _rows() -> Iterator[tuple[str, str, int]]:
    for call, codes in CODES.items():
        for each in codes.split():
            code, _, status = each.partition(":")
            yield call, code, int(status or 400)
    for each in EVERYWHERE.split():
        code, _, status = each.partition(":")
        yield "vpc:DescribeVpcs", code, int(status or 400)


def _asserted_elsewhere() -> str:
    here = Path(__file__)
    others = [path for path in here.parents[1].rglob("test_*.py") if path != here]
    return "".join(path.read_text(encoding="utf-8") for path in others)


_ELSEWHERE = _asserted_elsewhere()
BY_STATE = sorted({row for row in _rows() if f'"{row[1]}"' in _ELSEWHERE})
BY_FAULT = sorted(set(_rows()) - set(BY_STATE))


@pytest.fixture(scope="module")
def one() -> Iterator[Cloud]:
    """One cloud for all: faults leave nothing behind."""
    clock = TurnedClock()
    simulator = Simulator(clock=clock)
    with Server(simulator) as server:
        yield Cloud(simulator, clock, server.url)
    simulator.close()


def test_table_of_error_codes_names_simulated_actions_only() -> None:
    load_services()
    assert {tuple(call.split(":")) for call in CODES} <= implemented()


def test_most_error_codes_follow_from_the_state() -> None:
    """This table is for the rest: a code moves out of it when a state can bring it about."""
    assert len({code for _, code, _ in BY_STATE}) > len({code for _, code, _ in BY_FAULT})


def _call(cloud: Cloud, product: str, action: str) -> dict[str, Any]:
    """Any call of an action, through the vendor's generic client."""
    client = Client(cloud.config())
    params = Params(
        action=action,
        version=versions()[product],
        protocol="HTTP",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    request = OpenApiRequest(query=Utils.query({"RegionId": "cn-wulanchabu"}))
    reply: dict[str, Any] = client.call_api(params, request, RuntimeOptions())
    return reply


@pytest.mark.parametrize(("call", "code", "status"), BY_FAULT)
def test_other_error_codes_are_injected_by_a_fault_rule(
    one: Cloud, call: str, code: str, status: int
) -> None:
    product, action = call.split(":")
    one.simulator.faults.clear()
    one.simulator.faults.add(Rule("error", match=call, code=code, status=status, first=1))
    before = one.simulator.export()
    with pytest.raises(AlibabaCloudException) as caught:
        _call(one, product, action)
    assert (caught.value.code, caught.value.status_code) == (code, status)
    assert caught.value.request_id
    assert one.simulator.export() == before
    query = urlencode({"Action": action, "Version": versions()[product]})
    assert code.encode() not in one.simulator.handle(HttpRequest("POST", query)).body


def test_error_codes_from_the_state_are_in_the_simulators_source() -> None:
    """Each code that a test asserts is spelled in the source, or built by one of its forms."""
    folder = Path(__file__).parents[3] / "src" / "gwlbfw" / "sim"
    source = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    built = re.compile(
        r"^(?:Invalid\w+\.Malformed|IllegalParam\.\w+|(?:ResourceNotFound|IncorrectStatus)\.\w+|"
        r"Throttling\.\w+)$"
    )
    unknown = {code for _, code, _ in BY_STATE if code not in source and not built.match(code)}
    assert unknown == set()
