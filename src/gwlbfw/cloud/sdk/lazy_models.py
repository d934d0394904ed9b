"""The vendor's model classes, each loaded when it is first used.

A product's `models` package imports every one of its up to 1200 modules, of which a deployment
needs some dozens. While a client is imported, a finder puts a package in its place that has the
same names and loads a class's module on access (PEP 562). Where the vendor's `__init__` holds
anything but the imports expected, it is imported as it is.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

_IMPORT = re.compile(r"from \.(_\w+) import (\w+)\s*")
_ALL = re.compile(r"__all__ = \[[\w\s,]*\]\s*")
_HEAD = re.compile(r"(?:#.*\n|\s)*(?:from __future__ import annotations\s*)?")


def index_of(source: str) -> Mapping[str, str] | None:
    """The module of each class that a package's source imports; None if the source does more."""
    index: dict[str, str] = {}
    head = _HEAD.match(source)
    at = head.end() if head else 0
    while found := _IMPORT.match(source, at):
        index[found[2]] = found[1]
        at = found.end()
    tail = _ALL.match(source, at)
    whole = (tail.end() if tail else at) == len(source)
    return index if index and whole else None


@contextmanager
def lazy_models(package: str) -> Iterator[None]:
    """Within the block, `<package>.models` is imported lazily, unless it is loaded already."""
    finder = _Finder(f"{package}.models")
    # A list of their own: another thread's import may be going through the present one, and would
    # miss a finder that moves.
    sys.meta_path = [finder, *sys.meta_path]
    try:
        yield
    finally:
        sys.meta_path = [each for each in sys.meta_path if each is not finder]


class _Finder(MetaPathFinder):
    """Finds one package, in a form that loads its classes lazily."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        plain = PathFinder.find_spec(fullname, path, target)
        if plain is None or plain.origin is None or not plain.origin.endswith(".py"):
            return None
        index = index_of(Path(plain.origin).read_text(encoding="utf-8"))
        if index is None:
            return None
        spec = ModuleSpec(fullname, _Loader(index), origin=plain.origin, is_package=True)
        spec.has_location = True
        spec.submodule_search_locations = plain.submodule_search_locations
        return spec


class _Loader(Loader):
    """Fills the package with a loader of its classes."""

    def __init__(self, index: Mapping[str, str]) -> None:
        self._index = index

    def exec_module(self, module: ModuleType) -> None:
        index = self._index

        def load(name: str) -> object:
            if name not in index:
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            value = getattr(import_module(f"{module.__name__}.{index[name]}"), name)
            module.__dict__[name] = value
            return value

        module.__dict__.update(__getattr__=load, __all__=list(index), __dir__=lambda: list(index))
