"""An executor without threads: a call is carried out where it is submitted.

A call to a simulator in this process waits for nothing, so that handing it to another thread costs
more than the call itself, and a manual clock runs on meanwhile.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
TURNS = 5
"""Turns of the event loop until a reply is there: a signal or a cancellation is heard before."""


class SameThreadExecutor(Executor):
    """Carries out what is submitted before `submit` returns; its reply comes a little later."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as problem:  # noqa: BLE001 - it is raised where the result is asked for
            done.set_exception(problem)
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        _deliver(done, future, TURNS)
        return future


def _deliver(done: Future[T], future: Future[T], turns: int) -> None:
    """Pass the outcome of a call on after so many turns of the event loop."""
    if turns:
        asyncio.get_running_loop().call_soon(_deliver, done, future, turns - 1)
    elif problem := done.exception():
        future.set_exception(problem)
    else:
        future.set_result(done.result())
