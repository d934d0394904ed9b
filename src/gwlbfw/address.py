"""Addresses of resources, and references to them.

An address is `<kind>.<path>`, stable while the YAML keys are. A cloud id never has a dot, so one
text type can hold either: a reference is an address of the graph, or the id of something that is
no part of the stack.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Generic, Self, TypeVar

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

T = TypeVar("T")


class Address(str):
    """A resource's address, such as `vswitch.business/shop/app-b`."""

    __slots__ = ()

    @classmethod
    def of(cls, kind: str, *path: str) -> Self:
        """The address of `kind` at `path`."""
        return cls(f"{kind}.{'/'.join(path)}")

    @property
    def kind(self) -> str:
        """The kind of resource: what stands before the first dot."""
        return self.partition(".")[0]

    @property
    def path(self) -> tuple[str, ...]:
        """The path within the kind."""
        return tuple(self.partition(".")[2].split("/"))

    def child(self, kind: str, *path: str) -> "Address":
        """The address of a resource of `kind` that lies in this one, or is the one in it."""
        return Address.of(kind, *self.path, *path)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _: object, handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        return _text_schema(cls, handler)


class Ref(str, Generic[T]):
    """A reference to a resource of kind `T`: its address, or a cloud id outside the stack."""

    __slots__ = ()

    @property
    def address(self) -> Address | None:
        """The address referred to; None where this is a plain cloud id."""
        return Address(self) if "." in self else None

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _: object, handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        return _text_schema(cls, handler)


def _text_schema(kind: type[str], handler: "GetCoreSchemaHandler") -> "CoreSchema":
    from pydantic_core.core_schema import no_info_after_validator_function  # noqa: PLC0415 - errors and diagnostics need addresses, and no models

    return no_info_after_validator_function(kind, handler(str))


def refs_in(value: object) -> Iterator[Ref[object]]:
    """Every reference in a value, or in what it holds."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, _HOLDERS):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from refs_in(each)


_HOLDERS = (Mapping, list, tuple)
