"""Coroutine methods of a stack as plain ones."""

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps
from types import FrameType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from gwlbfw.stack.stack import Stack, SyncStack

_TO_THE_END = "interrupted: the calls in flight, and a zone that turns, come to their end"

P = ParamSpec("P")
T = TypeVar("T")


def blocking(
    method: "Callable[Concatenate[Stack, P], Coroutine[Any, Any, T]]", *, changes: bool = False
) -> "Callable[Concatenate[SyncStack, P], T]":
    """A coroutine method of Stack as a plain method of SyncStack.

    One that changes things is not cut off by a second Ctrl-C either.
    """

    @wraps(method)
    def call(self: "SyncStack", /, *args: P.args, **options: P.kwargs) -> T:
        if _is_loop_running():
            message = f"an event loop is running here: write `await stack.{method.__name__}(…)`"
            raise RuntimeError(message)
        results: list[T] = []
        once = changes and _is_interrupted_by_asyncio()

        async def run() -> None:
            with _interrupted_once(self.stack.api.announce) if once else nullcontext():
                # asyncio writes out the result of a task that it ran: all of a plan, for nobody.
                results.append(await method(self.stack, *args, **options))

        asyncio.run(run())
        return results.pop()

    return call


def _is_interrupted_by_asyncio() -> bool:
    """True where `asyncio.run` takes Ctrl-C: in the main thread of an application that does not."""
    in_main = threading.current_thread() is threading.main_thread()
    return in_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler


@contextmanager
def _interrupted_once(notify: Callable[[str], None]) -> Iterator[None]:
    """Until the end of the block, only the first Ctrl-C counts; the others get an answer.

    By the first, asyncio cancels the task. By a second it would cut off every task of the run, in
    the middle of a zone that turns, and with calls in flight of which nobody learns the outcome.
    """
    loop, of_asyncio, is_first = asyncio.get_running_loop(), signal.getsignal(signal.SIGINT), True

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal is_first
        if is_first and callable(of_asyncio):
            is_first = False
            of_asyncio(number, frame)
        else:
            loop.call_soon_threadsafe(notify, _TO_THE_END)

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, of_asyncio)


def _is_loop_running() -> bool:
    """True in a coroutine, and at the prompt of a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
