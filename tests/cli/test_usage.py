"""The command line itself: help, what is wrong with it, options anywhere, the environment."""

import subprocess
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
import typer

from gwlbfw.cli.app import COMMANDS
from gwlbfw.cli.commands.sim_serve import SimulatedCloud
from gwlbfw.cli.exit import exit_code_of
from gwlbfw.cli.options import Output
from gwlbfw.sim.latency import PROFILES
from gwlbfw.sim.settings import Settings
from tests.cli.running import gwlbfw, same_as_snapshot

pytestmark = pytest.mark.usefixtures("folder")

VARIABLE = "${var:NAME}"


def with_variable(folder: Path) -> Path:
    text = (folder / "ulanqab.yaml").read_text().replace("name: ulanqab-edge", f"name: {VARIABLE}")
    path = folder / "variable.yaml"
    path.write_text(text)
    return path


def test_help_lists_every_command_and_common_option() -> None:
    same_as_snapshot("help", gwlbfw("--help"), gwlbfw("-h"))


@pytest.mark.parametrize("name", ["", "plan", "sim", "sim serve"])
def test_help_command_shows_what_the_option_shows(name: str) -> None:
    done = gwlbfw("help", *name.split())
    assert (done.code, done.err) == (0, "")
    assert done.out == gwlbfw(*name.split(), "--help").out


def test_help_command_refuses_an_unknown_command() -> None:
    done = gwlbfw("help", "sim", "stat")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: no such command `stat`\n   hint: did you mean `status`?")


