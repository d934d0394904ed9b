"""The command line itself: help, what is wrong with it, options anywhere, the environment."""

from pathlib import Path

import pytest
import typer

from gwlbfw.cli.app import COMMANDS
from gwlbfw.cli.exit import guarded
from gwlbfw.cli.options import Output
from tests.cli.running import gwlbfw, same_as_snapshot

pytestmark = pytest.mark.usefixtures("folder")

VARIABLE = "${var:NAME}"


def with_variable(folder: Path) -> Path:
    text = (folder / "ulanqab.yaml").read_text().replace("name: ulanqab-edge", f"name: {VARIABLE}")
    path = folder / "variable.yaml"
    path.write_text(text)
    return path


def test_help_names_every_command_and_option() -> None:
    same_as_snapshot("help", gwlbfw("--help"), gwlbfw("-h"))


@pytest.mark.parametrize("name", [*COMMANDS, "sim"])
def test_every_command_has_help(name: str) -> None:
    same_as_snapshot(f"help-{name.replace(' ', '-')}", gwlbfw(*name.split(), "--help"))


def test_without_a_command_help_is_said_and_it_is_a_failure() -> None:
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
    "sim call vpn DescribeVpcs",
    "sim call vpc DescribeVpcs RegionId",
    "sim serve --port 70000",
    "sim serve --credentials key",
    "sim serve --speed 0",
    "sim serve --faults nowhere.yaml",
    "sim import nowhere.json",
    "plan nowhere.yaml --sim",
)


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_is_one_message_and_exit_code_1(line: str) -> None:
    done = gwlbfw(*line.split())
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert "Traceback" not in done.err


def test_what_is_said_of_each_wrong_line() -> None:
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
def test_no_message_repeats_what_may_be_a_secret(line: str) -> None:
    done = gwlbfw("-vv", *line.split())
    assert done.code == 1
    assert "error: " in done.err
    assert "hunter2" not in done.out + done.err


def test_a_variable_may_stand_before_or_after_the_command(folder: Path) -> None:
    path = with_variable(folder)
    assert gwlbfw("validate", path).code == 1
    assert gwlbfw("validate", path, "--var", "NAME=edge").code == 0
    assert gwlbfw("--var", "NAME=edge", "validate", path).code == 0
    assert gwlbfw("--var", "NAME=Edge_", "validate", path, "--var", "NAME=edge").code == 0


def test_a_format_may_stand_before_or_after_the_command() -> None:
    after = gwlbfw("validate", "ulanqab.yaml", "--format", "json")
    assert gwlbfw("--format", "json", "validate", "ulanqab.yaml").out == after.out


def test_the_simulators_folder_may_stand_before_between_or_after(folder: Path) -> None:
    for number, words in enumerate(
        (
            ("--sim-dir", "0", "sim", "status"),
            ("sim", "--sim-dir", "1", "status"),
            ("sim", "status", "--sim-dir", "2"),
        )
    ):
        assert gwlbfw(*words).code == 0
        assert (folder / str(number) / "state.sqlite").exists()


def test_the_environment_names_the_folder_and_the_command_line_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GWLBFW_SIM_DIR", "from-environment")
    gwlbfw("sim", "status")
    gwlbfw("--sim-dir", "by-hand", "sim", "status")
    assert (folder / "from-environment").is_dir()
    assert (folder / "by-hand").is_dir()


@pytest.mark.parametrize("value", ["1", "true"])
def test_the_environment_can_choose_the_simulator(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GWLBFW_SIM", value)
    assert gwlbfw("drift", "ulanqab.yaml").code == 2  # nothing is there yet


@pytest.mark.parametrize("value", ["", "0", "false"])
def test_set_but_empty_or_off_is_no_simulator(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GWLBFW_SIM", value)
    monkeypatch.setenv("GWLBFW_ENDPOINT_URL", "elsewhere")
    assert "'elsewhere' is no endpoint URL" in gwlbfw("plan", "ulanqab.yaml").err


def test_what_is_said_by_hand_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GWLBFW_ENDPOINT_URL", "http://127.0.0.1:1")
    assert gwlbfw("drift", "ulanqab.yaml", "--sim").code == 2


def test_the_environment_alone_can_contradict_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GWLBFW_SIM", "1")
    monkeypatch.setenv("GWLBFW_ENDPOINT_URL", "http://127.0.0.1:1")
    same_as_snapshot("two-clouds", gwlbfw("plan", "ulanqab.yaml"))


def test_a_wrong_value_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GWLBFW_SIM", "maybe")
    done = gwlbfw("plan", "ulanqab.yaml")
    assert done.code == 1
    assert done.err.startswith("error: invalid value for `--sim` (env var: `GWLBFW_SIM`): ")


def test_an_unforeseen_exception_is_one_line_that_asks_for_a_report(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert guarded(lambda: 1 // 0, Output()) == 1
    said = capsys.readouterr().err
    assert said == (
        "error: internal error: ZeroDivisionError: integer division or modulo by zero\n"
        "   hint: this is a bug: please report it, with what the command says with -vv\n"
    )


def test_how_it_arose_is_said_at_the_highest_verbosity(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: 1 // 0, Output(verbose=2)) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), typer.Abort()])
def test_an_interruption_has_its_own_exit_code(
    problem: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> int:
        raise problem

    assert guarded(interrupt, Output()) == 130
    assert capsys.readouterr().err == "interrupted\n"
