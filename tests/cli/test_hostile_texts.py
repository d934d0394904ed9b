"""Names that others give in the cloud: they steer neither the screen nor a pull request."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gwlbfw.cli.views.markdown import code, escaped, folded, table
from tests.cli.running import EXAMPLES, CommandResult, gwlbfw

pytestmark = [pytest.mark.simulator]

HOSTILE = "\x1b]0;t\x07\x1b[2J\u202e` ```` |x\n## All well → @org/admins\r"
FILE, PLAN = "ulanqab.yaml", "p.json"
READS = (
    ("plan", FILE),
    ("plan", FILE, "--calls"),
    ("plan", FILE, "--destroy"),
    ("plan", FILE, "--refresh-only"),
    ("plan", FILE, "--format", "markdown", "--calls"),
    ("plan", FILE, "--format", "json"),
    ("drift", FILE),
    ("drift", FILE, "--format", "markdown"),
    ("drift", FILE, "--format", "sarif"),
    ("drift", FILE, "--format", "json"),
    ("verify", FILE),
    ("verify", FILE, "--format", "json"),
    ("trace", FILE, "--from", "internet", "--to", "instance.server/shop/ecs-b-01"),
    ("graph", FILE),
    ("graph", FILE, "--format", "dot"),
    ("plan", FILE, "-vv"),
    ("show", PLAN, "--calls"),
    ("show", PLAN, "--format", "markdown", "--calls"),
    ("show", PLAN, "--format", "json"),
    ("sim", "status"),
    ("sim", "call", "vpc", "DescribeVpcs"),
)


def call(product: str, action: str, **params: str) -> Any:
    given = (f"{name.replace('_', '.')}={value}" for name, value in params.items())
    done = gwlbfw("--sim", "sim", "call", product, action, *given)
    assert done.code == 0, done
    return json.loads(done.out)


@pytest.fixture(scope="module")
def tampered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A deployed stack whose names and tags others have rewritten."""
    folder, before = tmp_path_factory.mktemp("hostile"), Path.cwd()
    for name in (FILE, "hello-world.sh"):
        shutil.copy(EXAMPLES / name, folder)
    os.chdir(folder)
    try:
        assert gwlbfw("--sim", "apply", FILE, "--auto-approve").code == 0
        for vpc in call("vpc", "DescribeVpcs")["Vpcs"]["Vpc"]:
            call("vpc", "ModifyVpcAttribute", VpcId=vpc["VpcId"], VpcName=HOSTILE)
            call(
                *("vpc", "TagResources"),
                ResourceType="VPC",
                ResourceId_1=vpc["VpcId"],
                Tag_1_Key=HOSTILE[:60],
                Tag_1_Value=HOSTILE,
            )
        for each in call("vpc", "DescribeVSwitches")["VSwitches"]["VSwitch"]:
            key = each["VSwitchId"]
            call("vpc", "ModifyVSwitchAttribute", VSwitchId=key, VSwitchName=HOSTILE)
        assert gwlbfw("--sim", "plan", FILE, "--out", PLAN).code == 0
        yield folder
    finally:
        os.chdir(before)


def shown(*arguments: str) -> CommandResult:
    return gwlbfw("--sim", *arguments)


@pytest.mark.parametrize("arguments", READS, ids=" ".join)
def test_output_has_no_control_characters(tampered: Path, arguments: tuple[str, ...]) -> None:
    del tampered
    result = shown(*arguments)
    for stream in (result.out, result.err):
        assert [each for each in stream if each != "\n" and not each.isprintable()] == []
        assert not re.search(r"^## ", stream, re.MULTILINE)


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_json_keeps_the_value(tampered: Path, command: str) -> None:
    del tampered
    result = shown(command, FILE, "--format", "json")
    assert HOSTILE in json.dumps(json.loads(result.out), ensure_ascii=False).replace(
        json.dumps(HOSTILE, ensure_ascii=False)[1:-1], HOSTILE
    )


def test_markdown_of_a_plan_keeps_what_is_fenced_in_its_fence(tampered: Path) -> None:
    del tampered
    text = shown("plan", FILE, "--format", "markdown").out
    fenced = re.findall(r"^(`{4,})(?:diff|text)\n(.*?)^\1$", text, re.MULTILINE | re.DOTALL)
    assert len(fenced) == text.count("<details>") > 1
    for fence, body in fenced:
        assert fence not in body
    assert any(len(fence) > 4 for fence, _ in fenced)


def test_table_of_drift_has_as_many_cells_in_each_row(tampered: Path) -> None:
    del tampered
    lines = shown("drift", FILE, "--format", "markdown").out.splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) > 2
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7}


def test_old_and_new_value_are_told_apart_whatever_they_hold(tampered: Path) -> None:
    del tampered
    lines = [line.strip() for line in shown("plan", FILE).out.splitlines()]
    renamed = [line for line in lines if line.startswith("name ") and "→" in line]
    assert renamed
    for line in renamed:
        pair = line.removeprefix("name").strip().replace('" → "', '", "')
        old, new = json.loads(f"[{pair}]")
        assert "→" in old
        assert "→" not in new


class TestMarkdown:
    def test_code_span_holds_any_run_of_backticks(self) -> None:
        assert code("a`b``c") == "``` a`b``c ```"
        assert code("plain") == "`plain`"

    def test_escaped_text_makes_no_markup_and_no_mention(self) -> None:
        assert escaped("[a](b) *c* @org <i>") == r"\[a\](b) \*c\* @<!-- -->org \<i\>"

    def test_cell_holds_bars_and_line_ends(self) -> None:
        assert [*table(["a"], [["x|y\nz"]])][2] == "| x\\|y\N{REPLACEMENT CHARACTER}z |"

    def test_fence_is_longer_than_what_it_holds(self) -> None:
        assert folded("t", "text", ["`````"])[2:5] == ["``````text", "`````", "``````"]
