"""An action of the catalogue, its parameters, and the shape of a reply."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Shape: TypeAlias = "str | list[Shape] | dict[str, Shape]"
"""A reply's value: its type (`str`, `int`, `bool`, `float`), the shape of a list's items in a list,
or the fields of an object."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of an action; `fields` are the nested ones, where the sources name them.

    What follows `fields` are rules for its value, each only where a source is clear about it.
    """

    name: str
    type: str
    position: Literal["query", "body"]
    required: bool
    fields: Mapping[str, "Parameter"] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    """All values that there are."""
    minimum: int | None = None
    maximum: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_items: int | None = None
    pattern: str = ""
    """The beginning of its text, as a regular expression."""


@dataclass(frozen=True)
class Action:
    """One API action: its product, version, name and parameters by name."""

    product: str
    version: str
    name: str
    parameters: Mapping[str, Parameter]
