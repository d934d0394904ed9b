"""The wire format: how requests are taken apart, and what every reply is."""

import json
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpRequest, nest, read

VPC = "2016-04-28"


def _call(simulator: Simulator, http: HttpRequest) -> tuple[int, dict[str, Any]]:
    reply = simulator.handle(http)
    return reply.status, json.loads(reply.body)


def _simulator() -> Simulator:
    return Simulator(clock=TurnedClock())


def _by_header(action: str, version: str = VPC, **more: Any) -> HttpRequest:
    return HttpRequest("POST", headers={"x-acs-action": action, "x-acs-version": version}, **more)


def _xml(body: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(body)  # noqa: S314 - the simulator's own


def test_flat_parameter_names_become_lists_and_objects() -> None:
    flat = {"Tag.2.Key": "b", "Tag.1.Key": "a", "Tag.10.Key": "c", "Disk.Size": "40", "Id.1": "x"}
    assert nest(flat) == {
        "Tag": [{"Key": "a"}, {"Key": "b"}, {"Key": "c"}],
        "Disk": {"Size": "40"},
        "Id": ["x"],
    }


@pytest.mark.parametrize(
    "names", [("A", "A.1"), ("A.1", "A"), ("A.", "B"), (".A", "B"), ("A.1" * 99, "B")]
)
def test_contradicting_parameter_names_are_refused(names: tuple[str, str]) -> None:
    with pytest.raises(ApiError):
        nest(dict.fromkeys(names, "x"))


def test_parameters_are_read_from_query_and_form() -> None:
    form = b"CidrBlock=10.0.0.0%2F8&VpcName=a+b"
    message = read(_by_header("CreateVpc", query="RegionId=cn-hangzhou", body=form))
    assert message.parameters == {
        "RegionId": "cn-hangzhou",
        "CidrBlock": "10.0.0.0/8",
        "VpcName": "a b",
    }


def test_action_may_be_a_query_parameter_of_a_get() -> None:
    query = urlencode({"Action": "DescribeRegions", "Version": VPC, "Format": "JSON"})
    status, body = _call(_simulator(), HttpRequest("GET", query))
    assert status == 200
    assert body["Regions"]["Region"]


def test_signed_action_wins_over_an_unsigned_header() -> None:
    query = urlencode({"Action": "DescribeRegions", "Version": VPC, "Signature": "x"})
    headers = {"x-acs-action": "CreateVpc", "x-acs-version": VPC}
    assert read(HttpRequest("GET", query, headers)).action == "DescribeRegions"


def test_error_reply_has_five_fields() -> None:
    status, body = _call(_simulator(), _by_header("CreateTeapot"))
    assert (status, body["Code"]) == (404, "InvalidApi.NotFound")
    assert body.keys() == {"RequestId", "HostId", "Code", "Message", "Recommend"}


def test_replies_have_distinct_request_ids() -> None:
    simulator = _simulator()
    ids = [
        _call(simulator, _by_header(name))[1]["RequestId"]
        for name in ("DescribeRegions", "DescribeRegions", "Nothing")
    ]
    assert len(set(ids)) == 3


def test_action_of_another_version_is_not_found() -> None:
    status, body = _call(_simulator(), _by_header("CreateVpc", "2014-05-26"))
    assert (status, body["Code"]) == (404, "InvalidApi.NotFound")


def test_action_that_is_not_simulated_is_not_found() -> None:
    status, body = _call(_simulator(), _by_header("GrantInstanceToCen"))
    assert (status, body["Code"]) == (404, "InvalidApi.NotFound")
    assert "simulator" in body["Message"]


@pytest.mark.parametrize(
    ("version", "action", "parameters", "code"),
    [
        (VPC, "CreateIpv4Gateway", {}, "MissingVpcId"),
        ("2014-05-26", "RunCommand", {"Type": "RunShellScript"}, "MissingCommandContent"),
        ("2024-04-15", "CreateLoadBalancer", {}, "MissingParam.VpcId"),
        ("2020-04-15", "AddZoneToVpcEndpoint", {}, "MissingParam.EndpointId"),
        (VPC, "DescribeVpcs", {"PageSize": "many"}, "IllegalParam.PageSize"),
        (VPC, "DescribeVpcs", {"PageSize": "51"}, "IllegalParam.PageSize"),
        (VPC, "DescribeVpcs", {"DryRun": "maybe"}, "IllegalParam.DryRun"),
        (VPC, "CreateRouteEntries", {"RouteEntries.1.DstCidrBlock": "1.0.0.0/8"},
         "MissingRouteEntries.1.NextHop"),
    ],
)  # fmt: skip
def test_missing_or_malformed_parameter_has_the_products_code(
    version: str, action: str, parameters: dict[str, str], code: str
) -> None:
    request = _by_header(action, version, query=urlencode(parameters))
    status, body = _call(_simulator(), request)
    assert (status, body["Code"]) == (400, code)


@pytest.mark.parametrize("name", ["Tag.0.Key", "Tag.00.Key", "Tag.01.Key", "Tag.٣.Key"])
def test_index_that_is_none_is_refused(name: str) -> None:
    query = urlencode({"CidrBlock": "10.0.0.0/8", name: "x"})
    status, body = _call(_simulator(), _by_header("CreateVpc", query=query))
    assert (status, body["Code"]) == (400, "InvalidParameter")


def test_reply_is_xml_where_it_is_asked_for() -> None:
    simulator = _simulator()
    made = _by_header("CreateVpc", query="CidrBlock=10.0.0.0/8&VpcName=a%26b%01")
    simulator.handle(made)
    reply = simulator.handle(_by_header("DescribeVpcs", query="Format=XML"))
    assert reply.headers["Content-Type"] == "text/xml;charset=utf-8"
    root = _xml(reply.body)
    assert root.tag == "DescribeVpcsResponse"
    assert root.findtext("TotalCount") == "1"
    assert root.findtext("Vpcs/Vpc/VpcName") == "a&b"
    assert root.findtext("Vpcs/Vpc/IsDefault") == "false"
    refused = simulator.handle(_by_header("DeleteVpc", query="VpcId=vpc-none&Format=xml"))
    error = _xml(refused.body)
    assert (refused.status, error.tag) == (404, "Error")
    assert error.findtext("Code") == "InvalidVpcId.NotFound"
    assert {each.tag for each in error} >= {"RequestId", "HostId", "Message"}


def test_list_in_xml_is_its_element_repeated() -> None:
    reply = _simulator().handle(_by_header("DescribeRegions", query="Format=XML"))
    names = [each.text for each in _xml(reply.body).findall("Regions/Region/RegionId")]
    assert "cn-wulanchabu" in names


def test_unknown_parameter_is_logged_and_ignored(caplog: pytest.LogCaptureFixture) -> None:
    status, _ = _call(_simulator(), _by_header("DescribeVpcs", query="Colour=blue"))
    assert status == 200
    assert "no parameter Colour" in caplog.text


@pytest.mark.parametrize("text", ["True", "true", "TRUE"])
def test_booleans_are_accepted_in_any_case(text: str) -> None:
    query = urlencode({"CidrBlock": "10.0.0.0/8", "DryRun": text})
    status, body = _call(_simulator(), _by_header("CreateVpc", query=query))
    assert (status, body["Code"]) == (400, "DryRunOperation")
