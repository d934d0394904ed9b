"""A limit of time for work that has none of its own and can't be stopped."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def result_within(limit_s: float, work: Callable[[], T]) -> T:
    """The result of some work. Raises TimeoutError where there is none in time, and what it raises.

    Work that is given up goes on in a thread that does not outlive the program.
    """
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(work())
        except BaseException as problem:  # noqa: BLE001 - raised to who waits for the result
            result.set_exception(problem)

    threading.Thread(target=run, name="gwlbfw-limited", daemon=True).start()
    return result.result(limit_s)
