"""Streams that are closed, full, or not read (any more, or for now): no run stops half-way."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from time import monotonic
from typing import IO, Self

import pytest

from gwlbfw.cli.app import run
from gwlbfw.cli.views.progress import UnfailingProgress
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cli.views.streams import BackgroundWriter
from gwlbfw.execute import Event
from gwlbfw.sim.settings import Settings
from gwlbfw.simulator import SimulatedCloud, simulated_cloud
from tests.cli.processes import TIMEOUT_S, Terminal, read_until, start
from tests.cli.running import gwlbfw
from tests.cli.test_failures import run_in_shell
from tests.support.command_process import CommandProcess

pytestmark = [pytest.mark.simulator, pytest.mark.usefixtures("folder")]

FILE = "ulanqab.yaml"
OUTPUT = {
    "plan": ("plan", FILE, "--format", "json"),
    "drift": ("drift", FILE),
    "verify": ("verify", FILE),
    "trace": ("trace", FILE, "--from", "internet", "--to", "vswitch.business/shop/app-b"),
    "sim": ("sim", "status"),
}
"""Commands whose result is what they print."""
FULL, GONE = "full", "gone"


@contextmanager
def stream(state: str) -> Iterator[IO[str]]:
    """A stream on a full disk, or into a pipe that nobody reads any more."""
    if state == FULL:
        path: Path | int = Path("/dev/full")
    else:
        reading, path = os.pipe()
        os.close(reading)
    # A small buffer: it is written to in the middle of the work, too.
    opened = open(path, "w", buffering=64, encoding="utf-8")  # noqa: SIM115, PTH123 - a number
    try:
        yield opened
    finally:
        with suppress(OSError):
            opened.close()


def code_with(
    words: tuple[str, ...], *, out: IO[str] | None = None, err: IO[str] | None = None
) -> int:
    """The exit code of a command with these streams."""
    with redirect_stdout(out or StringIO()), redirect_stderr(err or StringIO()):
        return run(list(words))


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ...]]:
    """The options for a cloud and a state in which the example is deployed."""
    state = str(tmp_path_factory.mktemp("streams"))
    example = str(Path(__file__).parents[2] / "examples" / FILE)
    with simulated_cloud(Settings(transition=0.0)) as cloud:
        where = ("--endpoint-url", cloud.url)
        assert gwlbfw("apply", example, "--auto-approve", "--state", state, *where).code == 0
        yield (*where, "--state", state)


def words_of(name: str, deployed: tuple[str, ...]) -> tuple[str, ...]:
    return (*OUTPUT[name], *(deployed[:2] if name.startswith("sim") else deployed))


@pytest.mark.parametrize("name", OUTPUT)
def test_a_command_whose_result_is_its_output_fails_where_that_is_lost(
    deployed: tuple[str, ...], name: str
) -> None:
    words, said = words_of(name, deployed), StringIO()
    with stream(FULL) as full:
        assert code_with(words, out=full, err=said) == 1
    assert said.getvalue() == "error: no space left on device\n"
    said = StringIO()
    with stream(GONE) as gone:
        assert code_with(words, out=gone, err=said) == 1
    assert said.getvalue() == ""


@pytest.mark.parametrize("name", OUTPUT)
def test_a_command_whose_messages_are_lost_goes_on(deployed: tuple[str, ...], name: str) -> None:
    words = (*words_of(name, deployed), *(() if name.startswith("sim") else ("-v",)))
    wanted = gwlbfw(*words)
    for state in (FULL, GONE):
        said = StringIO()
        with stream(state) as lost:
            assert code_with(words, out=said, err=lost) == wanted.code == 0
        assert said.getvalue() == wanted.out


@pytest.mark.parametrize(("lost", "state"), [("out", FULL), ("err", GONE), ("both", FULL)])
def test_a_run_goes_on_without_its_streams(lost: str, state: str) -> None:
    with simulated_cloud(Settings(transition=0.0)) as cloud:
        url = ("--auto-approve", "--endpoint-url", cloud.url)
        with stream(state) as out, stream(state) as err:
            streams = {"out": {"out": out}, "err": {"err": err}, "both": {"out": out, "err": err}}
            assert code_with(("apply", FILE, *url), **streams[lost]) == 0
        assert gwlbfw("plan", FILE, *url[1:], "--detailed-exitcode").code == 0
        with stream(state) as out, stream(state) as err:
            assert code_with(("destroy", FILE, *url), out=out, err=err) == 0
        assert cloud.status().empty
        with stream(state) as out:
            assert code_with(("unlock", FILE, *url[1:]), out=out) == 0
            assert code_with(("sim", "reset", *url[1:]), out=out) == 0


@pytest.mark.parametrize("gone", ["stdout", "stderr"])
@simulated_cloud(Settings(transition=0.02))
def test_a_run_goes_on_when_its_reader_leaves(
    folder: Path, gone: str, cloud: SimulatedCloud
) -> None:
    url = ("--endpoint-url", cloud.url)
    process = start(folder, "apply", FILE, "--auto-approve", *url)
    read_until(process, "vpc.security: created")
    leaving, other = process.stdout, process.stderr
    if gone == "stderr":
        leaving, other = other, leaving
    assert leaving is not None
    assert other is not None
    leaving.close()
    other.read()
    other.close()
    assert process.wait(TIMEOUT_S) == 0
    assert gwlbfw("plan", FILE, *url, "--detailed-exitcode").code == 0


@simulated_cloud(Settings(transition=0.02))
def test_a_run_goes_on_when_its_terminal_is_gone(folder: Path, cloud: SimulatedCloud) -> None:
    """Below nohup SIGHUP is ignored, and only the terminal is missing."""
    url = ("--endpoint-url", cloud.url)
    terminal = Terminal(folder, "apply", FILE, "--auto-approve", *url)
    terminal.until("steps")
    terminal.resize(3, 7)
    terminal.resize(40, 120)
    assert terminal.vanish() == 0
    assert gwlbfw("plan", FILE, *url, "--detailed-exitcode").code == 0


@simulated_cloud(Settings(transition=0.0))
def test_a_closed_stdin_is_a_no(cloud: SimulatedCloud) -> None:
    assert gwlbfw("apply", FILE, "--auto-approve", "--endpoint-url", cloud.url).code == 0
    before = cloud.status().resources
    done = run_in_shell(f"gwlbfw destroy {FILE} --endpoint-url {cloud.url} <&-")
    assert done.returncode == 1
    assert "stdin is not a terminal" in done.stderr
    assert cloud.status().resources == before


@simulated_cloud(Settings(transition=0.0))
def test_a_closed_stdout_loses_a_result_and_stops_no_run(cloud: SimulatedCloud) -> None:
    where = f"{FILE} --endpoint-url {cloud.url} >&-"
    assert run_in_shell(f"gwlbfw plan {where}").returncode == 1
    assert run_in_shell(f"gwlbfw apply --auto-approve {where}").returncode == 0
    verdict = run_in_shell(f"gwlbfw verify {where}")
    assert (verdict.returncode, verdict.stderr) == (1, "error: bad file descriptor\n")


@simulated_cloud(Settings(transition=0.0))
def test_a_run_comes_to_its_end_while_its_reader_pauses(
    folder: Path, cloud: SimulatedCloud
) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while os.write(writing, b"x"):
            pass
    os.set_blocking(writing, True)
    words = ("apply", FILE, "--auto-approve", "--endpoint-url", cloud.url)
    process = CommandProcess(words, folder, dict(os.environ), stderr=writing)
    os.close(writing)
    record = folder / ".gwlbfw" / "state" / "ulanqab-edge.cn-wulanchabu.2.json"
    late, end = threading.Event(), monotonic() + TIMEOUT_S
    while not record.exists():
        late.wait(0.02)
        assert monotonic() < end, "the run waits for its reader"
    with open(reading, encoding="utf-8") as reader:  # noqa: PTH123 - a number
        assert "[49/49] " in reader.read()
    process.communicate(TIMEOUT_S)
    assert process.returncode == 0


def test_a_reader_that_pauses_holds_nobody_up() -> None:
    read, written = threading.Event(), list[str]()

    def write(text: str) -> None:
        assert read.wait(TIMEOUT_S)
        written.append(text)

    writer = BackgroundWriter(write)
    for number in range(100):
        writer.write(str(number))
    assert written == []
    read.set()
    writer.close()
    assert written == [str(number) for number in range(100)]


def test_a_reader_that_keeps_up_has_read_what_was_written() -> None:
    written: list[str] = []
    writer = BackgroundWriter(written.append)
    for number in range(100):
        writer.write(str(number))
        assert written[-1] == str(number)
    writer.close()


class BrokenDisplay:
    """A display of a run with a fault."""

    def __call__(self, event: Event) -> None:
        del event
        raise ValueError("odd")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        raise ValueError("odd, too")


def test_a_fault_of_the_display_is_told_once_and_reaches_no_run() -> None:
    said = StringIO()
    with redirect_stderr(said), UnfailingProgress(BrokenDisplay(), Screen()) as progress:
        for _ in range(2):
            progress(None)  # type: ignore[arg-type]
    assert said.getvalue() == "the run goes on unseen: internal error: ValueError: odd\n"


@pytest.mark.parametrize(
    "line",
    [
        "gwlbfw plan ulanqab.yaml --sim <&- >&- 2>&-",
        "ln -s nowhere/at/all link; gwlbfw apply ulanqab.yaml --sim --state link --auto-approve",
    ],
)
def test_what_the_machine_lacks_is_no_bug(line: str) -> None:
    done = run_in_shell(line)
    assert done.returncode in (0, 1)
    assert "internal error" not in done.stderr
    assert "Traceback" not in done.stderr
