"""How a command ends: its exit code, and the one place where an exception becomes a message."""

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from types import FrameType

import typer

from gwlbfw.cli.options import Output

DONE, FAILED, DIFFERENT, UNINSPECTED, INTERRUPTED = 0, 1, 2, 3, 130


def guarded(call: Callable[[], int], output: Output, arguments: Sequence[str] = ()) -> int:
    """The exit code of a command line, whatever it raises; what it raises is shown on stderr."""
    try:
        with _terminated_like_interrupted():
            code = call()
            sys.stdout.flush()
            return code
    except (KeyboardInterrupt, typer.Abort):
        output.screen.say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return _nobody_listens()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else FAILED
    except Exception as problem:  # noqa: BLE001 - the one place where anything is made a message
        return _failed(problem, output, arguments)


def _failed(problem: Exception, output: Output, arguments: Sequence[str]) -> int:
    from gwlbfw.cli.views.error_diagnostics import explained  # noqa: PLC0415 - only failures need it

    with contextlib.suppress(BrokenPipeError):
        output.screen.diagnostics(explained(problem, arguments))
        # How a wrong command line arose is plain, and Typer's words may hold a secret of it.
        if output.verbose > 1 and not isinstance(problem, typer.TyperException):
            output.screen.say("".join(traceback.format_exception(problem)))
    return FAILED


@contextlib.contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does: what must be cleaned up is."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _nobody_listens() -> int:
    """The reader of stdout has gone: say nothing more, not even when Python flushes it."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, sys.stdout.fileno())
    return FAILED
