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

DONE, FAILED, DIFFERENT, UNINSPECTED, INTERRUPTED = 0, 1, 2, 3, 130


def exit_code_of(call: Callable[[], int], output: Output, arguments: Sequence[str] = ()) -> int:
    """The exit code of a command line, whatever it raises; what it raises is shown on stderr."""
    try:
        with _sigterm_as_interrupt():
            code = call()
            sys.stdout.flush()
            return code
    except (KeyboardInterrupt, typer.Abort):
        output.screen.print_message("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return _silence_stdout()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else FAILED
    except Exception as problem:  # noqa: BLE001 - the one place where anything is made a message
        return _show_failure(problem, output, arguments)


def _show_failure(problem: Exception, output: Output, arguments: Sequence[str]) -> int:
    from gwlbfw.cli.views.error_diagnostics import diagnose  # noqa: PLC0415 - only failures need it

    with contextlib.suppress(BrokenPipeError):
        output.screen.print_diagnostics(diagnose(problem, arguments))
        # How a wrong command line arose is plain, and Typer's words may hold a secret of it.
        if output.verbose > 1 and not isinstance(problem, typer.TyperException):
            output.screen.print_message("".join(traceback.format_exception(problem)))
    return FAILED


def prepare_streams() -> None:
    """Let closed standard streams lead nowhere, and replace what the encoding of one can't show.

    Else the first file that is opened would take the number of a closed stream.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))
        elif mode == "w" and isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


@contextlib.contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
    """Have SIGTERM end a command as Ctrl-C does, so that it cleans up."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _silence_stdout() -> int:
    """Let stdout lead nowhere, as its reader has gone; Python flushes it at the end."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, sys.stdout.fileno())
    return FAILED
