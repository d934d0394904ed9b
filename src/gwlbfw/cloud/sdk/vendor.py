# ruff: noqa: ANN401 - the vendor's packages carry no types
"""Imports from the vendor's packages, without what only other ways to use these need.

They import clients for asynchronous calls and for web sockets, a scheduler and a signer by RSA,
which take as long as all the rest. While one is imported, a finder puts a stand-in in the place of
such a package, which loads it when a name of it is used. No stand-in is left for other importers.
"""

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

DEFERRED = (
    "aiohttp",
    "apscheduler.schedulers.background",
    "cryptography.hazmat.primitives",
    "websocket",
)
"""The packages that stand-ins take the place of, with all in them."""


def vendor_module(name: str) -> Any:
    """A module of the vendor's packages, imported when it is first asked for."""
    if name in sys.modules:
        return import_module(name)  # waits where another thread is importing it
    with deferred():
        return import_module(name)


@contextmanager
def deferred() -> Iterator[None]:
    """Within the block, this thread's imports of `DEFERRED` give stand-ins, unless loaded."""
    finder = _Finder()
    # A list of their own: another thread's import may be going through the present one.
    sys.meta_path = [finder, *sys.meta_path]
    try:
        yield
    finally:
        sys.meta_path = [each for each in sys.meta_path if each is not finder]
        finder.close()


class _Finder(MetaPathFinder, Loader):
    """Finds stand-ins, until it is closed."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._made: list[ModuleType] = []
        self.is_open = True

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        is_deferred = any(f"{fullname}.".startswith(f"{each}.") for each in DEFERRED)
        if not self.is_open or not is_deferred or threading.get_ident() != self._thread:
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def exec_module(self, module: ModuleType) -> None:
        def load(name: str) -> object:
            if name.startswith("__"):
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            later = Later(self, module.__name__, name)
            return later if self.is_open else later.load()

        module.__dict__["__getattr__"] = load
        self._made.append(module)

    def close(self) -> None:
        """Leave no stand-in behind: whoever imports such a package from now on has it itself."""
        self.is_open = False
        for module in self._made:
            parent, _, name = module.__name__.rpartition(".")
            if sys.modules.get(module.__name__) is module:
                del sys.modules[module.__name__]
            if getattr(sys.modules.get(parent), name, None) is module:
                delattr(sys.modules[parent], name)


class Later:
    """A name of a package that is loaded when the name is used."""

    def __init__(self, finder: _Finder, module: str, name: str) -> None:
        self._of = finder, module, name

    def load(self) -> Any:
        """What has the name."""
        finder, module, name = self._of
        finder.close()
        return getattr(import_module(module), name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.load(), name)

    def __call__(self, *values: Any, **named: Any) -> Any:
        return self.load()(*values, **named)

    def __mro_entries__(self, _: tuple[object, ...]) -> tuple[type, ...]:
        return (self.load(),)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self.load())
