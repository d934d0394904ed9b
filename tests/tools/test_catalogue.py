"""Rules from descriptions of parameters, and corrections by other sources."""

from fnmatch import fnmatchcase
from typing import Any

import pytest

from gwlbfw.openapi import Parameter, catalogue, reply_shape, sdk_versions
from gwlbfw.openapi.overrides import OVERRIDES, Override
from tools.catalogue import OWNERS
from tools.descriptions import rules_of
from tools.sdk_models import PACKAGES, installed_version, request_fields
from tools.sdk_models import reply_shape as shape_of_model

BULLETS = "The type. Valid values:\n\n*   **Instance** (default): a.\n*   **Ip**: b."


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("String", BULLETS, {"values": ["Instance", "Ip"]}),
        ("String", "Valid value:\n\n*   **GENEVE** (default)", {"values": ["GENEVE"]}),
        ("String", "Valid values:\n\n- x86\\_64: a\n- arm64", {"values": ["x86_64", "arm64"]}),
        ("String", "The case-insensitive name. Valid values:\n\n*   TCP\n*   UDP", {}),
        ("String", "Valid values if Unit is Month:\n\n*   a\n*   b", {}),
        ("String", "Valid values:\n\n*   If the type is A, anything.\n*   b", {}),
        ("String", f"{BULLETS}\n\nValid values:\n\n*   c", {}),
        ("Boolean", "Valid values:\n\n*   **true**\n*   **false**", {}),
        ("String", "Valid values:\n\n*   **true**\n*   **false**", {}),
        ("Integer", "Valid values: **60** to **6000**.", {"minimum": 60, "maximum": 6000}),
        ("Integer", "Valid values: 1 to 1,000.", {"minimum": 1, "maximum": 1000}),
        ("Integer", "Valid values when A: 1 to 2.\n\nValid values: 1 to 3.", {}),
        ("Integer", "Maximum value: 100.\n\nDefault value: 10.", {"maximum": 100}),
        ("String", "It must be 2 to 8 characters in length.", {"min_length": 2, "max_length": 8}),
        ("String", "It must be 2 to 15 characters or is 2 to 64 characters.", {}),
        ("String", "It cannot exceed 64 characters in length.", {"max_length": 64}),
        (
            "String",
            ("It must be 2 to 9 characters in length, must start with a letter, cannot start with "
            "`http://` or `https://`."),
            {"min_length": 2, "max_length": 9, "pattern": r"(?!https?://)[^\W\d_]"},
        ),
        ("Array", "You can specify at most 20 tags in each call.", {"max_items": 20}),
        ("RepeatList", "You can specify 1 to 100 instances.", {"max_items": 100}),
        ("RepeatList", "Up to 20 tags, or up to 50 resources.", {}),
        ("String", "The ID of the VPC.", {}),
    ],
)  # fmt: skip
def test_description_gives_rules_only_if_unambiguous(
    kind: str, text: str, found: dict[str, Any]
) -> None:
    assert rules_of(kind, text) == found


@pytest.mark.parametrize("override", OVERRIDES, ids=lambda each: f"{each.action}.{each.parameter}")
def test_correction_names_its_source_and_corrects_a_parameter(override: Override) -> None:
    assert override.source
    concerned = [
        each
        for (product, name), each in catalogue().items()
        if product == override.product and fnmatchcase(name, override.action)
    ]
    found = [_at(each.parameters, override.parameter) for each in concerned]
    assert any(found)
    for parameter in filter(None, found):
        assert set(override.extra_values) <= set(parameter.values)
        for rule, value in override.rules.items():
            assert getattr(parameter, rule) == value


def _at(parameters: Any, path: str) -> Parameter | None:
    head, _, rest = path.partition(".")
    parameter: Parameter | None = parameters.get(head)
    return _at(parameter.fields, rest) if rest and parameter else parameter


def test_lists_and_objects_have_fields_that_the_metadata_leaves_out() -> None:
    fields = catalogue()["gwlb", "CreateLoadBalancer"].parameters["ZoneMappings"].fields
    assert {name: each.required for name, each in fields.items()} == {
        "ZoneId": True,
        "VSwitchId": True,
    }
    check = catalogue()["gwlb", "CreateServerGroup"].parameters["HealthCheckConfig"].fields
    assert (check["HealthCheckInterval"].minimum, check["HealthCheckInterval"].maximum) == (0, 50)


def test_parameter_has_its_type_position_and_fields() -> None:
    parameter = catalogue()["vpc", "CreateVpc"].parameters["Tag"]
    assert (parameter.name, parameter.type, parameter.position) == ("Tag", "RepeatList", "query")
    assert not parameter.required
    assert set(parameter.fields) == {"Key", "Value"}


@pytest.mark.parametrize("product", sorted(sdk_versions()))
def test_catalogue_is_that_of_the_sdk_that_it_names(product: str) -> None:
    made_of, installed = sdk_versions()[product], installed_version(product)
    if made_of != installed:
        pytest.skip(f"{PACKAGES[product]} is {installed}, and the catalogue is of {made_of}")
    differing = []
    for (each, name), action in catalogue().items():
        if each == product:
            fields = {field.wire for field in request_fields(product, f"{name}Request")} - OWNERS
            known = {path.partition(".")[0] for path in action.parameters}
            same_reply = reply_shape(product, name) == shape_of_model(product, name)
            if not (same_reply and fields <= known):
                differing.append(name)
    assert differing == []
