"""Standard streams that may be full, that nobody reads any more, or whose reader pauses."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import TextIO

PATIENCE_S = 0.2
"""Seconds for which a writer waits for its reader, before it goes on without."""
Unwritable = (OSError, ValueError)
"""What a stream raises that is full, without a reader, or closed."""


def lead_nowhere(stream: TextIO) -> None:
    """Let a stream lead nowhere, with what it holds still: Python flushes it at the end."""
    with suppress(*Unwritable):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, stream.fileno())
        finally:
            os.close(nowhere)


def is_written(stream: TextIO, text: str) -> bool:
    """Write and flush a text; False where the stream can't take it, and leads nowhere from now."""
    try:
        stream.write(text)
        stream.flush()
    except Unwritable:
        lead_nowhere(stream)
        return False
    return True


def settle(*streams: TextIO) -> None:
    """Flush streams; one that can't be leads nowhere, so that Python's own flush does not fail."""
    for each in streams:
        is_written(each, "")


class UnfailingStream:
    """A stream in which what can't be written is lost, and no error."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        is_written(self._stream, text)
        return len(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


class BackgroundWriter:
    """Writes texts from a thread of its own, so that a reader that pauses holds nobody up.

    As long as the reader keeps up, a text is written when `write` returns.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._texts: SimpleQueue[str | None] = SimpleQueue()
        self._unwritten = 0
        self._progress = threading.Condition()
        self._waits = True
        self._thread = threading.Thread(target=self._work, name="gwlbfw-screen", daemon=True)
        self._thread.start()

    def write(self, text: str) -> None:
        """Write a text, or have it written as soon as the reader takes it."""
        with self._progress:
            self._unwritten += 1
            self._texts.put(text)
            if self._waits:
                self._waits = self._progress.wait_for(lambda: not self._unwritten, PATIENCE_S)

    def close(self) -> None:
        """Wait until everything is written."""
        self._texts.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (text := self._texts.get()) is not None:
            self._write(text)
            with self._progress:
                self._unwritten -= 1
                self._waits = self._waits or not self._unwritten
                self._progress.notify_all()