def test_module_is_the_same_as_the_command() -> None:
    words = [sys.executable, "-m", "gwlbfw", "validate"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    said = gwlbfw("validate")
    assert (done.returncode, done.stdout, done.stderr) == (said.code, said.out, said.err)


@pytest.mark.parametrize("name", [*COMMANDS, "sim"])
def test_every_command_has_help(name: str) -> None:
    same_as_snapshot(f"help-{name.replace(' ', '-')}", gwlbfw(*name.split(), "--help"))


def test_no_command_is_a_failure_that_shows_help() -> None:
    done = gwlbfw()
    assert (done.code, done.out) == (1, "")
    assert done.err == gwlbfw("--help").out


WRONG = (
    "aply ulanqab.yaml",
    "nonsense",
    "sim stat",
    "validate",
    "validate a b",
    "validate --fromat json ulanqab.yaml",
    "validate --format",
    "validate --format yaml ulanqab.yaml",
    "--format yaml validate ulanqab.yaml",
    "--format json apply ulanqab.yaml",
    "--sim --endpoint-url http://127.0.0.1:1 plan ulanqab.yaml",
    "plan ulanqab.yaml --state s3://bucket",
    "plan ulanqab.yaml --sim --state oss://B",
    "plan ulanqab.yaml --var NAME",
    "plan ulanqab.yaml --sim --refresh-only --destroy",
    "plan ulanqab.yaml --sim --refresh-only --out p.json",
    "plan ulanqab.yaml --endpoint-url localhost:1",
    "apply ulanqab.yaml --parallelism 0",
    "drift ulanqab.yaml --watch 0",
    "graph ulanqab.yaml --format svg",
    "sim call vpc DescribeVpcs RegionId",
    "sim serve --port 70000",
    "sim serve --credentials key",
    "sim serve --speed 0",
    "sim serve --faults nowhere.yaml",
    "sim import nowhere.json",
    "plan nowhere.yaml --sim",
)


@pytest.mark.parametrize("line", WRONG)
def test_wrong_command_line_is_one_message_and_exit_code_1(line: str) -> None:
    done = gwlbfw(*line.split())
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert "Traceback" not in done.err


def test_messages_about_wrong_command_lines() -> None:
    same_as_snapshot("wrong-usage", *(gwlbfw(*line.split()) for line in WRONG))


@pytest.mark.parametrize(
    "line",
    [
        "plan ulanqab.yaml --var hunter2",
        "plan ulanqab.yaml --var KEY=correct hunter2",
        "--var KEY=correct hunter2 plan ulanqab.yaml",
        "sim serve --credentials hunter2",
        "sim call ecs RunInstances UserData:hunter2",
        "sim status --endpoint-url http://user:hunter2@127.0.0.1:1",
        "plan ulanqab.yaml --endpoint-url user:hunter2@127.0.0.1:1",
        "plan ulanqab.yaml --state oss://user:hunter2@bucket/prefix",
    ],
)
def test_message_repeats_nothing_that_may_be_a_secret(line: str) -> None:
    done = gwlbfw("-vv", *line.split())
    assert done.code == 1
    assert "error: " in done.err
    assert "hunter2" not in done.out + done.err


def test_variable_may_stand_before_or_behind_the_command(folder: Path) -> None:
    path = with_variable(folder)
    assert gwlbfw("validate", path).code == 1
    assert gwlbfw("validate", path, "--var", "NAME=edge").code == 0
    assert gwlbfw("--var", "NAME=edge", "validate", path).code == 0
    assert gwlbfw("--var", "NAME=Edge_", "validate", path, "--var", "NAME=edge").code == 0


def test_format_may_stand_before_or_behind_the_command() -> None:
    after = gwlbfw("validate", "ulanqab.yaml", "--format", "json")
    assert gwlbfw("--format", "json", "validate", "ulanqab.yaml").out == after.out


def test_simulator_folder_may_stand_before_between_or_behind(folder: Path) -> None:
    for number, words in enumerate(
        (
            ("--sim-dir", "0", "sim", "status"),
            ("sim", "--sim-dir", "1", "status"),
            ("sim", "status", "--sim-dir", "2"),
        )
    ):
        assert gwlbfw(*words).code == 0
        assert (folder / str(number) / "state.sqlite").exists()


def test_value_before_the_command_may_be_the_name_of_one(folder: Path) -> None:
    assert (
        gwlbfw("--sim-dir", "drift", "--state", "plan", "--sim", "drift", "ulanqab.yaml").code == 2
    )
    assert gwlbfw("--sim-dir=sim", "sim", "--sim-dir", "status", "status").code == 0
    assert (folder / "drift" / "state.sqlite").exists()
    assert (folder / "status" / "state.sqlite").exists()
    assert not (folder / "sim").exists()


def test_common_option_without_meaning_is_taken_before_the_command_alone() -> None:
    before = gwlbfw("--sim", "--state", "elsewhere", "validate", "ulanqab.yaml")
    assert (before.code, before.out) == (0, "ulanqab.yaml is valid\n")
    behind = gwlbfw("validate", "ulanqab.yaml", "--sim")
    assert (behind.code, behind.out) == (1, "")
    assert behind.err.startswith("error: no such option: --sim\n")


def test_verbosity_before_and_behind_the_command_adds_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gwlbfw.topology.schema.json_schema", lambda: 1 // 0)
    assert "Traceback" not in gwlbfw("schema", "-v").err
    assert "Traceback" in gwlbfw("-v", "schema", "-v").err


def test_simulator_folder_on_the_command_line_beats_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GWLBFW_SIM_DIR", "from-environment")
    gwlbfw("sim", "status")
    gwlbfw("--sim-dir", "typed", "sim", "status")
    assert (folder / "from-environment").is_dir()
    assert (folder / "typed").is_dir()


@pytest.mark.parametrize("value", ["1", "true"])
def test_environment_chooses_the_simulator(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GWLBFW_SIM", value)
    assert gwlbfw("drift", "ulanqab.yaml").code == 2  # nothing is there yet


@pytest.mark.parametrize("value", ["", "0", "false"])
def test_variable_that_is_empty_or_off_chooses_no_simulator(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GWLBFW_SIM", value)
    monkeypatch.setenv("GWLBFW_ENDPOINT_URL", "elsewhere")
    assert "'elsewhere' is no endpoint URL" in gwlbfw("plan", "ulanqab.yaml").err


def test_sim_on_the_command_line_beats_the_url_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GWLBFW_ENDPOINT_URL", "http://127.0.0.1:1")
    assert gwlbfw("drift", "ulanqab.yaml", "--sim").code == 2


def test_url_on_the_command_line_beats_the_sim_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GWLBFW_SIM", "1")
    for line in ("--endpoint-url elsewhere plan {}", "plan {} --endpoint-url elsewhere"):
        done = gwlbfw(*line.format("ulanqab.yaml").split())
        assert "'elsewhere' is no endpoint URL" in done.err


def test_environment_that_contradicts_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GWLBFW_SIM", "1")
    monkeypatch.setenv("GWLBFW_ENDPOINT_URL", "http://127.0.0.1:1")
    same_as_snapshot("two-clouds", gwlbfw("plan", "ulanqab.yaml"))


def test_wrong_value_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GWLBFW_SIM", "maybe")
    done = gwlbfw("plan", "ulanqab.yaml")
    assert done.code == 1
    assert done.err.startswith("error: invalid value for `--sim` (env var: `GWLBFW_SIM`): ")


def test_unforeseen_exception_is_one_line_that_asks_for_a_report(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert exit_code_of(lambda: 1 // 0, Output()) == 1
    said = capsys.readouterr().err
    assert said == (
        "error: internal error: ZeroDivisionError: integer division or modulo by zero\n"
        "   hint: this is a bug: please report it, with the output of the command with -vv\n"
    )


def test_unforeseen_exception_has_its_traceback_at_the_highest_verbosity(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert exit_code_of(lambda: 1 // 0, Output(verbose=2)) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), typer.Abort()])
def test_interruption_has_its_own_exit_code(
    problem: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> int:
        raise problem

    assert exit_code_of(interrupt, Output()) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_sim_serve_has_the_defaults_and_latencies_of_the_simulator() -> None:
    chosen = SimulatedCloud()
    assert chosen.settings() == Settings(request_id=chosen.settings().request_id)
    latencies = {
        each
        for hint in get_args(get_type_hints(SimulatedCloud)["latency"])
        for each in get_args(hint)
    }
    assert latencies == set(PROFILES)
