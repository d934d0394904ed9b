"""The end of a command: its exit code, and the one place where an exception becomes a message."""

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from io import TextIOWrapper
from types import FrameType

import typer

from gwlbfw.cli.options import Output
from gwlbfw.cli.views.streams import lead_nowhere

DONE, FAILED, DIFFERENT, UNINSPECTED, INTERRUPTED = 0, 1, 2, 3, 130


def exit_code_of(call: Callable[[], int], output: Output, arguments: Sequence[str] = ()) -> int:
    """The exit code of a command line, whatever it raises; what it raises is shown on stderr."""
    try:
        with _signals_as_interrupt():
            code = call()
            sys.stdout.flush()
            return code
    except (KeyboardInterrupt, typer.Abort) as interrupt:
        said = f": {interrupt}" if str(interrupt) else ""
        output.screen.print_message(f"interrupted{said}")
        return INTERRUPTED
    except BrokenPipeError:
        lead_nowhere(sys.stdout)
        return FAILED
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else FAILED
    except Exception as problem:  # noqa: BLE001 - the one place where anything is made a message
        return _show_failure(problem, output, arguments)


def _show_failure(problem: Exception, output: Output, arguments: Sequence[str]) -> int:
    from gwlbfw.cli.views.error_diagnostics import diagnose  # noqa: PLC0415 - only failures need it

    output.screen.print_diagnostics(diagnose(problem, arguments))
    # How a wrong command line arose is plain, and Typer's words may hold a secret of it.
    if output.verbose > 1 and not isinstance(problem, typer.TyperException):
        output.screen.print_message("".join(traceback.format_exception(problem)))
    return FAILED


def prepare_streams() -> None:
    """Fill the place of closed standard streams, and replace what the encoding of one can't show.

    Else the first file that is opened would take the number of a closed stream. What is written to
    a closed stdout fails, as it is lost; messages lead nowhere.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            access = os.O_RDONLY if name == "stdout" else os.O_RDWR
            setattr(sys, name, os.fdopen(os.open(os.devnull, access), mode))
        elif mode == "w" and isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


@contextlib.contextmanager
def _signals_as_interrupt() -> Iterator[None]:
    """Have SIGTERM and SIGHUP end a command as Ctrl-C does, so that it cleans up.

    One that is ignored, as SIGHUP is below nohup, stays so.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            # A terminal that goes away says so twice: the second time amid the cleaning up.
            signal.signal(number, signal.SIG_IGN)
        signal.default_int_handler(number, frame)

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    heeded = {number: each for number, each in before.items() if each != signal.SIG_IGN}
    for number in heeded:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in heeded.items():
            signal.signal(number, handler)
