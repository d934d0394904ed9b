import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gwlbfw.cloud.call import Json
from gwlbfw.cloud.sdk import AccountAccess, CredentialSettings, Keys, SdkTransport
from gwlbfw.cloud.sdk.transport import untyped_host
from gwlbfw.cloud.transport import BoundCall
from gwlbfw.errors import TransportError

from .server import Answer, Server

REGION = "cn-wulanchabu"


def call(product: str, action: str, **params: Json) -> BoundCall:
    return BoundCall(product, action, params, "", REGION)


def test_a_call_arrives_with_nested_parameters_flattened(server: Server) -> None:
    tags: Json = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]
    SdkTransport(REGION, server.url).send(
        call("vpc", "CreateVpc", CidrBlock="10.0.0.0/16", DryRun=False, Tag=tags)
    )
    (request,) = server.requests
    assert (request.action, request.version) == ("CreateVpc", "2016-04-28")
    assert request.query == {
        "CidrBlock": "10.0.0.0/16", "DryRun": "False", "RegionId": REGION,
        "Tag.1.Key": "a", "Tag.1.Value": "1", "Tag.2.Key": "b", "Tag.2.Value": "",
    }  # fmt: skip


def test_objects_within_objects_arrive_too(server: Server) -> None:
    health: Json = {"HealthCheckEnabled": True, "HealthCheckHttpCode": ["http_2xx", "http_3xx"]}
    SdkTransport(REGION, server.url).send(
        call("gwlb", "CreateServerGroup", VpcId="vpc-1", HealthCheckConfig=health)
    )
    assert server.requests[0].form == {
        "VpcId": "vpc-1",
        "HealthCheckConfig.HealthCheckEnabled": "True",
        "HealthCheckConfig.HealthCheckHttpCode.1": "http_2xx",
        "HealthCheckConfig.HealthCheckHttpCode.2": "http_3xx",
    }


def test_every_call_has_its_region_even_where_the_models_have_none(server: Server) -> None:
    SdkTransport(REGION, server.url).send(call("gwlb", "ListLoadBalancers"))
    assert server.requests[0].query["RegionId"] == REGION


def test_the_region_of_the_call_counts_before_that_of_the_transport(server: Server) -> None:
    transport = SdkTransport(REGION, server.url)
    transport.send(BoundCall("gwlb", "ListLoadBalancers", {}, "", "cn-beijing"))
    transport.send(BoundCall("gwlb", "ListLoadBalancers"))
    assert [each.query["RegionId"] for each in server.requests] == ["cn-beijing", REGION]


def test_the_reply_is_the_modelled_body_with_its_request_id(server: Server) -> None:
    server.on("CreateVSwitch", Answer({"VSwitchId": "vsw-1", "RequestId": "R-7"}))
    reply = SdkTransport(REGION, server.url).send(
        call("vpc", "CreateVSwitch", VpcId="vpc-1", ZoneId="z", CidrBlock="10.0.0.0/24")
    )
    assert reply.request_id == "R-7"
    assert reply.body == {"VSwitchId": "vsw-1", "RequestId": "R-7"}


def test_an_action_without_a_request_model_is_sent(server: Server) -> None:
    SdkTransport(REGION, server.url).send(call("privatelink", "CheckProductOpen"))
    assert server.actions == ["CheckProductOpen"]


def test_a_product_without_a_typed_client_is_called_by_its_version(server: Server) -> None:
    ids = call("slb", "DescribeLoadBalancers", LoadBalancerId="lb-1,lb-2")
    assert SdkTransport(REGION, server.url).send(ids).request_id == "REQ-1"
    (request,) = server.requests
    assert (request.action, request.version) == ("DescribeLoadBalancers", "2014-05-15")
    assert request.query == {"LoadBalancerId": "lb-1,lb-2", "RegionId": REGION}


