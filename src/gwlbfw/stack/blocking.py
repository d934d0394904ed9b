"""Coroutine methods of a stack as plain ones."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from gwlbfw.stack.stack import Stack, SyncStack

P = ParamSpec("P")
T = TypeVar("T")


def blocking(
    method: "Callable[Concatenate[Stack, P], Coroutine[Any, Any, T]]",
) -> "Callable[Concatenate[SyncStack, P], T]":
    """A coroutine method of Stack as a plain method of SyncStack."""

    @wraps(method)
    def call(self: "SyncStack", /, *args: P.args, **options: P.kwargs) -> T:
        if _is_loop_running():
            message = f"an event loop is running here: write `await stack.{method.__name__}(…)`"
            raise RuntimeError(message)
        results: list[T] = []

        async def run() -> None:
            # asyncio writes out the result of a task that it ran: all of a plan, and for nobody.
            results.append(await method(self.stack, *args, **options))

        asyncio.run(run())
        return results.pop()

    return call


def _is_loop_running() -> bool:
    """True in a coroutine, and at the prompt of a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
