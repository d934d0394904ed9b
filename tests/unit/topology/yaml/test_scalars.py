"""Scalars mean what YAML 1.2 says, and variables are filled in before that."""

import math
from pathlib import Path

import pytest

from gwlbfw.topology.load import load
from gwlbfw.topology.models import Topology
from gwlbfw.topology.starter import starter
from gwlbfw.topology.yaml.scalars import Scalar, TooLongError, Untyped, resolve
from gwlbfw.topology.yaml.variables import Variables


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("off", "off"),
        ("0", 0),
        ("-12", -12),
        ("+7", 7),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("22:80", "22:80"),
        ("0b1", "0b1"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("-.inf", -math.inf),
        ("2026-11-24", "2026-11-24"),
        ("192.168.1.1", "192.168.1.1"),
        ("=", "="),
        ("\u0661", "\u0661"),
    ],
)
def test_plain_scalar_has_its_value_of_yaml_1_2(text: str, meaning: Scalar) -> None:
    assert resolve(text) == meaning
    assert type(resolve(text)) is type(meaning)


def test_nan_is_a_float() -> None:
    assert math.isnan(float(resolve(".nan") or 0))


def test_whole_number_has_18_digits_at_most() -> None:
    assert resolve("9" * 18) == 10**18 - 1
    with pytest.raises(TooLongError):
        resolve("-" + "9" * 19)


def test_several_variables_are_substituted_in_one_scalar() -> None:
    variables = Variables({"b": "2"}, {"A": "1"})
    assert variables.substitute("${env:A}-${var:b}-${var:b}") == ("1-2-2", [])


def test_escaped_variable_stays_as_it_is_written() -> None:
    assert Variables().substitute("$${env:A} $$ ${HOME}") == ("${env:A} $$ ${HOME}", [])


def test_variable_in_the_value_of_another_is_not_substituted() -> None:
    assert Variables({"a": "${var:b}", "b": "x"}).substitute("${var:a}") == ("${var:b}", [])


def test_empty_variable_is_unset_in_the_environment_and_set_on_the_command_line() -> None:
    variables = Variables({"A": ""}, {"A": ""})
    assert [each.written for each in variables.substitute("${env:A}")[1]] == ["${env:A}"]
    assert variables.substitute("${var:A}") == ("", [])


def test_variable_is_untyped_only_as_a_whole_scalar() -> None:
    variables = Variables({"a": "5"})
    assert isinstance(variables.substitute("${var:a}")[0], Untyped)
    assert not isinstance(variables.substitute("${var:a}5")[0], Untyped)
    assert not isinstance(variables.substitute("$${")[0], Untyped)


def _with(tmp_path: Path, text: str, variables: dict[str, str]) -> Topology:
    path = tmp_path / "topology.yaml"
    path.write_text(starter().replace("endpoint_service: {auto_accept: true}\n", text))
    return load(path, variables, {}).require()


def test_value_that_is_one_variable_has_the_type_of_its_field(tmp_path: Path) -> None:
    text = (
        "endpoint_service:\n"
        "  auto_accept: ${var:accept}\n"
        "  payer: ${var:payer}\n"
        "  allowed_accounts: ['${var:id}']\n"
        "  tags: {cost: '${var:id}', note: '${var:accept}'}\n"
        "  name: ${var:id}a\n".replace("${var:id}a", "a${var:id}")
    )
    service = _with(
        tmp_path, text, {"accept": "false", "payer": "service", "id": "123456789012"}
    ).endpoint_service
    assert service.auto_accept is False
    assert service.payer == "service"
    assert service.allowed_accounts == ("123456789012",)
    assert service.tags == {"cost": "123456789012", "note": "false"}
    assert type(service.tags["cost"]) is str
    assert service.name == "a123456789012"


def test_variable_in_quotes_can_be_a_number(tmp_path: Path) -> None:
    topology = _with(tmp_path, "endpoint_service: {}\nmoved: []\n", {})
    assert topology.moved == ()
    path = tmp_path / "topology.yaml"
    path.write_text(starter().replace("port: 22", 'port: "${var:port}"'))
    assert load(path, {"port": "0x50"}).require().gateway_load_balancer.health_check.port == 80


def test_variable_of_the_wrong_type_is_refused_at_its_place(tmp_path: Path) -> None:
    path = tmp_path / "topology.yaml"
    path.write_text(starter().replace("port: 22", 'port: "${var:port}"'))
    (only,) = load(path, {"port": "ssh"}).diagnostics
    assert only.message == "`port` must be a whole number, not text"
    assert only.place is not None
    assert only.place.text[only.place.column - 1 :].startswith('"${var:port}"')


def test_version_may_be_a_variable(tmp_path: Path) -> None:
    path = tmp_path / "topology.yaml"
    path.write_text(starter().replace("version: 1", "version: ${var:v}"))
    assert load(path, {"v": "1"}).topology is not None


@pytest.mark.parametrize(
    ("ports", "sent"),
    [("443", "443/443"), ("80/90", "80/90"), ("8000-8100", "8000/8100"), ('"22"', "22/22")],
)
def test_ports_are_sent_as_the_api_wants_them(tmp_path: Path, ports: str, sent: str) -> None:
    path = tmp_path / "topology.yaml"
    path.write_text(starter().replace("ports: 80", f"ports: {ports}"))
    (rule,) = load(path).require().business_vpcs["shop"].ingress
    assert rule.ports == sent
