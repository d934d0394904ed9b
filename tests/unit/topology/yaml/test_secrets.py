"""What a message shows of a file has no secret in it, also where the file is no YAML at all."""

import time
from pathlib import Path

import pytest

from gwlbfw.cli.views.diagnostics_text import render
from gwlbfw.topology.load import load
from gwlbfw.topology.validation.model_fields import fields_at
from gwlbfw.topology.yaml.secrets import is_secret

SECRET = "hunter2"

BROKEN = {
    "a character that starts nothing": "accounts: {a: {external_id: @hunter2}}\n",
    "an unknown escape": 'a:\n  external_id: "hun\\qhunter2"\n  b: 1\n',
    "a colon in a plain text": "a:\n  user_data: password: hunter2\n  b: 1\n",
    "no space after the colon": "a:\n  b: 1\n  user_data:hunter2\n",
    "a quote that is not closed": "a:\n  user_data: \"one\n   hunter2\n   ' hunter2\n",
    "a quote that another one closes": 'a:\n  user_data: "hunter2\n  hunter2 b: "hunter2 x"\n',
    "a line that stands too far left": "a:\n  user_data: |\n    ls\n export P=hunter2\n  b: 1\n",
    "a line at the left edge": "a:\n  user_data: |\n    ls\nexport P=hunter2\nb: 1\n",
    "a line that looks like a key": "a:\n  user_data: |\n    ls\n x: hunter2\n  b: 1\n",
    "a line that reads as a key": (
        "security_vpc:\n appliances:\n  a:\n   user_data: |\n    ls\n   x: hunter2\n"
    ),
    "a line that reads as a key of no YAML": "a:\n  user_data: |\n    ls\n  x: @hunter2\n",
    "no colon at all": 'a:\n  user_data "hunter2"\n  b: 1\n',
    "no colon in braces": 'a: {b: 1, user_data "hunter2, b: 1}\n',
    "no colon and no value": "accounts: {a: {role_arn: x, external_id hunter2}}\n",
    "no colon and no value in a block": "accounts:\n  a:\n    ? password hunter2\n",
    "no colon and no YAML": 'a: {b: 1, user_data "hunter2, b: @}\n',
    "a line that is no text": "a:\n  user_data: |\n    ls hunter2 \x01\n",
    "a list that is not closed": "a: [{user_data: hunter2, b: 1}\n",
    "a key in quotes": '{"user_data":"hunter2 @, "b": @}\n',
    "a key that is misspelt": "a: {usr_data: hunter2, b: @}\n",
    "another document": "a: {user_data: hunter2, b: 1}\n--- {user_data: hunter2}\n",
    "another document, which is wrong": "a: 1\n--- {user_data: hunter2}\n",
    "too many levels": "a: {user_data: hunter2, b: " + "[" * 60 + "{user_data: hunter2}\n",
}


def render_load(folder: Path, text: str) -> str:
    """All that is said of a file."""
    path = folder / "t.yaml"
    path.write_bytes(text.encode())
    return render(load(path, {}, {}).diagnostics)


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_secret_of_a_file_that_is_no_yaml_is_not_shown(tmp_path: Path, text: str) -> None:
    shown = render_load(tmp_path, text)
    assert shown.startswith("error: ")
    assert SECRET not in shown


@pytest.mark.parametrize(
    "byte", [b"\xff", b"\x00"], ids=["a byte that is no text", "a control character"]
)
def test_secret_before_a_byte_that_is_no_text_is_not_shown(tmp_path: Path, byte: bytes) -> None:
    path = tmp_path / "t.yaml"
    path.write_bytes(b"a: {external_id: hunter2" + byte + b"hunter2}\n")
    shown = render(load(path, {}, {}).diagnostics)
    assert "t.yaml:1:25" in shown
    assert SECRET not in shown


def test_masked_line_is_as_long_as_the_line(tmp_path: Path) -> None:
    text = 'a: {user_data: "é日本 ${var:PW} hunter2", b: 1}'
    path = tmp_path / "t.yaml"
    path.write_text(f"{text}\n", encoding="utf-8")
    problems = load(path, {}, {}).diagnostics
    lines = {each.place.text for each in problems if each.place}
    assert lines == {'a: {user_data: "*** ${var:PW} *******", b: 1}'}
    (unset,) = (each for each in problems if each.code == "variable")
    assert unset.place is not None
    assert text[unset.place.column - 1 :].startswith("${var:PW}")


def test_many_secrets_in_a_line_cost_little_more_than_other_values(tmp_path: Path) -> None:
    plain, secret = (
        "moved: [" + f"{{from: a, {key}: a}}," * 1_500 + "]" for key in ("an_image_", "user_data_")
    )
    for end in ("", "}"):
        assert _seconds(tmp_path, secret + end) < 3 * _seconds(tmp_path, plain + end) + 0.2


def _seconds(folder: Path, text: str) -> float:
    start = time.process_time()
    render_load(folder, text)
    return time.process_time() - start


@pytest.mark.parametrize(
    ("line", "shown"), [("  image: a", True), ("  user_data: a", False), ("  # passwords", False)]
)
def test_line_of_a_file_that_is_no_yaml_is_shown_unless_the_file_names_a_secret(
    tmp_path: Path, line: str, *, shown: bool
) -> None:
    message = render_load(tmp_path, f"a:\n{line}\n  b: ]\n")
    assert "t.yaml:3:6" in message
    assert ("3 |   b: ]" in message) == shown


def test_values_beside_a_secret_are_hidden_only_behind_one_of_several_lines(tmp_path: Path) -> None:
    one_line = render_load(tmp_path, "cutover:\n  user_data: x\n  eip: [a, b]\n")
    assert "3 |   eip: [a, b]" in one_line
    several = render_load(tmp_path, "cutover:\n  before: y\n  user_data: |\n    x\n  eip: [a, b]\n")
    assert "2 |   before: y" in several
    assert "5 |   eip: *** **" in several


@pytest.mark.parametrize(
    "path", [(), ("accounts", "a"), ("security_vpc", "appliances", "a"), ("business_vpcs", "b")]
)
def test_known_fields_that_are_secrets_are_two(path: tuple[str, ...]) -> None:
    secret = {each for each in fields_at(path) if is_secret(each)}
    assert secret <= {"user_data", "external_id"}


def test_sensitive_variable_is_in_no_message_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    for marks in ("[var:PW]", "[{a: x}, var:PW]", "var:PW"):
        for use in ("name", "region", "version", "tags", "accounts", "business_vpcs", "cutover"):
            path.write_text(f'{use}: "${{var:PW}}"\nsensitive: {marks}\n')
            shown = render(load(path, {"PW": SECRET}, {}).diagnostics)
            assert "`var:PW` is sensitive, and can't stand in" in shown
            assert SECRET not in shown


def test_sensitive_variable_may_stand_in_user_data_and_in_an_external_id(tmp_path: Path) -> None:
    example = Path(__file__).parents[4] / "examples" / "ulanqab.yaml"
    text = example.read_text().replace("user_data_file: hello-world.sh", 'user_data: "${env:PW}"')
    text += 'sensitive: [env:PW, var:ID]\naccounts: {a: {role_arn: "acs:ram::1:role/r", '
    path = tmp_path / "t.yaml"
    path.write_text(text + 'external_id: "${var:ID}"}}\n')
    topology = load(path, {"ID": "an-id"}, {"PW": SECRET}).require()
    servers = topology.business_vpcs["shop"].servers.values()
    assert {topology.read_user_data(each) for each in servers} == {SECRET.encode()}
    assert topology.accounts["a"].external_id == "an-id"
