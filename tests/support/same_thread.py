"""An executor without threads: a call is carried out where it is submitted.

A call to a simulator in this process waits for nothing, so that handing it to another thread costs
more than the call itself, and a manual clock runs on meanwhile.
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class SameThreadExecutor(Executor):
    """Carries out what is submitted before `submit` returns."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as problem:  # noqa: BLE001 - it is raised where the result is asked for
            future.set_exception(problem)
        return future
