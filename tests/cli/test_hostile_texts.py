"""Names that others give in the cloud: they steer neither the screen nor a pull request."""

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast, get_args

import pytest
from typer.core import TyperOption
from typer.main import get_command

from gwlbfw.cli.app import COMMANDS, LazyGroup, app
from gwlbfw.cli.views.markdown import code, escaped, folded, table
from tests.cli.running import EXAMPLES, CommandResult, gwlbfw

pytestmark = [pytest.mark.simulator]

HOSTILE = "\x1b]0;t\x07\x1b[2J\u202e` ```` |x\n## All well → @org/admins\r"
FILE, PLAN = "ulanqab.yaml", "p.json"
LOCK = Path(".gwlbfw/state/ulanqab-edge.cn-wulanchabu.lock")
ENDS = ("--from", "internet", "--to", "instance.server/shop/ecs-b-01")
WORDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "validate": ((FILE,), ("wrong.yaml",)),
    "plan": ((FILE,), (FILE, "--calls"), (FILE, "--destroy"), (FILE, "--refresh-only", "-vv")),
    "show": ((PLAN, "--calls"),),
    "apply": ((FILE,),),
    "destroy": ((FILE,),),
    "drift": ((FILE,),),
    "verify": ((FILE,), (FILE, "--desired"), ("--vpc", "VPC", "--region", "cn-wulanchabu")),
    "trace": ((FILE, *ENDS), (FILE, "--from", HOSTILE, "--to", "internet")),
    "graph": ((FILE,),),
    "policy": ((FILE,),),
    "unlock": ((FILE,),),
    "init": (("new",),),
    "help": ((), (HOSTILE,)),
    "schema": ((),),
    "version": ((),),
    "sim status": ((),),
    "sim export": ((),),
    "sim save": ((HOSTILE,),),
    "sim load": ((), (HOSTILE,)),
    "sim activity": ((),),
    "sim call": (("vpc", "DescribeVpcs"), ("vpc", "DescribeVpcs", f"VpcId={HOSTILE}")),
    "sim import": ((HOSTILE,),),
}
NOT_RUN = {"sim serve", "sim reset", "sim conform"}
"""They show no text of a cloud's, or one of their own making."""


def formats(name: str) -> list[tuple[str, ...]]:
    """The choices of a command's `--format`, as words."""
    group, _, last = name.rpartition(" ")
    commands = cast("LazyGroup", get_command(app))
    command = cast("LazyGroup", commands.commands["sim"] if group else commands).load(last)
    for each in command.params:
        if "--format" in each.opts:
            annotation = cast("TyperOption", each).type_descriptor.annotation
            return [("--format", choice) for choice in get_args(annotation)]
    return [()]


READS = [
    (*name.split(), *words, *form)
    for name, each in WORDS.items()
    for words in each
    for form in formats(name)
]


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
        text = (EXAMPLES / FILE).read_text()
        (folder / "wrong.yaml").write_text(
            text.replace("ulanqab-edge", f'"{json.dumps(HOSTILE)[1:-1]}"', 1)
            + "# \u202e\n\u2028x: 1\n"
        )
        yield folder
    finally:
        os.chdir(before)


def shown(*arguments: str) -> CommandResult:
    """What a command shows; of the simulator where it can be asked for that."""
    if "VPC" in arguments:
        vpc = call("vpc", "DescribeVpcs")["Vpcs"]["Vpc"][0]["VpcId"]
        arguments = tuple(vpc if each == "VPC" else each for each in arguments)
    return gwlbfw("--sim", *arguments)


def steers_nothing(result: CommandResult) -> None:
    """No control or bidirectional character is shown, nor a line that others made."""
    for stream in (result.out, result.err):
        assert [each for each in stream if each != "\n" and not each.isprintable()] == []
        assert not re.search(r"^## ", stream, re.MULTILINE)


def test_every_command_is_looked_at() -> None:
    assert set(WORDS) | NOT_RUN == set(COMMANDS)


@pytest.mark.parametrize("arguments", READS, ids=lambda each: ascii(" ".join(each)))
def test_output_has_no_control_characters(tampered: Path, arguments: tuple[str, ...]) -> None:
    del tampered
    result = shown(*arguments)
    steers_nothing(result)
    assert result.out or result.err or arguments[:2] == ("sim", "load")
    assert "internal error" not in result.err


@pytest.mark.parametrize("command", ["plan", "apply", "unlock"])
def test_holder_of_a_lock_is_shown_without_control_characters(tampered: Path, command: str) -> None:
    holder = dict.fromkeys(("owner", "user", "host", "machine", "space", "boot", "start"), HOSTILE)
    times = dict.fromkeys(("since", "until"), "2999-01-01T00:00:00+00:00")
    (tampered / LOCK).write_text(json.dumps({**holder, **times, "command": HOSTILE, "pid": 1}))
    try:
        steers_nothing(shown(command, FILE))
    finally:
        (tampered / LOCK).unlink()


def test_runs_over_such_names_show_no_control_characters(
    tampered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tampered, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    for command in ("apply", "destroy"):
        result = shown(command, FILE, "--auto-approve", "-v")
        assert result.code == 0
        steers_nothing(result)


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
