"""Errors go from process to process, and what nobody expected becomes one of them."""

import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context

import pytest

from gwlbfw.cloud.error_codes import cloud_error
from gwlbfw.diagnostics import Place, error
from gwlbfw.errors import (
    CloudError,
    GwlbfwError,
    InternalFault,
    SystemFault,
    fault_of,
)

for _module in ("gwlbfw.cli.simulator", "gwlbfw.reachability", "gwlbfw.stack"):
    import_module(_module)  # whatever defines errors of its own

PROBLEM = error("odd", "it is odd", place=Place("t.yaml", 1, 2, "x: 1"), hint="make it even")
ARGUMENTS = (
    (PROBLEM,),
    ("vpc:CreateVpc", "Odd", "because", "R-1"),
    ("vpc:CreateVpc", "the cloud", "reset"),
    ("vpc:CreateVpc", "no list"),
    ("a message",),
    (),
)
"""Arguments for the constructor of each error: the first that it takes."""


def all_errors(kind: type[GwlbfwError] = GwlbfwError) -> Iterator[type[GwlbfwError]]:
    """The class with all below it."""
    yield kind
    for each in kind.__subclasses__():
        yield from all_errors(each)


def made(kind: type[GwlbfwError]) -> GwlbfwError:
    """An error of this kind."""
    for arguments in ([[PROBLEM]], *ARGUMENTS):
        try:
            problem = kind(*arguments)
            problem.diagnostics()
        except (TypeError, AttributeError):
            continue
        return problem
    raise AssertionError(f"{kind} takes none of the arguments")


@pytest.mark.parametrize("kind", sorted(set(all_errors()), key=str))
def test_an_error_survives_being_pickled(kind: type[GwlbfwError]) -> None:
    problem = made(kind)
    problem.add_note("seen in a worker")
    again = pickle.loads(pickle.dumps(problem))  # noqa: S301 - our own
    assert type(again) is kind
    assert (str(again), again.args, vars(again)) == (str(problem), problem.args, vars(problem))
    assert again.diagnostics() == problem.diagnostics()


def deny() -> None:
    """What a worker finds."""
    raise cloud_error("vpc:CreateVpc", "Forbidden.RAM", "You may not.", "R-1", status=403)


def test_an_error_comes_out_of_a_pool_of_processes() -> None:
    with ProcessPoolExecutor(1, get_context("fork")) as pool:
        problem = pool.submit(deny).exception(60)
    assert isinstance(problem, CloudError)
    assert (problem.cloud_code, problem.request_id, problem.status) == ("Forbidden.RAM", "R-1", 403)


@pytest.mark.parametrize(
    ("problem", "kind", "text"),
    [
        (OSError(28, "No space left on device"), SystemFault, "no space left on device"),
        (MemoryError(), SystemFault, "out of memory"),
        (ImportError("a.so: failed to map segment from shared object"), SystemFault, "of memory"),
        (RuntimeError("can't start new thread"), SystemFault, "no room for another thread"),
        (RuntimeError("odd"), InternalFault, "internal error: RuntimeError: odd"),
        (ValueError("two\nlines"), InternalFault, "internal error: ValueError: two lines"),
        (KeyError(), InternalFault, "internal error: KeyError"),
    ],
)
def test_only_a_bug_is_called_one(problem: Exception, kind: type[GwlbfwError], text: str) -> None:
    fault = fault_of(problem)
    assert type(fault) is kind
    assert text in str(fault)
    assert ("bug" in (fault.diagnostics()[0].hint or "")) == (kind is InternalFault)
    assert fault.__cause__ is problem
    assert fault_of(fault) is fault
