import json

import pytest

from gwlbfw.cloud.advice import ADVICE
from gwlbfw.cloud.error_codes import TABLE, classify, cloud_error
from gwlbfw.errors import Busy, CloudError, Denied, Exists, Missing, Rejected, Throttled


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("Throttling", Throttled),
        ("Throttling.User", Throttled),
        ("Rejected.Throttling", Throttled),
        ("QPS Limit Exceeded", Throttled),
        ("TaskConflict", Busy),
        ("OperationConflict", Busy),
        ("LastTokenProcessing", Busy),
        ("OperationFailed.LastTokenProcessing", Busy),
        ("OperationFailed.IdempotentTokenProcessing", Busy),
        ("IncorrectStatus", Busy),
        ("IncorrectStatus.cbnStatus", Busy),
        ("DeleteVSwitch.IncorrectStatus.cbnStatus", Busy),
        ("OperationFailed.DistibuteLock", Busy),
        ("DependencyViolation", Busy),
        ("DependencyViolation.RouteEntry", Busy),
        ("ConcurrentCallNotSupported", Busy),
        ("EndpointLocked", Busy),
        ("OperationDenied.Ipv4GatewayNotActive", Busy),
        ("incorrectstatus.servergroup", Busy),
        ("IncorrectInstanceStatus.Initializing", Busy),
        ("Forbbiden", Busy),
        ("InvalidVpcId.NotFound", Missing),
        ("InvalidVswitchID.NotFound", Missing),
        ("ResourceNotFound.Ipv4Gateway", Missing),
        ("EndpointNotFound", Missing),
        ("EndpointServiceResourceNotFound", Missing),
        ("Forbidden.VpcNotFound", Missing),
        ("OperationFailed.NotExistAssociateRelation", Missing),
        ("InvalidSecurityGroupRule.RuleNotExist", Missing),
        ("RouteConflict.AlreadyExist", Exists),
        ("OperationFailed.Ipv4GatewayAlreadyActive.", Exists),
        ("ResourceAlreadyAssociated.Ipv4Gateway", Exists),
        ("EndpointZoneDuplicated", Exists),
        ("OrderOpend", Exists),
        ("Forbidden.RAM", Denied),
        ("NoPermission", Denied),
        ("SignatureDoesNotMatch", Denied),
        ("QuotaExceeded.RouteTable", Rejected),
        ("MissingParam.VpcId", Rejected),
        ("DryRunOperation", Rejected),
    ],
)
def test_a_code_has_its_meaning_whatever_the_status(code: str, kind: type[CloudError]) -> None:
    assert classify(code, 400) is kind
    assert classify(code.upper(), 400) is kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("InvalidAccessKeyId.NotFound", Denied),
        ("InvalidApi.NotFound", Rejected),
        ("InvalidRegionId.NotFound", Rejected),
        ("OperationDenied.VpcIpv4GatewayEnabled", Rejected),
        ("IncorrectStatus.VpcEndpointService", Rejected),
        ("Forbidden.ChargeTypeIsPrepaid", Rejected),
        ("DependencyViolation.EnhancedNatgw", Rejected),
        ("DependencyViolation.SnatEntry", Rejected),
        ("DependencyViolation.RouterInterface", Rejected),
        ("PaymentMethodNotFound", Rejected),
        ("DependencyViolation.IoOptimized", Rejected),
        ("InvalidUser.PassRoleForbidden", Denied),
    ],
)
def test_a_code_that_only_looks_like_another_meaning_keeps_its_own(
    code: str, kind: type[CloudError]
) -> None:
    for status in (400, 403, 404):
        assert classify(code, status) is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Rejected),
        (401, Denied),
        (403, Rejected),
        (404, Rejected),
        (429, Throttled),
        (500, Busy),
        (503, Busy),
    ],
)
def test_an_unknown_code_is_judged_by_its_status(status: int, kind: type[CloudError]) -> None:
    assert classify("NeverHeardOf", status) is kind


@pytest.mark.parametrize("code", ["EntityNotExist.Role", "InvalidRole.NotFound"])
def test_a_role_that_is_gone_is_no_missing_resource(code: str) -> None:
    assert type(cloud_error("sts:AssumeRole", code, "m", status=404)) is Rejected


