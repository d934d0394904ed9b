"""Calls and waits as data: what is sent to the cloud, and what is waited for afterwards.

Nothing here does I/O: a plan is made of these values, to be printed, saved and judged first.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from gwlbfw.address import Address

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
Raw: TypeAlias = Mapping[str, Json]
"""An object of a reply, as the cloud sent it."""


@dataclass(frozen=True)
class Field:
    """A field of another resource that may not be known yet: `${vpc.security.VpcId}`.

    `name` is the field of the reply that makes it known.
    """

    address: Address
    name: str

    def __str__(self) -> str:
        return f"${{{self.address}.{self.name}}}"


@dataclass(frozen=True)
class UserData:
    """User data, rendered when the call is made: its text is in no plan, record or log.

    `sha256` is the digest of the template and its inputs in the topology.
    """

    address: Address
    sha256: str

    def __str__(self) -> str:
        return f"${{user_data:{self.address} sha256={self.sha256}}}"


@dataclass(frozen=True)
class JsonList:
    """A list that the API takes as JSON text in one parameter, such as ECS's `InstanceIds`."""

    values: tuple["Value", ...]


Value: TypeAlias = (
    "str | int | bool | Field | UserData | JsonList | Sequence[Value] | Mapping[str, Value]"
)


Leaf: TypeAlias = "str | int | bool | Field | UserData"
"""A value that holds no other one."""
_LEAVES = (str, int, Field, UserData)
T = TypeVar("T")
Tree: TypeAlias = "T | Sequence[Tree[T]] | Mapping[str, Tree[T]]"


@dataclass(frozen=True)
class Call:
    """One API call.

    `account` is a key of the topology's accounts, or empty for the default one; None as long as
    the account of the resource decides.
    """

    product: str
    action: str
    params: Mapping[str, Value] = field(default_factory=dict)
    account: str | None = None

    @property
    def name(self) -> str:
        """Product and action, such as `vpc:CreateVSwitch`."""
        return f"{self.product}:{self.action}"


@dataclass(frozen=True)
class Wait:
    """Read until what is read is as expected.

    `items` is the dotted path to the objects in the reply (empty: the reply itself); lists in the
    path are flattened. Of those that match `where`, at least `at_least` must have, for every path
    in `until`, one of the values named there. With `gone` nothing may match any more, or the read
    must say that there is no such thing.
    """

    read: Call
    items: str = ""
    where: Mapping[str, Value] = field(default_factory=dict)
    until: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    at_least: int = 1
    gone: bool = False

    def __str__(self) -> str:
        """The expectation for people, such as `Status=Available`."""
        if self.gone:
            return "gone"
        wanted = ", ".join(
            f"{path}={'|'.join(map(str, values))}" for path, values in self.until.items()
        )
        return f"{self.at_least} with {wanted}" if self.at_least > 1 else wanted


def map_value(
    value: Value, leaf: Callable[[Leaf], T], json_list: "Callable[[list[Tree[T]]], T]"
) -> "Tree[T]":
    """The value with `leaf` applied to each leaf, and `json_list` to the items of each JsonList."""
    if isinstance(value, _LEAVES):  # as most are; what follows asks for abstract types
        return leaf(value)
    if isinstance(value, JsonList):
        return json_list([map_value(each, leaf, json_list) for each in value.values])
    if isinstance(value, Mapping):
        return {key: map_value(each, leaf, json_list) for key, each in value.items()}
    return [map_value(each, leaf, json_list) for each in value]


def fields_of(value: Value) -> Iterator[Field]:
    """Every field of another resource that a parameter mentions, in order."""
    if isinstance(value, Field):
        yield value
    elif isinstance(value, JsonList):
        yield from fields_in(value.values)
    elif isinstance(value, _LEAVES):
        return
    else:
        yield from fields_in(value.values() if isinstance(value, Mapping) else value)


def fields_in(values: Iterable[Value]) -> Iterator[Field]:
    """Every field of another resource that some parameters mention, in order."""
    for each in values:
        if not isinstance(each, str):
            yield from fields_of(each)


def objects(reply: Raw, path: str) -> list[Raw]:
    """The objects at a dotted path of a reply; lists in the path are flattened."""
    found: list[Json] = [reply]
    for name in filter(None, path.split(".")):
        deeper: list[Json] = []
        for each in found:
            value = each.get(name) if isinstance(each, Mapping) else None
            if isinstance(value, Sequence) and not isinstance(value, str):
                deeper.extend(value)
            elif value is not None:
                deeper.append(value)
        found = deeper
    return [each for each in found if isinstance(each, Mapping)]


def value_at(item: Raw, path: str) -> Json:
    """The value at a dotted path of one object; None where any part of it is absent.

    A list of one element in the path stands for its element.
    """
    value: Json = item
    for name in path.split("."):
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value
