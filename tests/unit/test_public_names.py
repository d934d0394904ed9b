"""The library's face: every name can be imported, checked and completed, and none is missing."""

import inspect
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, get_args

import pytest

import gwlbfw
from gwlbfw import errors
from gwlbfw.address import Address
from gwlbfw.diff import Change
from gwlbfw.plan import Plan, plan_to_json


def classes(hint: Any) -> Iterator[type]:
    """The classes of the package in a type."""
    if inspect.isclass(hint) and hint.__module__.startswith("gwlbfw"):
        yield hint
    for part in get_args(hint):
        for each in part if isinstance(part, list) else [part]:
            yield from classes(each)


def taken_or_returned(face: type) -> set[str]:
    """The names of the package's classes that the public methods of a class take or return."""
    methods = [
        each
        for name, each in inspect.getmembers(face, callable)
        if name == "__init__" or not name.startswith("_")
    ]
    hints = [inspect.get_annotations(inspect.unwrap(getattr(m, "__func__", m))) for m in methods]
    return {kind.__name__ for each in hints for hint in each.values() for kind in classes(hint)}


@pytest.mark.parametrize("name", ["Stack", "SyncStack", "Cloud"])
def test_what_the_public_methods_take_and_return_is_exported(name: str) -> None:
    found = taken_or_returned(getattr(gwlbfw, name))
    assert found
    assert found <= set(gwlbfw.__all__)


def test_every_error_is_exported() -> None:
    defined = {
        name
        for name, each in vars(errors).items()
        if inspect.isclass(each) and issubclass(each, gwlbfw.GwlbfwError) and name[0] != "_"
    }
    assert defined <= set(gwlbfw.__all__)


def test_every_name_is_there_and_is_offered_before_it_is_loaded() -> None:
    listed = "import gwlbfw; print(*dir(gwlbfw)); print(len([getattr(gwlbfw, n) for n in "
    done = subprocess.run(
        [sys.executable, "-c", f"{listed}gwlbfw.__all__]))"],
        capture_output=True,
        text=True,
        check=True,
    )
    offered, number = done.stdout.splitlines()
    assert set(gwlbfw.__all__) <= set(offered.split())
    assert int(number) == len(gwlbfw.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Nonsense'"):
        _ = gwlbfw.Nonsense  # type: ignore[attr-defined] # needed: checkers know it is not there


def test_a_plan_is_short_at_the_prompt_and_has_its_json() -> None:
    made = Change(Address("vpc.security"), "create", None, None)
    plan = Plan("edge", "cn-wulanchabu", (made, made), (), "")
    assert repr(plan) == "<Plan edge in cn-wulanchabu: 2 to create>"
    empty = Plan("edge", "cn-wulanchabu", (), (), "", destroys=True)
    assert repr(empty) == "<Plan to destroy edge in cn-wulanchabu: no changes>"
    assert empty.to_json() == plan_to_json(empty)