def test_every_rule_names_its_source_and_no_pattern_stands_twice() -> None:
    codes = [code.lower() for rule in TABLE for code in rule.codes.split()]
    assert all(rule.source for rule in TABLE)
    assert sorted(set(codes)) == sorted(codes)


def hint(action: str, code: str, status: int = 400) -> str:
    return cloud_error(action, code, "m", "r", status=status).hint or ""


def test_a_missing_permission_comes_with_the_policy_statement_that_gives_it() -> None:
    text = hint("vpc:CreateVpc", "Forbidden.RAM", 403)
    statement = json.loads(text[text.index("{") :])
    assert statement == {"Effect": "Allow", "Action": "vpc:CreateVpc", "Resource": "*"}


@pytest.mark.parametrize("code", ["InvalidCredentials", "UnauthorizedRegion"])
def test_a_refusal_without_a_missing_permission_has_no_policy_statement(code: str) -> None:
    assert "RAM permission" not in hint("vpc:CreateVpc", code)


def test_an_exceeded_quota_is_named() -> None:
    assert "vpc_quota_route_tables_num" in hint("vpc:CreateRouteTable", "QuotaExceeded.RouteTable")
    assert "(1)" in hint("vpc:CreateRouteTable", "QuotaExceeded.GatewayRouteTable")
    assert "vpc_quota_route_entrys_num" in hint("vpc:CreateRouteEntry", "QuotaExceeded")
    assert "epZonePerEndpoint" in hint(
        "privatelink:AddZoneToVpcEndpoint", "QuotaExceeded.epZonePerEndpoint"
    )


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("InvalidAccessKeyId.NotFound", "AccessKey"),
        ("SignatureDoesNotMatch", "secret"),
        ("InvalidTimeStamp.Expired", "clock"),
        ("OperationDenied.NextHopTypeNonsupport", "console"),
        ("NeedOpenProduct", "PrivateLink"),
        ("InsufficientBalance", "top it up"),
        ("InvalidAccountStatus.NotEnoughBalance", "top it up"),
        ("Account.Arrearage", "top it up"),
        ("InvalidPayMethod", "payment method"),
        ("PaymentMethodNotFound", "payment method"),
        ("OperationDenied.NoStock", "another zone"),
        ("Zone.NotOnSale", "another zone"),
        ("InvalidResourceType.NotSupported", "another instance type"),
        ("InvalidInstanceType.NotSupportDiskCategory", "another instance type"),
        ("InvalidInstanceType.ZoneNotSupported", "another instance type"),
        ("Zone.NotOpen", "may not buy there"),
        ("CategoryNotSupported", "category or size"),
        ("InvalidSystemDiskSize.MoreThanMaxSize", "category or size"),
        ("InvalidOperation.DeletionProtection", "protection off"),
        ("QuotaExceed.ElasticQuota", "Quota Center"),
        ("QuotaExceeded.RouteTable", "Quota Center"),
        ("SecurityGroupInstanceLimitExceed", "Quota Center"),
        ("InvalidVSwitchId.IpNotEnough", "larger CIDR block"),
    ],
)
def test_a_final_refusal_comes_with_advice_whatever_its_status(code: str, word: str) -> None:
    for status in (400, 403):
        said = hint("ecs:RunInstances", code, status)
        assert word in said
        assert "RAM" not in said


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_code_that_no_table_has_is_shown_without_advice(status: int) -> None:
    assert hint("ecs:RunInstances", "OperationDenied.NeverHeardOf", status) == ""


def test_a_role_that_may_not_be_passed_on_names_that_permission() -> None:
    assert '"ram:PassRole"' in hint("ecs:RunInstances", "InvalidUser.PassRoleForbidden", 403)


def test_every_advice_names_its_source_and_no_code_stands_twice() -> None:
    codes = [code.lower() for each in ADVICE for code in each.codes.split()]
    assert all(each.source for each in ADVICE)
    assert sorted(set(codes)) == sorted(codes)


def test_a_temporary_refusal_comes_without_advice() -> None:
    assert cloud_error("vpc:CreateVpc", "TaskConflict", "m").hint is None


def test_the_advice_is_the_hint_of_the_diagnostic() -> None:
    (said,) = cloud_error("privatelink:CreateVpcEndpoint", "NeedOpenProduct", "m").diagnostics()
    assert said.hint
    assert "activate PrivateLink" in said.hint