@pytest.mark.parametrize(
    ("product", "region", "host"),
    [
        ("slb", REGION, "slb.cn-wulanchabu.aliyuncs.com"),
        ("slb", "cn-hangzhou", "slb.aliyuncs.com"),
        ("sts", "cn-hangzhou", "sts.cn-hangzhou.aliyuncs.com"),
        ("resourcemanager", REGION, "resourcemanager.aliyuncs.com"),
    ],
)
def test_a_product_without_a_typed_client_is_at_its_regions_host(
    product: str, region: str, host: str
) -> None:
    assert untyped_host(product, region) == host


def test_an_unset_parameter_is_left_out(server: Server) -> None:
    SdkTransport(REGION, server.url).send(call("vpc", "DescribeVpcs", VpcId=None))
    assert server.requests[0].query == {"RegionId": REGION}


@pytest.mark.parametrize(
    ("sent", "lost"),
    [
        (call("vpc", "CreateVpc", Cidr="10.0.0.0/16"), "Cidr"),
        (call("vpc", "CreateVpc", Tag=[{"Key": "a"}, {"TagKey": "b"}]), r"Tag\.TagKey"),
        (
            call("gwlb", "CreateServerGroup", HealthCheckConfig={"Port": 22}),
            "HealthCheckConfig.Port",
        ),
        (call("privatelink", "CheckProductOpen", RegionId="r"), "RegionId"),
    ],
)
def test_a_parameter_that_the_models_would_drop_is_a_value_error(
    server: Server, sent: BoundCall, lost: str
) -> None:
    with pytest.raises(ValueError, match=f"does not take {lost}"):
        SdkTransport(REGION, server.url).send(sent)
    assert not server.requests


def test_a_reply_of_another_form_is_a_transport_error(server: Server) -> None:
    server.on("DescribeVpcs", Answer(["nonsense"]))
    with pytest.raises(TransportError, match="not the API's form"):
        SdkTransport(REGION, server.url).send(call("vpc", "DescribeVpcs"))


def test_the_user_agent_names_the_tool(server: Server) -> None:
    SdkTransport(REGION, server.url).send(call("vpc", "DescribeVpcs"))
    assert "gwlbfw/" in server.requests[0].headers["user-agent"]


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy"])
def test_a_loopback_endpoint_bypasses_the_proxy(
    server: Server, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    reply = SdkTransport(REGION, server.url).send(call("vpc", "DescribeVpcs"))
    assert reply.request_id == "REQ-1"


def test_a_role_at_a_loopback_endpoint_is_assumed_past_the_proxy(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    session = {"AccessKeyId": "S", "AccessKeySecret": "s", "SecurityToken": "t"}
    server.on(
        "AssumeRole", Answer({"Credentials": {**session, "Expiration": "2099-01-01T00:00:00Z"}})
    )
    accounts = {"other": AccountAccess(role_arn="acs:ram::1:role/r")}
    transport = SdkTransport(REGION, server.url, CredentialSettings(accounts=accounts))
    transport.send(BoundCall("vpc", "DescribeVpcs", {}, "other", REGION))
    assert server.actions == ["AssumeRole", "DescribeVpcs"]


def test_the_process_environment_stays_as_it_is(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    before = dict(os.environ)
    SdkTransport(REGION, server.url).send(call("vpc", "DescribeVpcs"))
    assert dict(os.environ) == before


def test_every_other_host_is_reached_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    transport = SdkTransport(REGION, "http://192.0.2.1:80", CredentialSettings(keys=Keys("k", "s")))
    with pytest.raises(TransportError, match="proxy") as caught:
        transport.send(call("vpc", "DescribeVpcs"))
    assert not caught.value.sent


def test_many_threads_share_the_clients(server: Server) -> None:
    server.on("DescribeVpcAttribute", lambda request: Answer({"VpcId": request.query["VpcId"]}))
    transport = SdkTransport(REGION, server.url)
    start = threading.Barrier(8)

    def read(number: int) -> bool:
        if number < 8:
            start.wait()
        reply = transport.send(call("vpc", "DescribeVpcAttribute", VpcId=f"vpc-{number}"))
        return reply.body["VpcId"] == f"vpc-{number}"

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(64)))
