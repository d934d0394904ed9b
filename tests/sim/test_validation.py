"""The specification judges every request of every action that is carried out."""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from gwlbfw.openapi import Action, Parameter, catalogue
from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.errors import MISSING_PARAMETER, ApiError, invalid_parameter_code
from gwlbfw.sim.services.registry import implemented, load_services
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.validation import RequestValidator
from gwlbfw.sim.wire import HttpRequest

load_services()
ACTIONS = sorted(implemented() & catalogue().keys())
_SHAPES = {"Integer": "1", "Long": "1", "Float": "1.5", "Boolean": "true"}


def _good(parameter: Parameter) -> Any:
    """A value that is valid."""
    if parameter.type == "Struct":
        return _required(parameter.fields)
    if parameter.type in ("RepeatList", "Array"):
        return [_required(parameter.fields) if parameter.fields else "a"]
    if parameter.values:
        return parameter.values[0]
    if parameter.minimum is not None:
        return str(parameter.minimum)
    return _SHAPES.get(parameter.type, "abcdefgh")


def _required(parameters: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, each in parameters.items():
        if each.required and name != "RegionId":
            *path, last = name.split(".")
            place = found
            for part in path:
                place = place.setdefault(part, {})
            place[last] = _good(each)
    return found or {"Unknown": "a"}


def _bad(parameter: Parameter) -> Iterator[Any]:
    """Values that the specification can say something against."""
    if parameter.type in ("Integer", "Long", "Float", "Boolean"):
        yield "many"
    yield from _bad_texts(parameter)
    if parameter.max_items is not None:
        yield [_good(parameter)[0]] * (parameter.max_items + 1)
    if parameter.type == "Struct" or parameter.fields:
        yield "plain"
    elif parameter.type not in ("RepeatList", "Array"):
        yield ["a", "b"]


def _bad_texts(parameter: Parameter) -> Iterator[str]:
    if parameter.values:
        yield "no-such-value"
    if parameter.minimum is not None:
        yield str(parameter.minimum - 1)
    if parameter.maximum is not None:
        yield str(parameter.maximum + 1)
    if parameter.max_length is not None:
        yield "a" * (parameter.max_length + 1)
    if (parameter.min_length or 0) > 1:
        yield "a"
    if parameter.pattern:
        yield from (
            each for each in ("http://a-name", "1-name") if not re.match(parameter.pattern, each)
        )


def _nested(name: str, value: Any) -> dict[str, Any]:
    head, _, rest = name.partition(".")
    if not rest:
        return {head: value}
    inner = _nested(rest, value)
    return {head: list(inner.values()) if next(iter(inner)).isdecimal() else inner}


def _code(action: Action, values: dict[str, Any]) -> str:
    try:
        RequestValidator(action).validate(values)
    except ApiError as refusal:
        return refusal.code
    return ""


def _judged(action: Action) -> list[Parameter]:
    """The parameters that are judged by the specification alone.

    Tags have codes of their own, and of an object what it has to have is asked for first.
    """
    reads = action.name.startswith(("Describe", "Get", "List", "Check"))
    every = action.parameters.values()
    asked = {each.name.partition(".")[0] for each in every if each.required and "." in each.name}
    return [
        each
        for each in every
        if (reads or each.name != "Tag") and (each.required or each.name.split(".")[0] not in asked)
    ]


@pytest.mark.parametrize(("product", "name"), ACTIONS)
def test_missing_parameter_is_named(product: str, name: str) -> None:
    action = catalogue()[product, name]
    needed = [each for each in action.parameters.values() if each.required and "." not in each.name]
    for parameter in needed:
        if parameter.name != "RegionId":
            values = _required(action.parameters)
            del values[parameter.name]
            assert _code(action, values) == MISSING_PARAMETER[product].format(parameter.name)


@pytest.mark.parametrize(("product", "name"), ACTIONS)
def test_parameter_of_wrong_type_shape_or_value_is_named(product: str, name: str) -> None:
    action = catalogue()[product, name]
    assert _code(action, _required(action.parameters)) == ""
    for parameter in _judged(action):
        for bad in _bad(parameter):
            code = _code(action, {**_required(action.parameters), **_nested(parameter.name, bad)})
            expected, _ = invalid_parameter_code(
                product, name, re.sub(r"\.\d+", ".1", parameter.name)
            )
            assert code.startswith(expected), (parameter.name, str(bad)[:40])


@pytest.mark.parametrize(("product", "name"), ACTIONS)
def test_parameters_in_lists_and_objects_are_validated(product: str, name: str) -> None:
    action = catalogue()[product, name]
    for parameter in _judged(action):
        for field in parameter.fields.values():
            for bad in _bad(field):
                inner = {**_required(parameter.fields), field.name: bad}
                listed = parameter.type != "Struct"
                values = {
                    **_required(action.parameters),
                    parameter.name: [inner] if listed else inner,
                }
                place = f"{parameter.name}.{'1.' if listed else ''}{field.name}"
                expected, _ = invalid_parameter_code(product, name, place)
                assert _code(action, values).startswith(expected), (place, str(bad)[:40])


def _call(simulator: Simulator, action: str, version: str, **flat: str) -> tuple[int, Any]:
    query = urlencode({"Action": action, "Version": version, **flat})
    reply = simulator.handle(HttpRequest("POST", query))
    return reply.status, json.loads(reply.body)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", ["Nonsense", "Tag.1.Nonsense"])
def test_unknown_parameter_is_logged_and_refused_if_strict(
    name: str, caplog: pytest.LogCaptureFixture, *, strict: bool
) -> None:
    simulator = Simulator(settings=Settings(strict=strict), clock=TurnedClock())
    flat = {"CidrBlock": "10.0.0.0/8", "Tag.1.Key": "a", name: "b"}
    with caplog.at_level(logging.WARNING):
        status, body = _call(simulator, "CreateVpc", "2016-04-28", **flat)
    assert (status, body.get("Code", "")) == ((400, "UnknownParameter") if strict else (200, ""))
    assert (name in body.get("Message", "")) is strict
    assert (name in caplog.text) is not strict
    simulator.close()


def test_common_parameters_are_accepted_if_strict() -> None:
    simulator = Simulator(settings=Settings(strict=True))
    flat = {"RegionId": "cn-hangzhou", "OwnerId": "1", "ResourceOwnerAccount": "a"}
    assert _call(simulator, "ListLoadBalancers", "2024-04-15", **flat)[0] == 200
    simulator.close()


@pytest.mark.parametrize(
    ("action", "version", "flat"),
    [
        ("AttachResourceToVpcEndpointService", "2020-04-15", {"ResourceType": "gwlb"}),
        ("CreateVpcEndpointService", "2020-04-15", {"ServiceResourceType": "gwlb"}),
        ("ListVpcEndpoints", "2020-04-15", {"EndpointType": "GatewayLoadBalancer"}),
        ("CreateRouteEntry", "2016-04-28", {"NextHopType": "GatewayLoadBalancerEndpoint"}),
        (
            "UpdateGatewayRouteTableEntryAttribute",
            "2016-04-28",
            {"NextHopType": "GatewayLoadBalancerEndpoint"},
        ),
        ("TagResources", "2016-04-28", {"ResourceType": "IPV4GATEWAY"}),
        ("TagResources", "2020-04-15", {"ResourceType": "VpcEndpoint"}),
        (
            "DescribeRouteEntryList",
            "2016-04-28",
            {"NextHopType": "GatewayLoadBalancerEndpoint", "IpVersion": "ipv4"},
        ),
    ],
)
def test_corrected_values_are_accepted(action: str, version: str, flat: dict[str, str]) -> None:
    (found,) = [
        each for each in catalogue().values() if (each.name, each.version) == (action, version)
    ]
    assert _code(found, {**_required(found.parameters), **flat}) == ""
